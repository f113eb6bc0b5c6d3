/**
 * When next: a person's wall time in their IANA zone becomes a moment. Pure; the zone's rules are
 * luxon's, so nothing here knows an offset. What clocks skip is rung as soon as they go on, also where
 * that is past midnight (in Nuuk 23:00 is followed by 00:00 once a year); what they show twice is rung
 * the first time, and a day that a zone leaves out altogether is no day.
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
  let free = at
  // Where clocks jump over midnight the end of quiet hours may fall on a day that is not theirs.
  for (let tries = 0; tries < 3 && isQuiet(free, zone, quiet); tries++)
    free = nextAt(free, { time: quiet.until, zone, days: quiet.days })
  return free
}

export function isQuiet(at: Date, zone: string, { from, until, days }: Quiet): boolean {
  const local = DateTime.fromJSDate(at, { zone })
  const now = local.hour * 60 + local.minute
  const [start, end] = [from, until].map(({ hour, minute }) => hour * 60 + minute)
  if (!days.some((day) => day === local.weekday)) return true
  if (start === undefined || end === undefined || start === end) return false
  return start < end ? now >= start && now < end : now >= start || now < end
}

/**
 * The date on somebody's calendar, such as 2026-11-23: what "once a day" is counted by. The moment at
 * which clocks jump over midnight still belongs to the day whose last hour they skipped, unless what
 * comes then was wished for at midnight itself (`time`).
 */
export function localDate(at: Date, zone: string, time?: WallTime): string {
  const before = DateTime.fromMillis(at.getTime() - 1, { zone })
  const now = DateTime.fromJSDate(at, { zone })
  const isJump = now.offset > before.offset && now.hour === 0 && now.minute === 0
  const isWished = time?.hour === 0 && time.minute === 0
  const isNextDay = isJump && !isWished && calendarDay(before, 1).toISODate() === now.toISODate()
  return (isNextDay ? before : now).toISODate() ?? ''
}

/** When something is due: a moment, or with `day` the end of that day, shown as a day. */
export type Due = { at: Date; day: string | null }

/** As parseDue, and which day was named where no hour was. */
export function readDue(text: string, zone: string): Due | null {
  const [, day, time, offset] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}:\d{2})(?::\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      text.trim(),
    ) ?? []
  if (day === undefined || !DateTime.fromISO(day, { zone: 'utc' }).isValid) return null
  if (time === undefined) return offset ? null : { at: endOfDate(day, zone), day }
  const wall = `${day}T${time.padStart(5, '0')}`
  if (!DateTime.fromISO(wall, { zone: 'utc' }).isValid) return null
  const at = offset ? DateTime.fromISO(wall + offset.toUpperCase()).toJSDate() : wallAt(wall, zone)
  return { at, day: null }
}

/** `2026-12-24` is the end of that day in the zone, `2026-12-24T17:00` that hour; null for no date. */
export function parseDue(text: string, zone: string): Date | null {
  return readDue(text, zone)?.at ?? null
}

/**
 * When it is this time (`2026-12-24T17:00`) on a wall in the zone, the first time it is; of a time that
 * clocks skip, when they go on.
 */
export function wallAt(wall: string, zone: string): Date {
  const read = DateTime.fromISO(wall, { zone: 'utc' })
  const time = { hour: read.hour, minute: read.minute }
  const rules = rulesOf(zone)
  const at = momentOf(rules, calendarDay(read, 0), time)
  // A date that the zone left out: the next one begins where it would have.
  return new Date(at ?? Math.min(...startsOfDate(rules, calendarDay(read, 1))))
}

/** The last moment of the day that a wall in the zone shows now. */
export function endOfDay(at: Date, zone: string): Date {
  return endOfDate(DateTime.fromJSDate(at, { zone }).toISODate() ?? '', zone)
}

/** The last moment at which calendars in the zone show this date. */
function endOfDate(date: string, zone: string): Date {
  const next = calendarDay(DateTime.fromISO(date, { zone: 'utc' }), 1)
  return new Date(Math.max(...startsOfDate(rulesOf(zone), next)) - 1)
}

/** When a date begins: twice where a zone turned back over midnight. */
function startsOfDate(rules: IANAZone, day: DateTime): number[] {
  const wall = Date.UTC(day.year, day.month - 1, day.day)
  const { shown, on } = lookUp(rules, wall)
  // Midnight that is shown again an hour later, on the same date, begins nothing.
  const isBegin = (at: number) => at - 1 + rules.offset(at - 1) * 60_000 < wall
  return shown.length > 0 ? shown.filter(isBegin) : [on()]
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
  const { shown, on } = lookUp(rules, Date.UTC(day.year, day.month - 1, day.day, hour, minute))
  if (shown.length > 0) return Math.min(...shown)
  const at = on()
  const dates = [at - 1, at].map((one) => new Date(one + rules.offset(one) * 60_000).getUTCDate())
  return dates.includes(day.day) ? at : null
}

/** The moments at which walls show a time, told as if it were UTC; `on`: when clocks that skip it go on. */
function lookUp(rules: IANAZone, wall: number): { shown: number[]; on: () => number } {
  const offsets = [wall - aDayMs, wall + aDayMs].map((at) => rules.offset(at) * 60_000)
  const [before = 0, later = 0] = offsets
  const shown = [wall - before, wall - later].filter(
    (at) => at + rules.offset(at) * 60_000 === wall,
  )
  return { shown, on: () => clocksGoOn(rules, wall - later, wall - before) }
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
