/** What was sent to an endpoint, newest first, with every attempt. */
import { sql } from 'kysely'
import type { EventDeliveryState } from '../db/schema/endpoints.ts'
import type { Actor, Parley } from '../parley.ts'
import { getEndpoint } from './endpoint.ts'

export const deliveryStates = [
  'queued',
  'sending',
  'sent',
  'failed',
] as const satisfies readonly EventDeliveryState[]

export type DeliveryAttempt = {
  at: string
  status: number | null
  milliseconds: number
  problem: string | null
}

export type EventDelivery = {
  /** For the next page. */
  id: string
  event: string
  type: string
  dataset: string
  state: EventDeliveryState
  createdAt: Date
  /** Of the next attempt, while it waits. */
  dueAt: Date | null
  /** What it answered last. */
  status: number | null
  problem: string | null
  /** Oldest first. */
  attempts: DeliveryAttempt[]
}

export const mostDeliveries = 1000

/** `before` is the id of the last one of the page before. @throws ParleyError `not_found`. */
export async function listDeliveries(
  parley: Parley,
  actor: Actor,
  input: { id: string; state?: EventDeliveryState; limit?: number; before?: string },
): Promise<EventDelivery[]> {
  const { id } = await getEndpoint(parley, actor, input.id)
  const { state, before, limit = 100 } = input
  const { rows } = await sql<EventDelivery>`
    select d.id, d.event_id as event, v.type, s.name as dataset, d.state, d.created_at,
      case when d.state = 'queued' then d.due_at end as due_at, d.status, d.problem,
      (select coalesce(json_agg(json_build_object('at', t.at, 'status', t.status,
          'milliseconds', t.milliseconds, 'problem', t.problem) order by t.number), '[]')
        from event_attempts t where t.delivery_id = d.id) as attempts
    from event_deliveries d
    join events v on v.id = d.event_id join datasets s on s.id = v.dataset_id
    where d.endpoint_id = ${id} and ${state === undefined ? sql`true` : sql`d.state = ${state}`}
      and ${before === undefined ? sql`true` : sql`d.id < ${before}`}
    order by d.id desc limit ${Math.min(limit, mostDeliveries)}`.execute(parley.db)
  return rows
}
