/** /v1/otlp: traces as every OpenTelemetry exporter sends them (OTLP/HTTP, protobuf or JSON, gzip). */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { codeOf } from '../../errors.ts'
import { isObject } from '../../json.ts'
import type { Parley } from '../../parley.ts'
import {
  type Answered,
  type Encoding,
  refusalStatuses,
  sayRefused,
  sayTaken,
} from '../../traces/otlp/answer.ts'
import { takeTraces } from '../../traces/take.ts'
import { refuse, statuses } from '../door/errors.ts'
import { type Door, route } from '../door/route.ts'

/** Of a body, packed and unpacked, as the specification recommends. */
const mostBytes = 64 * 1024 * 1024
/** Of all bodies that are being read at once; JSON takes about four times its size. */
const mostHeld = 256 * 1024 * 1024
/** What a body that does not say its length is taken for until it has come. */
const unsaid = 8 * 1024 * 1024
const retrySeconds = '5'

const TakenSchema = z
  .object({
    partialSuccess: z
      .object({
        rejectedSpans: z.string().optional().describe('How many spans were not taken.'),
        errorMessage: z.string().describe('Why, or what is missing in those that were taken.'),
      })
      .optional(),
  })
  .openapi('OtlpTracesAnswer')

const StatusSchema = z
  .object({
    code: z.int().describe('google.rpc.Code'),
    message: z.string(),
    details: z.array(z.looseObject({ '@type': z.string() })).optional(),
  })
  .openapi('OtlpStatus')

const binary = { schema: { type: 'string' as const, format: 'binary' } }
const content = {
  'application/x-protobuf': binary,
  'application/json': { schema: { type: 'object' as const } },
}

export function otlpRoutes(door: Door, parley: Parley): void {
  const take = route({
    ...{ method: 'post', path: '/v1/otlp/v1/traces', id: 'takeTraces', tag: 'traces' },
    ...{ scopes: ['records:write'], isForeign: true },
    summary: 'Send traces: the rules of datasets choose which become records',
    description:
      'OTLP/HTTP: an ExportTraceServiceRequest as protobuf or JSON, also with Content-Encoding: gzip. Set OTEL_EXPORTER_OTLP_ENDPOINT to /v1/otlp of this server. Refusals are a google.rpc.Status in the encoding of the request.',
    request: { body: { required: true, content } },
    mostBytes,
    answers: {
      200: {
        description: 'They were taken, all or in part.',
        content: { 'application/x-protobuf': binary, 'application/json': { schema: TakenSchema } },
      },
      ...Object.fromEntries(
        refusalStatuses.map((status) => [status, refusal(meanings[status] ?? 'Refused.')]),
      ),
    },
  })
  const holding = { bytes: 0 }
  door.openapi(take, async (c) => {
    const encoding = encodingOf(c)
    const weight = encoding === 'json' ? 4 : 1
    const said = Number(c.req.header('content-length') ?? unsaid)
    let held = said * weight
    if (holding.bytes > 0 && holding.bytes + held > mostHeld) return busy(c)
    holding.bytes += held
    try {
      const body = await readBody(c)
      if (body instanceof Response) return body
      holding.bytes += body.length * weight - held
      held = body.length * weight
      const taken = await takeTraces(parley, c.var.caller.actor, { body, encoding })
      return send(200, sayTaken(encoding, taken))
    } finally {
      holding.bytes -= held
    }
  })
}

/**
 * Says every refusal of what lies behind it as OTLP has it: a google.rpc.Status in the encoding of the
 * request, 400 for what cannot be read, and when to send again what may be sent again.
 */
export function inWordsOfOtlp(): MiddlewareHandler {
  return async (c, next) => {
    await next()
    const { status, headers } = c.res
    if (status < 400) return
    const said: unknown = await c.res
      .clone()
      .json()
      .catch(() => null)
    const error = isObject(said) && isObject(said['error']) ? said['error'] : {}
    const message = typeof error['message'] === 'string' ? error['message'] : 'It was refused.'
    const isData = status === statuses.invalid
    const answered = sayRefused(
      encodingOf(c),
      isData ? 400 : status,
      message,
      isData ? 'resource_spans' : undefined,
    )
    const kept = [...headers].filter(([name]) => !/^content-(type|length)$/.test(name))
    if (status === 503 && !headers.has('retry-after')) kept.push(['retry-after', retrySeconds])
    c.res = undefined
    c.res = send(isData ? 400 : status, answered, kept)
  }
}

function refusal(description: string) {
  return {
    description,
    content: { 'application/x-protobuf': binary, 'application/json': { schema: StatusSchema } },
  }
}

const meanings: { readonly [status: number]: string } = {
  400: 'The body is no ExportTraceServiceRequest. Nothing of it was stored.',
  401: 'The key is missing, unknown, expired or revoked.',
  403: 'The key has not the scope records:write.',
  408: 'The body arrived too slowly.',
  413: 'The body is larger than 64 MiB, compressed or not.',
  415: 'The body is of another content type, or packed with something else than gzip.',
  429: 'Too many requests; `Retry-After` says when to send it again.',
  500: 'Something broke on our side.',
  503: 'Too many bodies are being read, or the database cannot be reached; `Retry-After` says when to retry.',
}

function encodingOf(c: Context): Encoding {
  const type = (c.req.header('content-type') ?? '').toLowerCase()
  return type.startsWith('application/x-protobuf') ? 'protobuf' : 'json'
}

function busy(c: Context): Response {
  return refuse(
    c,
    'unavailable',
    `Too many large requests are being read. Send it again in ${retrySeconds} s.`,
    { 'retry-after': retrySeconds },
  )
}

const unpack = promisify(gunzip)

/** Unpacked, or why it is refused. */
async function readBody(c: Context): Promise<Buffer | Response> {
  const packed = Buffer.from(await c.req.arrayBuffer())
  const coding = (c.req.header('content-encoding') ?? 'identity').trim().toLowerCase()
  if (coding === 'identity' || coding === '') return packed
  if (coding !== 'gzip' && coding !== 'x-gzip')
    return refuse(
      c,
      'unsupported',
      `The body is packed with "${coding}". Send it with gzip, or as it is.`,
    )
  try {
    return await unpack(packed, { maxOutputLength: mostBytes })
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      return refuse(
        c,
        'too_large',
        'The body unpacks to more than 64 MiB. Send fewer spans at once.',
      )
    return refuse(c, 'invalid', 'The body is not gzip, or cut off. Nothing of it was stored.')
  }
}

function send(status: number, { contentType, body }: Answered, headers: [string, string][] = []) {
  return new Response(body, {
    status,
    headers: [...headers, ['content-type', contentType]],
  })
}
