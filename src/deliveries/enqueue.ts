/**
 * Queues messages Parley sends unprompted: a row in the same transaction as its cause, and a job
 * after the commit. outbound/deliver.ts builds and sends them.
 */
import { sql } from 'kysely'
import type { DeliveryKind } from '../db/schema/outgoing.ts'
import type { Person } from '../labelers/person.ts'
import type { Channel } from '../outbox.ts'
import type { Parley } from '../parley.ts'

export type Queued = {
  /** What it is and for whom: a message with the same key is queued once. */
  key: string
  kind: DeliveryKind
  to: Person | Channel
  /** The ids it is built from when it is sent, or the text of a notice. */
  content: object
  /** Datasets take turns; messages about none share a turn. */
  datasetId?: string
  /** The lowest goes first; 5 by default. */
  priority?: number
}

/** The outcomes after which an earlier message is sent once more; none by default. */
export type Again = { again?: readonly ('failed' | 'unknown')[] }

/** False if it was queued before. */
export async function queueDelivery(
  parley: Parley,
  queued: Queued,
  { again = [] }: Again = {},
): Promise<boolean> {
  return (await queueDeliveries(parley, [queued], { again })) === 1
}

/** Queues many in one statement; returns how many were not queued before. */
export async function queueDeliveries(
  parley: Parley,
  all: readonly Queued[],
  { again = [] }: Again = {},
): Promise<number> {
  const now = parley.now()
  const column = <Value>(of: (one: Queued) => Value) => all.map(of)
  const { rows } = await sql`
    insert into deliveries (key, kind, content, platform, workspace, recipient, is_channel,
      dataset_id, priority, due_at, created_at)
    select key, kind, content::jsonb, platform, workspace, recipient, is_channel, dataset_id,
      priority, ${now}, ${now}
    from unnest(${column(({ key }) => key)}::text[], ${column(({ kind }) => kind)}::text[],
      ${column(({ content }) => JSON.stringify(content))}::text[],
      ${column(({ to }) => to.platform)}::text[], ${column(({ to }) => to.workspace)}::text[],
      ${column(({ to }) => recipientOf(to))}::text[], ${column(({ to }) => !isPerson(to))}::boolean[],
      ${column(({ datasetId }) => datasetId ?? '0')}::bigint[],
      ${column(({ priority }) => priority ?? 5)}::int[])
      as queued (key, kind, content, platform, workspace, recipient, is_channel, dataset_id, priority)
    on conflict (key) do update set state = 'queued', attempt = 0, due_at = excluded.due_at,
        problem = null, calling_at = null, finished_at = null
      where deliveries.state = any(${again}::text[])
    returning id`.execute(parley.db)
  const places = new Map(
    all.map(({ to: { platform, workspace } }) => [
      `${platform} ${workspace}`,
      { platform, workspace },
    ]),
  )
  for (const place of places.values()) parley.afterCommit(() => parley.queue.ring('deliver', place))
  return rows.length
}

/** Whether it goes to a person, and so into their own conversation. */
export function isPerson(to: Person | Channel): to is Person {
  return 'userId' in to
}

function recipientOf(to: Person | Channel): string {
  return isPerson(to) ? to.userId : to.channelId
}
