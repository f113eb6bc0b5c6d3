/**
 * One read or write request to Argilla's REST API. Temporary failures (429, 5xx, a broken connection) are
 * retried after the delay Argilla asks for. The key goes in one header, only to the named address.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { forbidden, invalid, ParleyError } from '../errors.ts'
import type { Fetched, SafeFetch } from '../fetch/safe.ts'

export type ArgillaServer = {
  /** Without a slash at its end. */
  address: string
  apiKey: string
  fetch: SafeFetch
  signal?: AbortSignal
}

const mostAnswerBytes = 16_000_000
const secondsPerAnswer = 180
const attempts = 6
const longestPauseSeconds = 60

/** @throws ParleyError `forbidden` for the key, `not_found`, `invalid` where no Argilla answers, `unavailable`. */
export async function ask<Shape extends z.ZodType>(
  server: ArgillaServer,
  path: string,
  shape: Shape,
): Promise<z.infer<Shape>> {
  const answer = await askWithin(server, path, shape, mostAnswerBytes)
  if (answer === null) throw noArgilla(server)
  return answer
}

/** Null for an answer of more bytes than these. */
export async function askWithin<Shape extends z.ZodType>(
  server: ArgillaServer,
  path: string,
  shape: Shape,
  mostBytes: number,
): Promise<z.infer<Shape> | null> {
  const text = await patiently(server, () => askOnce(server, path, mostBytes))
  if (text === null) return null
  const { data } = shape.safeParse(jsonOf(text))
  if (data === undefined) throw noArgilla(server)
  return data
}

/** Argilla's refusals of a write: it exists already, is too large, or is invalid. */
export type Refusal = { status: 409 | 413 | 422; why: string }
export type Telling = { method: 'POST' | 'PUT'; path: string; body?: unknown }

/**
 * A write may arrive twice: the caller must make that harmless.
 * @throws as `ask`.
 */
export async function tell<Shape extends z.ZodType>(
  server: ArgillaServer,
  telling: Telling,
  shape: Shape,
): Promise<{ value: z.infer<Shape> } | { refused: Refusal }> {
  let refused: Refusal | null = null
  const text = await patiently(server, async () => {
    const told = await tellOnce(server, telling)
    if (told === null || typeof told === 'string' || 'passes' in told) return told
    refused = told
    return null
  })
  if (refused) return { refused }
  const { data } = shape.safeParse(jsonOf(text ?? ''))
  if (data === undefined) throw noArgilla(server)
  return { value: data }
}

type Passing = { passes: true; seconds: number | null; error: ParleyError }

/** Retries temporary failures. */
async function patiently(
  server: ArgillaServer,
  once: () => Promise<string | null | Passing>,
): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    const answer = await once()
    if (answer === null || typeof answer === 'string') return answer
    if (attempt === attempts) throw answer.error
    const seconds = Math.min(answer.seconds ?? 2 ** (attempt - 1), longestPauseSeconds)
    await pause(seconds * 1000, undefined, server.signal ? { signal: server.signal } : {}).catch(
      (error: unknown) => {
        throw server.signal?.reason ?? error
      },
    )
  }
}

async function askOnce(
  server: ArgillaServer,
  path: string,
  mostBytes: number,
): Promise<string | null | Passing> {
  return orPassing(async () => {
    const answer = await server.fetch.get(urlOf(server, path), requestOf(server, mostBytes))
    if (answer.status === 200) return await textOf(answer)
    await answer.cancel()
    return passingOf(server, answer)
  })
}

async function tellOnce(
  server: ArgillaServer,
  { method, path, body }: Telling,
): Promise<string | null | Passing | Refusal> {
  return orPassing(async () => {
    const json = body === undefined ? '' : JSON.stringify(body)
    const request = requestOf(server, mostAnswerBytes)
    const answer = await server.fetch.send(method, urlOf(server, path), json, request)
    const { status } = answer
    if (status === 200 || status === 201) return await textOf(answer)
    if (status === 409 || status === 413 || status === 422)
      return { status, why: reasonOf((await textOf(answer)) ?? '') }
    await answer.cancel()
    return passingOf(server, answer)
  })
}

function urlOf({ address }: ArgillaServer, path: string): string {
  return `${address}/api/v1/${path}`
}

function requestOf({ apiKey, signal }: ArgillaServer, mostBytes: number) {
  return {
    headers: { 'x-argilla-api-key': apiKey, accept: 'application/json' },
    ...{ mostBytes, seconds: secondsPerAnswer },
    ...(signal ? { signal } : {}),
  }
}

/** @throws ParleyError for failures that a retry does not fix. */
function passingOf(server: ArgillaServer, answer: Fetched): Passing {
  const problem = refusalOf(server, answer)
  if (answer.status !== 429 && answer.status < 500) throw problem
  return { passes: true, seconds: retryAfter(answer), error: problem }
}

/** A broken connection is worth a retry. */
async function orPassing<Answer>(work: () => Promise<Answer>): Promise<Answer | Passing> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ParleyError) || error.code !== 'unavailable') throw error
    return { passes: true, seconds: null, error }
  }
}

const Reason = z.object({
  detail: z.union([
    z.string(),
    z.object({
      params: z.object({
        errors: z.array(
          z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string() }),
        ),
      }),
    }),
  ]),
})

/** The server's own message, shortened to one line. */
function reasonOf(text: string): string {
  const detail = Reason.safeParse(jsonOf(text)).data?.detail
  const [first] = typeof detail === 'object' ? detail.params.errors : []
  const said =
    typeof detail === 'string'
      ? detail
      : first
        ? `${first.loc.slice(1).join('.')}: ${first.msg}`
        : text
  return said.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 500)
}

/** Null when it is more than was asked for. */
async function textOf({ body }: Fetched): Promise<string | null> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of body) chunks.push(chunk)
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'invalid') return null
    throw error
  }
  return Buffer.concat(chunks).toString('utf8')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfter({ header }: Fetched): number | null {
  const said = header('retry-after')
  if (said === null) return null
  const seconds = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null
}

/** The response as a message for the terminal; never contains the key. */
function refusalOf(server: ArgillaServer, { status, url, header }: Fetched): ParleyError {
  const named = new URL(server.address)
  const location = header('location')
  if (status >= 300 && status < 400 && location !== null && URL.canParse(location, url.href))
    return invalid({
      [named.origin]: `It leads on to ${new URL(location, url.href).origin}. Name that address.`,
    })
  if (url.origin !== named.origin)
    return invalid({ [named.origin]: `It leads on to ${url.origin}. Name that address.` })
  switch (status) {
    case 401:
      return forbidden(
        'Argilla does not know ARGILLA_API_KEY. Copy the key from "My settings" there.',
      )
    case 403:
      return forbidden(
        'ARGILLA_API_KEY may not do this. It must be the key of an owner, or of an admin of the workspace; only owners make users.',
      )
    case 404:
      return new ParleyError('not_found', noArgilla(server).message)
  }
  const said = `Argilla answers ${status} at ${url.host}.`
  return status === 429 || status >= 500
    ? new ParleyError('unavailable', `${said} Try again in a while; what is done stays.`)
    : new ParleyError('conflict', `${said} This version of it may speak otherwise.`)
}

function noArgilla({ address }: ArgillaServer): ParleyError {
  const isSpace = /(^|\.)(huggingface\.co|hf\.space)$/.test(new URL(address).hostname)
  return invalid({
    [address]: isSpace
      ? 'No Argilla answers there. Name the Space as https://OWNER-SPACE.hf.space; it must be public.'
      : 'No Argilla answers there. Name the address at which you open it in a browser.',
  })
}
