/** Declares a route: its address, scopes, what goes in and comes out; the errors every route has are added. */
import { createRoute, type OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { Scope } from '../../keys/scopes.ts'
import { boundBody } from '../bound.ts'
import { needs } from './authenticate.ts'
import type { DoorEnv } from './env.ts'
import { codeMeanings, type HttpCode, refuse, statuses } from './errors.ts'

export type Door = OpenAPIHono<DoorEnv>

export const ErrorSchema = z
  .object({
    error: z.object({
      code: z.string().describe('What kind of refusal it is; the status says the same.'),
      message: z.string().describe('What is wrong and what to do, as whole sentences.'),
      problems: z
        .record(z.string(), z.string())
        .describe('One sentence for each thing that is wrong, by where it is.'),
      ref: z.string().describe('Finds the request in the log.'),
    }),
  })
  .openapi('Error')

/** How large a body of JSON may be, in bytes. */
export const mostJsonBytes = 1_000_000

type Requested = NonNullable<RouteConfig['request']>
type Answers = RouteConfig['responses']

/** The type of what createRoute returns, without the responses: handlers return any Response. */
type Declared<P extends string, R extends Requested> = {
  method: RouteConfig['method']
  path: P
  request: R
  responses: { [status: number]: { description: string } }
}

/**
 * `scopes`: a key needs one of them; none: any key. `refusals`: codes besides those that every route has.
 * `mostBytes` bounds the body, unless the route streams it (null). `isSecret`: the answer holds what nobody
 * may keep, so a repeated request is not answered from what was stored. `isForeign`: its protocol is not
 * ours, and says itself how requests are refused and repeated.
 */
export function route<const P extends string, R extends Requested = Requested>(spec: {
  method: RouteConfig['method']
  path: P
  id: string
  tag: string
  summary: string
  description?: string
  scopes: readonly Scope[]
  request?: R
  answers: Answers
  refusals?: readonly HttpCode[]
  mostBytes?: number | null
  isSecret?: boolean
  isForeign?: boolean
}): Declared<P, R> {
  const { method, path, id, tag, summary, description, scopes, request } = spec
  const isRepeatable = method === 'post' && !spec.isSecret && !spec.isForeign
  const most = spec.mostBytes === undefined ? mostJsonBytes : spec.mostBytes
  const declared = createRoute({
    ...{ method, path, summary, operationId: id, tags: [tag] },
    ...(description === undefined ? {} : { description }),
    ...(request === undefined ? {} : { request: { ...request } }),
    ...(isRepeatable ? { parameters: [idempotencyKey] } : {}),
    security: [{ key: [...scopes] }],
    middleware: [
      needs(scopes),
      ...bodyChecks(request?.body?.content, most),
      ...(isRepeatable ? [once(most === null)] : []),
    ],
    responses: { ...refusals(spec, most), ...spec.answers },
  })
  return declared as unknown as Declared<P, R>
}

/** A request with an Idempotency-Key is done once; `isStream`: its body is hashed while it is read. */
function once(isStream: boolean): MiddlewareHandler<DoorEnv> {
  return (c, next) => c.var.answerOnce(c, next, isStream)
}

/** Only described: answer-once.ts checks it. A schema of zod would copy all headers of each request. */
const idempotencyKey = {
  in: 'header' as const,
  name: 'idempotency-key',
  required: false,
  schema: { type: 'string' as const, maxLength: 255 },
  description:
    'A text of yours, new for each thing to do: sent again within 24 hours, the same request is answered as before and does nothing.',
}

/** Before anything of a body is read: whether it is of a kind and size that is taken. */
function bodyChecks(content: object | undefined, most: number | null): MiddlewareHandler[] {
  if (content === undefined) return []
  const types = Object.keys(content)
  const isTaken: MiddlewareHandler = async (c, next) => {
    const [type = ''] = (c.req.header('content-type') ?? '').toLowerCase().split(/[;\s]/)
    if (types.includes(type)) return next()
    return refuse(
      c,
      'unsupported',
      `The body is ${type === '' ? 'of no content type' : `"${type}"`}. Set Content-Type to ${types.join(' or ')}.`,
    )
  }
  if (most === null) return [isTaken]
  const tooLarge = `The body is larger than ${most.toLocaleString('en-US')} bytes. Send less at once.`
  return [isTaken, boundBody(most, (c) => refuse(c, 'too_large', tooLarge))]
}

function refusals(
  spec: {
    method: string
    path: string
    request?: Requested
    refusals?: readonly HttpCode[]
    isForeign?: boolean
  },
  most: number | null,
): Answers {
  const { path, request, refusals: more = [] } = spec
  const isPost = spec.method === 'post' && !spec.isForeign
  const codes: HttpCode[] = [
    ...(['unauthorized', 'forbidden', 'too_many', 'internal', 'unavailable'] as const),
    ...(path.includes('{') ? (['not_found'] as const) : []),
    ...((request && !spec.isForeign) || isPost ? (['invalid'] as const) : []),
    ...(isPost ? (['conflict'] as const) : []),
    ...(request?.body ? (['timeout', 'unsupported'] as const) : []),
    ...(request?.body && most !== null ? (['too_large'] as const) : []),
    ...more,
  ]
  return Object.fromEntries(
    [...new Set(codes)].map((code) => [statuses[code], refusalOf(codeMeanings[code])]),
  )
}

function refusalOf(description: string) {
  return { description, content: { 'application/json': { schema: ErrorSchema } } }
}

/** An answer of JSON. */
export function answer(description: string, schema: z.ZodType, headers?: z.ZodObject) {
  return {
    description,
    content: { 'application/json': { schema } },
    ...(headers === undefined ? {} : { headers }),
  }
}

/** A body of JSON. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { 'application/json': { schema } } }
}

/** The dataset's name in an address. */
export const DatasetName = z
  .string()
  .min(1)
  .max(200)
  .openapi({ param: { name: 'dataset', in: 'path' }, example: 'prefs' })
