/** What a failed call to a platform means for its message. */
import type { SendFailure } from '../chat/port/port.ts'
import { asParleyError } from '../errors.ts'
import type { Platform } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'

/** What the failure of a call to a platform means for its message. */
export function failureOf(parley: Parley, platform: Platform, error: unknown): SendFailure {
  const known = parley.platforms.get(platform)?.failureOf?.(error)
  if (known) return known
  const code = asParleyError(error)?.code
  if (code === 'forbidden') return { type: 'gone', reason: code }
  return { type: code === 'unavailable' ? 'unknown' : 'refused' }
}
