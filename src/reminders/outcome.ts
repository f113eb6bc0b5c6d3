/**
 * The outcome of a reminder that was queued for delivery. The sender stores it; if the sender died or
 * the message was given up, it is read from the deliveries each minute. A batch without progress gets
 * another nudge the next day, whatever the outcome.
 */
import { sql } from 'kysely'
import type { Person } from '../labelers/person.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { findReminded, scheduleReminder } from './schedule.ts'

/** The reminder was sent, as far as is known. */
export async function markReminded(parley: Parley, reminderId: string): Promise<void> {
  await endReminder(parley, reminderId, 'sent', null)
}

/** Stores why a reminder is not sent. */
export async function skipReminder(
  parley: Parley,
  reminderId: string,
  why: string,
): Promise<{ why: string }> {
  await endReminder(parley, reminderId, 'skipped', why)
  return { why }
}

/** Ends reminders whose message has an outcome; returns how many. */
export async function settleReminders(parley: Parley): Promise<number> {
  const { rows } = await sql<{ id: string; isFailed: boolean; problem: string | null }>`
    select r.id, d.state = 'failed' as is_failed, d.problem
    from reminders r join deliveries d on d.key = ${ledgerKey(sql`r.id`)}
    where r.state in ('queued', 'sending') and d.state in ('sent', 'unknown', 'failed')
    order by r.id limit 1000`.execute(parley.db)
  for (const { id, isFailed, problem } of rows)
    await endReminder(parley, id, isFailed ? 'failed' : 'sent', isFailed ? problem : null)
  return rows.length
}

/** No message reaches this person any more, so reminders pause; recheck.ts says for how long. */
export async function noteLost(parley: Parley, person: Person, reason: string): Promise<void> {
  const { platform, workspace, userId } = person
  await sql`
    update preferences p set lost_at = ${parley.now()}, lost_reason = ${reason}
    from identities i
    where i.platform = ${platform} and i.workspace = ${workspace} and i.user_id = ${userId}
      and p.labeler_id = i.labeler_id and p.platform = i.platform and p.workspace = i.workspace
  `.execute(parley.db)
}

/** The key of a reminder's delivery. */
export function ledgerKey(id: ReturnType<typeof sql>) {
  return sql`'reminder:' || ${id}`
}

async function endReminder(
  parley: Parley,
  reminderId: string,
  state: 'sent' | 'skipped' | 'failed',
  reason: string | null,
): Promise<void> {
  await inTransaction(parley, async (inside) => {
    const ended = await inside.db
      .updateTable('reminders')
      .set({ state, reason, ...(state === 'sent' ? { sentAt: inside.now() } : {}) })
      .where('id', '=', reminderId)
      .where('state', 'in', ['queued', 'sending'])
      .returning('labelerId')
      .executeTakeFirst()
    if (!ended) return
    if (state === 'sent')
      await inside.db
        .updateTable('preferences')
        .set({ lostAt: null, lostReason: null })
        .where('labelerId', '=', ended.labelerId)
        .where('lostAt', 'is not', null)
        .execute()
    await scheduleNextNudge(inside, reminderId)
  })
}

/** A started batch gets another nudge after a day. */
async function scheduleNextNudge(parley: Parley, reminderId: string): Promise<void> {
  const row = await parley.db
    .selectFrom('reminders')
    .innerJoin('invitations', 'invitations.id', 'reminders.invitationId')
    .select(['reminders.labelerId', 'reminders.datasetId', 'invitations.id'])
    .where('reminders.id', '=', reminderId)
    .where('reminders.kind', '=', 'nudge')
    .where('invitations.state', '=', 'started')
    .executeTakeFirst()
  const person = row && (await findReminded(parley, row.labelerId))
  if (!row || !person) return
  await scheduleReminder(parley, person, {
    kind: 'nudge',
    about: `i${row.id}`,
    at: new Date(parley.now().getTime() + 86_400_000),
    invitationId: row.id,
    ...(row.datasetId === null ? {} : { datasetId: row.datasetId }),
  })
}
