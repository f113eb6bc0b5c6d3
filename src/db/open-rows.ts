/** Counts the rows that wait for something: messages, reminders, exports, imports; for gauges. */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'

export type OpenRows = {
  deliveries: { platform: string; state: string; rows: number }[]
  deliveriesLate: number
  remindersLate: number
  reminderLag: number
  exports: { state: string; rows: number }[]
  imports: number
}

/**
 * One transaction over partial indexes, with a limit on each count and on its time: it costs the same for
 * any number of records. @throws if it takes more than `withinMs`
 */
export async function readOpenRows(
  { db, now }: Pick<Parley, 'db' | 'now'>,
  withinMs: number,
): Promise<OpenRows> {
  const at = now()
  const before = (seconds: number) => new Date(at.getTime() - seconds * 1000)
  return db.transaction().execute(async (inside) => {
    // With limits, the planner would rather read a large table from its front than an index.
    await sql`set local enable_seqscan = off`.execute(inside)
    await sql`select set_config('statement_timeout', ${String(withinMs)}, true)`.execute(inside)
    const { rows } = await sql<OpenRows>`
      select
        (select coalesce(json_agg(one), '[]') from (
          select platform, state, count(*)::int as rows from (
            select platform, state from deliveries where state in ('queued', 'sending') limit 10000
          ) open group by platform, state) one) as deliveries,
        (select count(*)::int from (select from deliveries
          where state = 'queued' and due_at < ${before(60)} limit 1000) late) as deliveries_late,
        (select count(*)::int from (select from reminders
          where state = 'waiting' and due_at < ${before(120)} limit 1000) late) as reminders_late,
        (select greatest(0, coalesce(extract(epoch from ${at}::timestamptz - min(due_at)), 0))::float8
          from reminders where state = 'waiting') as reminder_lag,
        (select coalesce(json_agg(one), '[]') from (
          select state, count(*)::int as rows from exports
          where state in ('queued', 'writing', 'written') group by state) one) as exports,
        (select count(*)::int from (select from imports
          where requested_by is not null and told_at is null and state in ('queued', 'running')
          limit 1000) open) as imports`.execute(inside)
    const [found] = rows
    if (!found) throw new Error('The gauges could not be read.')
    return found
  })
}
