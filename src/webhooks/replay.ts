/** Sends events again, under the same ids: one by its id, or what did not arrive since a time. */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { conflict, invalid, ParleyError } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { getEndpoint } from './endpoint.ts'
import { keepDays } from './make-events.ts'

/**
 * By `event`, whatever became of it; or those made from `since` until `until` that did not arrive (with
 * `all` also those that did). Events of before the endpoint was created count too, where another one heard
 * of them. Returns how many are queued.
 * @throws ParleyError `conflict` for a disabled endpoint; `not_found` for an event that is not its.
 */
export async function replayEvents(
  parley: Parley,
  actor: Actor,
  input: { id: string; event?: string; since?: Date; until?: Date; all?: boolean },
): Promise<{ queued: number }> {
  const { id, event, since, until, all = false } = input
  if ((event === undefined) === (since === undefined))
    throw invalid({ since: 'Name one event, or a time from which on they are sent again.' })
  return inTransaction(parley, async (inside) => {
    const endpoint = await getEndpoint(inside, actor, id)
    if (endpoint.state === 'disabled')
      throw conflict(`It is disabled. Enable it first: npx parley webhooks enable ${id}.`)
    const now = inside.now()
    const which =
      event === undefined
        ? sql`v.created_at >= ${since} and v.created_at <= ${until ?? now}`
        : sql`v.id = ${event}`
    const isDue =
      event === undefined && !all ? sql`d.state = 'failed'` : sql`d.state in ('failed', 'sent')`
    const { numAffectedRows } = await sql`
      insert into event_deliveries as d (endpoint_id, event_id, due_at, created_at)
      select e.id, v.id, ${now}, ${now} from events v
      join endpoints e on e.id = ${id}
      where ${which} and v.type = any(e.events)
        and (e.dataset_ids is null or v.dataset_id = any(e.dataset_ids))
      order by v.created_at, v.id
      on conflict (endpoint_id, event_id) do update set
        state = 'queued', tries = 0, due_at = excluded.due_at, started_at = null, finished_at = null
      where ${isDue}`.execute(inside.db)
    const queued = Number(numAffectedRows ?? 0)
    if (queued === 0 && event !== undefined && !(await isWaiting(inside, id, event)))
      throw new ParleyError(
        'not_found',
        `There is no event "${event}" for this webhook. Events are kept for ${keepDays} days; npx parley webhooks deliveries ${id} lists them.`,
      )
    const detail = { id, queued, ...(event ? { event } : { since: since?.toISOString(), all }) }
    await writeAudit(inside, { actor: requireAdmin(actor), act: 'replay webhook', detail })
    inside.afterCommit(() => parley.queue.ring('send-events', { endpointId: id }))
    return { queued }
  })
}

async function isWaiting(inside: Parley, id: string, event: string): Promise<boolean> {
  const found = await inside.db
    .selectFrom('eventDeliveries')
    .select('id')
    .where('endpointId', '=', id)
    .where('eventId', '=', event)
    .executeTakeFirst()
  return found !== undefined
}
