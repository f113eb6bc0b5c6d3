/** When a failed attempt is made again. Pure. */

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** The waits after each failure: eight attempts in a day, as the standard advises. */
export const waits = [
  ...[5 * second, 5 * minute, 30 * minute, 2 * hour],
  ...[5 * hour, 8 * hour, 8 * hour],
]

/** The longest that `Retry-After` is heeded. */
const mostAsked = 24 * hour
/** Of a server that keeps failing, the next attempts of all its events wait: from here, up to there. */
const hold = { from: 5, first: 5 * second, most: 5 * minute }

/**
 * How long until the next attempt, in milliseconds; null after the last. `tries` failed so far, this one
 * included; `asked` is what Retry-After said; `chance` (0 to 1) spreads what failed together.
 */
export function nextWait(tries: number, asked: number | null, chance: number): number | null {
  const wait = waits[tries - 1]
  if (wait === undefined) return null
  const spread = wait * (0.8 + 0.4 * chance)
  return Math.round(Math.max(spread, Math.min(asked ?? 0, mostAsked)))
}

/** How long nothing is sent to an endpoint after this many failures in a row; 0 for a few. */
export function holdAfter(failures: number, asked: number | null): number {
  const over = failures - hold.from
  const own = over < 0 ? 0 : Math.min(hold.first * 2 ** Math.min(over, 20), hold.most)
  return Math.max(own, Math.min(asked ?? 0, mostAsked))
}

/** `Retry-After` in milliseconds from then: seconds or a date (RFC 9110); null for anything else. */
export function readRetryAfter(text: string | null, now: Date): number | null {
  if (text === null) return null
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * second
  // A date of HTTP has a day's name; the parser takes much more.
  const at = /^[A-Z][a-z]+,? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
