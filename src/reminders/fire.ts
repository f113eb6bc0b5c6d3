/**
 * Queues the reminders that are due, each minute and after any outage:
 * 1. A batch of due rows is locked (rows that another process holds are skipped) and queued for
 *    delivery under keys of their own, so a crash in between queues nothing twice.
 * 2. The next digest is scheduled in the same transaction, so the chain cannot break.
 * 3. Whether a reminder still makes sense is checked when it is sent, not here.
 */

import { sql } from 'kysely'
import { queueDeliveries } from '../deliveries/enqueue.ts'
import { inTransaction, type Parley } from '../parley.ts'
import type { Platform } from '../platforms/traits.ts'
import { nextDigest, scheduleReminders } from './schedule.ts'

/** Returns how many were queued. Reads a batch at a time. */
export async function fireReminders(
  parley: Parley,
  options: { batch?: number } = {},
): Promise<number> {
  for (let fired = 0; ; ) {
    const count = await fireBatch(parley, options.batch ?? 1000)
    if (count === 0) return fired
    fired += count
  }
}

type DueRow = {
  id: string
  kind: string
  labelerId: string
  platform: Platform
  workspace: string
  userId: string
  datasetId: string | null
  wall: string
  kinds: { [kind: string]: boolean }
  digestAt: string
  days: number[]
  quietFrom: string | null
  quietUntil: string | null
  zone: string | null
}

async function fireBatch(parley: Parley, batch: number): Promise<number> {
  return inTransaction(parley, async (inside) => {
    const now = inside.now()
    const { rows } = await sql<DueRow>`
      select r.id, r.kind, r.labeler_id, r.dataset_id, r.wall, p.platform, p.workspace, i.user_id, p.kinds,
        p.digest_at, p.days, p.quiet_from, p.quiet_until, coalesce(p.zone, l.zone) as zone
      from reminders r
      join preferences p on p.labeler_id = r.labeler_id
      join labelers l on l.id = r.labeler_id
      cross join lateral (
        select user_id from identities
        where labeler_id = p.labeler_id and platform = p.platform and workspace = p.workspace
        order by user_id limit 1
      ) i
      where r.state = 'waiting' and r.due_at <= ${now}
      order by r.due_at, r.id limit ${batch}
      for update of r skip locked`.execute(inside.db)
    if (rows.length === 0) return 0
    await queueDeliveries(
      inside,
      rows.map(({ id, datasetId, ...to }) => ({
        ...{ key: `reminder:${id}`, kind: 'reminder', to, content: { reminderId: id } },
        ...{ datasetId: datasetId ?? '0', priority: 7 },
      })),
    )
    const ids = rows.map(({ id }) => id)
    await sql`update reminders set state = 'queued' where id = any(${ids}::bigint[])`.execute(
      inside.db,
    )
    await scheduleNext(
      inside,
      rows.filter(({ kind }) => kind === 'digest'),
    )
    return rows.length
  })
}

/** Schedules the digests that follow these. */
async function scheduleNext(parley: Parley, rows: readonly DueRow[]): Promise<void> {
  const now = parley.now()
  // The calendar costs more than the row: people with the same clock and habits share a next digest.
  const sameHabits = Map.groupBy(rows, ({ platform, kinds, digestAt, days, zone, wall }) =>
    JSON.stringify([platform, kinds['digest'], digestAt, days, zone, wall.slice(0, 10)]),
  )
  for (const alike of sameHabits.values()) {
    const [row] = alike
    const at = row && nextDigest(row, now, row.wall.slice(0, 10))
    if (at) await scheduleReminders(parley, alike, { kind: 'digest', about: 'all', at })
  }
}
