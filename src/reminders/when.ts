/**
 * When next: a person's wall time in their IANA zone becomes a moment. Pure; the zone's rules are
 * luxon's, so nothing here knows an offset. What clocks skip is rung as soon as they go on, what they
 * show twice is rung the first time, and a day that a zone leaves out altogether is no day.
 */
import { DateTime, IANAZone } from 'luxon'

/** A time of day on somebody's clock. */
export type WallTime = { hour: number; minute: number }

/** Monday is 1, Sunday 7, as in ISO 8601. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** From `from` until `until` the next morning nobody is written to; neither on days that are not theirs. */
export type Quiet = { from: WallTime; until: WallTime; days: readonly Weekday[] }

export const workdays: readonly Weekday[] = [1, 2, 3, 4, 5]
export const everyDay: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7]

/**
 * The first moment after `after` at which it is `time` in `zone` on one of `days`.
 * @throws Error for a zone that does not exist or no days at all: callers have checked both.
 */
export function nextAt(
  after: Date,
  { time, zone, days }: { time: WallTime; zone: string; days: readonly Weekday[] },
): Date {
  const rules = rulesOf(zone)
  const start = DateTime.fromJSDate(after, { zone })
  // A day that began yesterday may ring after `after`, where clocks went back over midnight.
  for (let ahead = -1; ahead <= 15; ahead++) {
    const day = calendarDay(start, ahead)
    if (!days.some((one) => one === day.weekday)) continue
    const at = momentOf(rules, day, time)
    if (at !== null && at > after.getTime()) return new Date(at)
  }
  throw new Error(`There is no next ${time.hour}:${time.minute} in ${zone}.`)
}

/** The first moment from `at` on that is not in somebody's quiet hours. */
export function afterQuiet(at: Date, zone: string, quiet: Quiet): Date {
  if (!isQuiet(at, zone, quiet)) return at
  return nextAt(at, { time: quiet.until, zone, days: quiet.days })
}

export function isQuiet(at: Date, zone: string, { from, until, days }: Quiet): boolean {
  const local = DateTime.fromJSDate(at, { zone })
  const now = local.hour * 60 + local.minute
  const [start, end] = [from, until].map(({ hour, minute }) => hour * 60 + minute)
  if (!days.some((day) => day === local.weekday)) return true
  if (start === undefined || end === undefined || start === end) return false
  return start < end ? now >= start && now < end : now >= start || now < end
}

/** The date on somebody's calendar, such as 2026-11-23: what "once a day" is counted by. */
export function localDate(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toISODate() ?? ''
}

/** `2026-12-24` is the end of that day in the zone, `2026-12-24T17:00` that hour; null for no date. */
export function parseDue(text: string, zone: string): Date | null {
  const read = DateTime.fromISO(text.trim(), { zone })
  if (!read.isValid) return null
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text.trim())
  return (isDay ? read.endOf('day') : read).toJSDate()
}

/** Whether there is such a zone, by its IANA name. */
export function isZone(zone: string): boolean {
  return IANAZone.isValidZone(zone)
}

function rulesOf(zone: string): IANAZone {
  const rules = IANAZone.create(zone)
  if (!rules.isValid) throw new Error(`There is no time zone ${zone}.`)
  return rules
}

/** A date of the calendar, told by noon in UTC so that no zone can move it. */
function calendarDay(start: DateTime, ahead: number): DateTime {
  return DateTime.utc(start.year, start.month, start.day, 12).plus({ days: ahead })
}

/** When it is this time on this date, the first time it is; null on a date the zone left out. */
function momentOf(rules: IANAZone, day: DateTime, { hour, minute }: WallTime): number | null {
  const wall = Date.UTC(day.year, day.month - 1, day.day, hour, minute)
  const offsets = [wall - aDayMs, wall + aDayMs].map((at) => rules.offset(at) * 60_000)
  const [before = 0, later = 0] = offsets
  const shown = [wall - before, wall - later].filter(
    (at) => at + rules.offset(at) * 60_000 === wall,
  )
  if (shown.length > 0) return Math.min(...shown)
  const on = clocksGoOn(rules, wall - later, wall - before)
  const shows = new Date(on + rules.offset(on) * 60_000)
  return shows.getUTCDate() === day.day ? on : null
}

const aDayMs = 86_400_000

/** The moment between two at which clocks jump forward, to the second. */
function clocksGoOn(rules: IANAZone, from: number, until: number): number {
  let [low, high] = [from, until]
  const before = rules.offset(low)
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000
    if (middle === low) break
    if (rules.offset(middle) === before) low = middle
    else high = middle
  }
  return high
}
