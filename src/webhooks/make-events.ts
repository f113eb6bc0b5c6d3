/**
 * Makes events of what happened. The statements that change answers, close posts and finish exports note a
 * turn (feeds/turns.ts); once it is due, what there is to report is compared with what was reported, and both
 * are stored with the events in one transaction: killed, retried or done by several workers at once, each
 * event is made once.
 */
import { type RawBuilder, sql } from 'kysely'
import type { DatasetDocument } from '../datasets/document.ts'
import { isAnyDue, putOff, type Turn, type Turns, workTurns } from '../feeds/turns.ts'
import { ensurePseudonyms } from '../labelers/pseudonyms.ts'
import type { Parley } from '../parley.ts'
import { markDatasets } from './endpoint.ts'
import { exportEvents } from './export-events.ts'
import { type EventSource, newsOf, toldKey } from './news.ts'
import { postEvents } from './post-events.ts'
import { listListeners, type NewEvent, publishEvents } from './publish-events.ts'
import { stuckEvents } from './stuck.ts'

type Listened = { id: string; name: string; status: string; document: DatasetDocument }
type Looker = (inside: Parley, dataset: Listened, turns: readonly Turn[]) => Promise<NewEvent[]>

const subjects: Readonly<Record<string, Looker>> = {
  record: recordEvents,
  post: postEvents,
  export: exportEvents,
  dataset: stuckEvents,
}

/** Makes every event that is due; returns how many turns were looked at. */
export async function makeEvents(parley: Parley): Promise<number> {
  let looked = 0
  for (const [subject, look] of Object.entries(subjects))
    looked += await workTurns(parley, turnsOf(subject, look))
  return looked
}

/** How long an event is kept, and can be sent again. */
export const keepDays = 30

/** Each minute: rings where something is due, watches open datasets, and removes what is old. */
export async function sweepEvents(parley: Parley): Promise<void> {
  const now = parley.now()
  await markDatasets(parley)
  await sql`
    insert into event_turns (dataset_id, subject, subject_id, due_at)
    select id, 'dataset', id, 'epoch' from datasets where has_endpoints and status = 'ready'
    on conflict do nothing`.execute(parley.db)
  for (const [subject, look] of Object.entries(subjects))
    if (await isAnyDue(parley, turnsOf(subject, look))) {
      await parley.queue.ring('make-events', {})
      break
    }
  const { rows } = await sql<{ id: string }>`
    select id from endpoints e
    where state = 'enabled' and (hold_until is null or hold_until <= ${now}) and (
      exists (select from event_deliveries where endpoint_id = e.id and state = 'queued'
        and due_at <= ${now})
      or exists (select from event_deliveries where endpoint_id = e.id and state = 'sending'))
  `.execute(parley.db)
  for (const { id } of rows) await parley.queue.ring('send-events', { endpointId: id })
  const old = new Date(now.getTime() - keepDays * 86_400_000)
  await sql`
    delete from events where id in (
      select id from events where created_at < ${old} order by created_at limit 10000)`.execute(
    parley.db,
  )
}

function turnsOf(subject: string, look: Looker): Turns {
  const scope: RawBuilder<unknown> = sql`subject = ${subject}`
  return {
    ...{ table: 'event_turns', key: 'subject_id', scope, of: sql`has_endpoints` },
    events: { batch: 'webhook.batch_failed', one: 'webhook.event_failed' },
    follow: async (inside, datasetId, turns) => {
      const listeners = await listListeners(inside, datasetId)
      const dataset = await inside.db
        .selectFrom('datasets')
        .select(['id', 'name', 'status', 'document'])
        .where('id', '=', datasetId)
        .executeTakeFirst()
      if (listeners.length === 0 || !dataset) return
      await publishEvents(inside, datasetId, listeners, await look(inside, dataset, turns))
    },
  }
}

async function recordEvents(
  inside: Parley,
  dataset: Listened,
  turns: readonly Turn[],
): Promise<NewEvent[]> {
  const now = inside.now()
  await ensurePseudonyms(inside, dataset.id)
  const ids = turns.map(({ id }) => id)
  const { rows } = await sql<Omit<EventSource, 'answers'> & { answers: string }>`
    select * from event_sources(${dataset.id}, ${ids}::bigint[])`.execute(inside.db)
  const told = await toldOf(inside, dataset.id, ids)
  const asked = { name: dataset.name, questions: dataset.document.questions }
  const byId = new Map(turns.map((turn) => [turn.id, turn]))
  return rows.flatMap((row) => {
    const source: EventSource = { ...row, answers: JSON.parse(row.answers) }
    const { news, again } = newsOf(asked, source, told, now)
    const turn = byId.get(row.id)
    if (again && turn) putOff(turn, again, null)
    return news.map((one) => ({ ...one, recordId: row.id }))
  })
}

async function toldOf(inside: Parley, datasetId: string, records: readonly string[]) {
  const { rows } = await sql<{ subject: string; id: string; digest: string; sequence: number }>`
    select subject, subject_id as id, digest, sequence from event_told
    where dataset_id = ${datasetId} and record_id = any(${records}::bigint[]) and record_id > 0`.execute(
    inside.db,
  )
  return new Map(rows.map(({ subject, id, ...told }) => [toldKey(subject, id), told]))
}
