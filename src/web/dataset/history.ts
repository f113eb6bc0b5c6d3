/**
 * A dataset day by day: answers, skips and completed records, and why people skipped. One pass over its
 * answers, which grows with them: `statistics.ts` keeps what was found. A year is a few hundred rows.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Snapshot } from '../../db/copy.ts'
import type { Parley } from '../../parley.ts'
import type { Period } from '../../quality/dataset/stats-queries.ts'

export type Day = {
  /** Of UTC, as `2026-03-02`; of a longer period the first. */
  day: string
  /** Answers that complete records. */
  counted: number
  /** Surplus answers, answers to checks and excluded ones. */
  surplus: number
  skipped: number
  /** Records whose last answer that counts came then. */
  completed: number
}

export type History = {
  days: readonly Day[]
  /** The most common first; own words are all `other`. */
  skips: readonly { reason: string; count: number }[]
}

/** Days on which nothing happened are left out. */
export async function readHistory(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
): Promise<History> {
  const all = <Row>(query: RawBuilder<Row>) =>
    snapshot.all({ compile: () => query.compile(parley.db) })
  // By date first: writing the day of each answer as text took half of the time.
  const said = await all(sql<Said>`
    select ${dayIn(sql`g.day`)} as day, g.status, g.is_surplus, g.reason, sum(g.count) as count
    from (
      select (s.submitted_at at time zone 'UTC')::date as day, s.status,
        (s.assignment_id in (
          select a.id from assignments a where a.dataset_id = ${datasetId}
            and a.status = 'submitted' and (not a.counted or a.repeat > 0)
            and not a.counted)) as is_surplus,
        case when s.reason like 'other: %' then 'other' else s.reason end as reason,
        count(*)::float8 as count
      from responses s
      where s.dataset_id = ${datasetId} and s.status <> 'draft' and s.submitted_at is not null
      group by 1, 2, 3, 4
    ) g group by 1, 2, 3, 4`)
  const completed = await all(sql<{ day: string; count: number }>`
    select ${dayIn(sql`g.day`)} as day, g.count
    from (
      select (c.at at time zone 'UTC')::date as day, count(*)::float8 as count
      from (
        select s.record_id, max(s.submitted_at) as at from responses s
        where s.dataset_id = ${datasetId} and s.status = 'submitted'
        group by s.record_id
      ) c join places p on p.dataset_id = ${datasetId} and p.record_id = c.record_id
      where record_status(p) = 'completed'
      group by 1
    ) g`)
  return { days: daysOf(said, completed), skips: skipsOf(said) }
}

function dayIn(date: RawBuilder<unknown>): RawBuilder<string> {
  return sql`to_char(${date}, 'YYYY-MM-DD')`
}

type Said = {
  day: string
  status: 'submitted' | 'discarded'
  isSurplus: boolean
  reason: string | null
  count: number
}

function daysOf(
  said: readonly Said[],
  completed: readonly { day: string; count: number }[],
): Day[] {
  const days = new Map<string, Day>()
  const dayOf = (day: string) => {
    const found = days.get(day) ?? { day, counted: 0, surplus: 0, skipped: 0, completed: 0 }
    days.set(day, found)
    return found
  }
  for (const { day, status, isSurplus, count } of said) {
    const one = dayOf(day)
    if (status === 'discarded') one.skipped += count
    else if (isSurplus) one.surplus += count
    else one.counted += count
  }
  for (const { day, count } of completed) dayOf(day).completed += count
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
}

function skipsOf(said: readonly Said[]): { reason: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { status, reason, count } of said)
    if (status === 'discarded') {
      const name = reason ?? ''
      counts.set(name, (counts.get(name) ?? 0) + count)
    }
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
}

/** More places than this are too many for a picture. */
const mostPlaces = 62
/** The same for agreement, which needs many records at each. */
export const mostPeriods = 26

/** The shortest period of which no more than so many pass from the first day to the last. */
export function periodFor(first: string, last: string, most = mostPlaces): Period {
  const days = daysBetween(first, last) + 1
  if (days <= most) return 'day'
  return days / 7 < most - 1 ? 'week' : 'month'
}

/** All periods from the first day to the last, by their first days; the newest if there are too many. */
export function periodsFrom(first: string, last: string, period: Period, most = 600): string[] {
  const found: string[] = []
  for (let day = startOf(first, period); day <= last; day = nextOf(day, period)) found.push(day)
  return found.slice(-most)
}

/** Days summed up by period, those on which nothing happened too. */
export function sumByPeriod(days: readonly Day[], period: Period, last: string): Day[] {
  const first = days[0]?.day
  if (first === undefined) return []
  const sums = new Map(
    periodsFrom(first, last, period).map((day): [string, Day] => [
      day,
      { day, counted: 0, surplus: 0, skipped: 0, completed: 0 },
    ]),
  )
  for (const one of days) {
    const sum = sums.get(startOf(one.day, period))
    if (sum === undefined) continue
    sum.counted += one.counted
    sum.surplus += one.surplus
    sum.skipped += one.skipped
    sum.completed += one.completed
  }
  return [...sums.values()]
}

export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}

export function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000)
}

export function startOf(day: string, period: Period): string {
  const at = new Date(`${day}T00:00:00Z`)
  if (period === 'week') at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
  if (period === 'month') at.setUTCDate(1)
  return dayOf(at)
}

export function nextOf(day: string, period: Period): string {
  const at = new Date(`${day}T00:00:00Z`)
  if (period === 'month') at.setUTCMonth(at.getUTCMonth() + 1)
  else at.setUTCDate(at.getUTCDate() + (period === 'week' ? 7 : 1))
  return dayOf(at)
}
