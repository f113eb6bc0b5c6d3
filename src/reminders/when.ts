/**
 * Turns a person's local time in their IANA zone into a moment. Pure; luxon has the zone's rules, so
 * nothing here knows an offset. A time that clocks skip is due as soon as they go on, even past
 * midnight (in Nuuk 00:00 follows 23:00 once a year). A time that they show twice is due the first time.
 * A day that a zone leaves out is no day.
 */
import { DateTime, IANAZone } from 'luxon'

/** A time of day on somebody's clock. */
export type WallTime = { hour: number; minute: number }

/** Monday is 1, Sunday 7, as in ISO 8601. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

/** No messages from `from` until `until` the next morning, and none on days off. */
export type Quiet = { from: WallTime; until: WallTime; days: readonly Weekday[] }

export const workdays: readonly Weekday[] = [1, 2, 3, 4, 5]
export const everyDay: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7]

/**
 * The first moment after `after` at which it is `time` in `zone` on one of `days`.
 * @throws Error for an unknown zone or an empty list of days; callers have checked both.
 */
export function nextAt(
  after: Date,
  { time, zone, days }: { time: WallTime; zone: string; days: readonly Weekday[] },
): Date {
  const rules = rulesOf(zone)
  const start = DateTime.fromJSDate(after, { zone })
  // Where clocks went back over midnight, a day that began yesterday may still have its time after `after`.
  for (let ahead = -1; ahead <= 15; ahead++) {
    const day = calendarDay(start, ahead)
    if (!days.some((one) => one === day.weekday)) continue
    const at = momentOf(rules, day, time)
    if (at !== null && at > after.getTime()) return new Date(at)
  }
  throw new Error(`There is no next ${time.hour}:${time.minute} in ${zone}.`)
}

/** The first moment from `at` on outside the quiet hours. */
export function afterQuiet(at: Date, zone: string, quiet: Quiet): Date {
  let free = at
  // Where clocks jump over midnight, quiet hours may end on a day off.
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
 * The local date, such as 2026-11-23, by which "once a day" is counted. The moment at which clocks jump
 * over midnight still belongs to the day whose last hour they skipped, unless midnight itself was asked
 * for (`time`).
 */
export function localDate(at: Date, zone: string, time?: WallTime): string {
  const before = DateTime.fromMillis(at.getTime() - 1, { zone })
  const now = DateTime.fromJSDate(at, { zone })
  const isJump = now.offset > before.offset && now.hour === 0 && now.minute === 0
  const isWished = time?.hour === 0 && time.minute === 0
  const isNextDay = isJump && !isWished && calendarDay(before, 1).toISODate() === now.toISODate()
  return (isNextDay ? before : now).toISODate() ?? ''
}

/** A deadline: a moment, or with `day` the end of that day, shown as a day. */
export type Due = { at: Date; day: string | null }

/** As parseDue, with the day if no hour was named. */
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

/** `2026-12-24` is the end of that day in the zone, `2026-12-24T17:00` that time; null if it is no date. */
export function parseDue(text: string, zone: string): Date | null {
  return readDue(text, zone)?.at ?? null
}

/**
 * The first moment at which it is this local time (`2026-12-24T17:00`) in the zone; for a time that
 * clocks skip, the moment they go on.
 */
export function wallAt(wall: string, zone: string): Date {
  const read = DateTime.fromISO(wall, { zone: 'utc' })
  const time = { hour: read.hour, minute: read.minute }
  const rules = rulesOf(zone)
  const at = momentOf(rules, calendarDay(read, 0), time)
  // A date the zone left out: the next one begins in its place.
  return new Date(at ?? Math.min(...startsOfDate(rules, calendarDay(read, 1))))
}

/** The last moment of the current local day. */
export function endOfDay(at: Date, zone: string): Date {
  return endOfDate(DateTime.fromJSDate(at, { zone }).toISODate() ?? '', zone)
}

/** The last moment of this local date. */
function endOfDate(date: string, zone: string): Date {
  const next = calendarDay(DateTime.fromISO(date, { zone: 'utc' }), 1)
  return new Date(Math.max(...startsOfDate(rulesOf(zone), next)) - 1)
}

/** When a date begins: twice if the zone turned back over midnight. */
function startsOfDate(rules: IANAZone, day: DateTime): number[] {
  const wall = Date.UTC(day.year, day.month - 1, day.day)
  const { shown, on } = lookUp(rules, wall)
  // If midnight comes again an hour later on the same date, no day begins.
  const isBegin = (at: number) => at - 1 + rules.offset(at - 1) * 60_000 < wall
  return shown.length > 0 ? shown.filter(isBegin) : [on()]
}

/** Whether this is the IANA name of a zone. */
export function isZone(zone: string): boolean {
  return IANAZone.isValidZone(zone)
}

function rulesOf(zone: string): IANAZone {
  const rules = IANAZone.create(zone)
  if (!rules.isValid) throw new Error(`There is no time zone ${zone}.`)
  return rules
}

/** A calendar date, held as noon in UTC so that no zone can move it. */
function calendarDay(start: DateTime, ahead: number): DateTime {
  return DateTime.utc(start.year, start.month, start.day, 12).plus({ days: ahead })
}

/** The first moment at which it is this time on this date; null if the zone left the date out. */
function momentOf(rules: IANAZone, day: DateTime, { hour, minute }: WallTime): number | null {
  const { shown, on } = lookUp(rules, Date.UTC(day.year, day.month - 1, day.day, hour, minute))
  if (shown.length > 0) return Math.min(...shown)
  const at = on()
  const dates = [at - 1, at].map((one) => new Date(one + rules.offset(one) * 60_000).getUTCDate())
  return dates.includes(day.day) ? at : null
}

/** The moments of a local time, which is given as if it were UTC; `on`: when clocks that skip it go on. */
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
