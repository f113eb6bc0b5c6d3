/** Stores events and their recipients, in the transaction that marks them as reported. */
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'
import { hasEvaluations } from './otlp/evaluations.ts'

/** An event to send, and what is noted about it. */
export type NewEvent = {
  type: string
  subject: string
  subjectId: string
  /** '0' where it is about none; events of a record go with it. */
  recordId: string
  digest: string
  sequence: number
  sureAt: Date
  data: { [key: string]: unknown }
}

/** The endpoints that get a dataset's events; events for disabled ones wait. */
export type Listener = { id: string; kind: string; events: string[]; createdAt: Date }

export async function listListeners(parley: Parley, datasetId: string): Promise<Listener[]> {
  const { rows } = await sql<Listener>`
    select id, kind, events, created_at from endpoints
    where dataset_ids is null or ${datasetId} = any(dataset_ids) order by id`.execute(parley.db)
  return rows
}

/** Call it in the transaction that strikes the turns. Rings the senders once it has committed. */
export async function publishEvents(
  inside: Parley,
  datasetId: string,
  listeners: readonly Listener[],
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return
  await noteTold(inside, datasetId, events)
  const now = inside.now()
  const messages = events.flatMap((event) => {
    const to = listeners.filter(({ kind, events: wanted, createdAt }) => {
      const isNews = event.sequence > 1 || createdAt <= event.sureAt
      if (kind === 'otlp' && !hasEvaluations(event.data)) return false
      return isNews && wanted.includes(event.type)
    })
    return to.length === 0 ? [] : [{ event, to, id: newId(), body: bodyOf(event, now) }]
  })
  if (messages.length === 0) return
  await sql`
    insert into events (id, type, dataset_id, record_id, body, created_at)
    select id, type, ${datasetId}, record_id, body, ${now}
    from unnest(${messages.map(({ id }) => id)}::text[],
      ${messages.map(({ event }) => event.type)}::text[],
      ${messages.map(({ event }) => event.recordId)}::bigint[],
      ${messages.map(({ body }) => body)}::text[]) n(id, type, record_id, body)`.execute(inside.db)
  const pairs = messages.flatMap(({ id, to }) => to.map((one) => ({ id, endpointId: one.id })))
  await sql`
    insert into event_deliveries (endpoint_id, event_id, due_at, created_at)
    select e.id, n.event_id, ${now}, ${now}
    from unnest(${pairs.map(({ endpointId }) => endpointId)}::bigint[],
      ${pairs.map(({ id }) => id)}::text[]) with ordinality n(endpoint_id, event_id, place)
    join endpoints e on e.id = n.endpoint_id
    order by n.place`.execute(inside.db)
  for (const endpointId of new Set(pairs.map((pair) => pair.endpointId)))
    inside.afterCommit(() => inside.queue.ring('send-events', { endpointId }))
}

async function noteTold(inside: Parley, datasetId: string, events: readonly NewEvent[]) {
  await sql`
    insert into event_told as t
      (dataset_id, subject, subject_id, record_id, digest, sequence, told_at)
    select ${datasetId}, n.subject, n.subject_id, n.record_id, n.digest, n.sequence, ${inside.now()}
    from unnest(${events.map(({ subject }) => subject)}::text[],
      ${events.map(({ subjectId }) => subjectId)}::bigint[],
      ${events.map(({ recordId }) => recordId)}::bigint[],
      ${events.map(({ digest }) => digest)}::text[],
      ${events.map(({ sequence }) => sequence)}::int[])
      n(subject, subject_id, record_id, digest, sequence)
    on conflict (dataset_id, subject, subject_id) do update set
      digest = excluded.digest, sequence = excluded.sequence, told_at = excluded.told_at`.execute(
    inside.db,
  )
}

/** The same at every attempt and every endpoint. */
export function newId(): string {
  return `msg_${randomBytes(18).toString('base64url')}`
}

/** As much as a message may hold; what is longer is read from the API. */
const mostBytes = 256 * 1024

function bodyOf({ type, data }: NewEvent, now: Date): string {
  const write = (some: object) => JSON.stringify({ type, timestamp: now.toISOString(), data: some })
  const body = write(data)
  if (Buffer.byteLength(body) <= mostBytes || !('responses' in data)) return body
  return write({ ...data, responses: null })
}
