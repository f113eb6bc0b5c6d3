/** What every refused request is answered: one shape, a status and a sentence for each kind. */
import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { asParleyError, type ErrorCode } from '../../errors.ts'
import type { Parley } from '../../parley.ts'

/** The status of each code; the codes of ParleyError, and those that only HTTP has. */
export const statuses = {
  invalid: 422,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method: 405,
  timeout: 408,
  conflict: 409,
  changed: 412,
  too_large: 413,
  unsupported: 415,
  too_many: 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<ErrorCode | string, number>

export type HttpCode = keyof typeof statuses

/** When which code comes; for the OpenAPI document. */
export const codeMeanings: Readonly<Record<HttpCode, string>> = {
  invalid: 'The request is not as described; `problems` says what is wrong where.',
  unauthorized: 'The key is missing, unknown, expired or revoked.',
  forbidden: 'The key may not do this.',
  not_found: 'There is no such thing, or not for this key.',
  method: 'There is nothing at this address for this method.',
  timeout: 'The body arrived too slowly.',
  conflict: 'It cannot be done as things are now; the message says what to do first.',
  changed: 'It has changed since it was read.',
  too_large: 'The body is too large.',
  unsupported: 'The body is of another content type.',
  too_many: 'Too many requests; `Retry-After` says in how many seconds to go on.',
  internal: 'Something broke on our side; `ref` finds it in the log.',
  unavailable: 'Something Parley needs cannot be reached right now. Try again in a moment.',
}

type Problems = Readonly<Record<string, string>>

/** The body of a refusal. `ref` is in the log line too. */
export function errorBody(code: string, message: string, problems: Problems, ref: string) {
  return { error: { code, message, problems, ref } }
}

export const newRef = () => randomUUID().slice(0, 8)

/** Refuses a request for a reason that only HTTP knows. */
export function refuse(
  c: Context,
  code: HttpCode,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return c.json(errorBody(code, message, {}, newRef()), statuses[code], headers)
}

/** When to try again what could not be reached: a client that waits makes no crowd. */
const retrySeconds = '5'

/** The answer to whatever was thrown. Only bugs are logged with their error. */
export function answerError(parley: Parley, error: unknown, c: Context): Response {
  const ref = newRef()
  const known = asParleyError(error)
  if (known)
    return c.json(
      errorBody(known.code, known.message, known.problems, ref),
      statuses[known.code],
      known.code === 'unavailable' ? { 'retry-after': retrySeconds } : {},
    )
  if (error instanceof HTTPException) {
    const code = codeOfStatus(error.status)
    if (code !== 'internal')
      return c.json(errorBody(code, sentenceOf(code, error), {}, ref), error.status)
  }
  // Who has gone away in the middle of a body reads no answer, and it is no fault of ours.
  if (c.req.raw.signal.aborted)
    return c.json(errorBody('timeout', codeMeanings.timeout, {}, ref), 408)
  parley.log.error({ event: 'http.failed', err: error, ref, path: c.req.path }, 'A request failed.')
  return c.json(errorBody('internal', 'Something broke on our side.', {}, ref), 500)
}

function codeOfStatus(status: number): HttpCode {
  if (status === 400) return 'invalid'
  const found = Object.entries(statuses).find(([, one]) => one === status)
  return (found?.[0] as HttpCode | undefined) ?? 'internal'
}

/** What Hono throws has no remedy in it. */
function sentenceOf(code: HttpCode, { message }: HTTPException): string {
  if (code === 'unsupported')
    return 'The body is of a content type that is not taken here. Set Content-Type as /openapi.json says.'
  if (/malformed json/i.test(message))
    return 'The body is not JSON. Send one JSON value, in UTF-8, with Content-Type: application/json.'
  return message || codeMeanings[code]
}
