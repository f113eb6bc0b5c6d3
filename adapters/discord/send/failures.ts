/** How a call to Discord failed, and what that means for the message it carried. */
import type { SendFailure } from '../../../src/chat/port/port.ts'
import { codeOf } from '../../../src/errors.ts'

/** A refusal by Discord, with its status and code. */
export type Refused = Error & { discord: { status: number; code: number; retryAfterMs?: number } }

/** How Discord refused a call; null for any other failure. */
export function refusalOf(error: unknown): Refused['discord'] | null {
  if (!(error instanceof Error) || !('discord' in error)) return null
  return asRefused(error).discord
}

function asRefused(error: Error): Refused {
  return error as Refused
}

/** What a failed call means for the message it carried. */
export function failureOf(error: unknown): SendFailure {
  const refusal = refusalOf(error)
  if (refusal === null) return connectionFailure(error)
  const { status, code, retryAfterMs } = refusal
  if (status === 429) return { type: 'later', afterMs: retryAfterMs ?? null }
  const wait = laterMs.get(code)
  if (wait !== undefined) return { type: 'later', afterMs: wait }
  if (status >= 500) return { type: 'unknown' }
  if (status === 401) return { type: 'dead', reason: 'token_refused' }
  const gone = goneReasons.get(code)
  if (gone !== undefined) return { type: 'gone', reason: gone }
  return { type: 'refused' }
}

function connectionFailure(error: unknown): SendFailure {
  if (error instanceof Error && 'retryAfterMs' in error)
    return { type: 'later', afterMs: Number(error.retryAfterMs) }
  if (!isNetwork(error)) return { type: 'refused' }
  return neverSent.has(networkCodeOf(error))
    ? { type: 'later', afterMs: null }
    : { type: 'unknown' }
}

export function isNetwork(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error.name === 'TimeoutError' || error.name === 'AbortError' || error instanceof TypeError
}

/** fetch wraps the error of the connection in its own. */
function networkCodeOf(error: unknown): string {
  return error instanceof Error ? codeOf(error.cause) || codeOf(error) : ''
}

/** Nothing left this machine: the call may be made again. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'])

/** Discord's codes for "not now". */
const laterMs = new Map<number, number>([
  // Too many conversations opened; a message older than an hour edited too often.
  [40003, 10 * 60_000],
  [30046, 60_000],
])

/** Discord's codes for what no longer exists. */
export const goneReasons = new Map<number, string>([
  [50007, 'takes_no_direct_messages'],
  [50001, 'missing_access'],
  [50013, 'missing_permissions'],
  [50278, 'takes_no_direct_messages'],
  [10003, 'unknown_channel'],
  [10004, 'unknown_server'],
  [10008, 'unknown_message'],
  [10013, 'unknown_user'],
])

/** The token itself is refused, whatever the call. */
export function isTokenRefused(error: unknown): boolean {
  return refusalOf(error)?.status === 401
}
