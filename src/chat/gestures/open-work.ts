/** Open work: the datasets a person may label now, with what is left of each for them. */
import { sql } from 'kysely'
import { listDatasets } from '../../datasets/dataset.ts'
import type { Dataset, DatasetStatus } from '../../datasets/document.ts'
import { asParleyError } from '../../errors.ts'
import type { Labeler } from '../../labelers/labeler.ts'
import { isLetIn } from '../../labelers/memberships.ts'
import type { Person } from '../../labelers/person.ts'
import type { Parley } from '../../parley.ts'
import type { Choice, Waiting } from '../port/port.ts'
import { spoken } from '../words/words.ts'

/** The datasets of one status that let this person in, oldest first; none that is never dealt in private. */
export async function listOpen(
  parley: Parley,
  person: Person,
  status: DatasetStatus = 'ready',
): Promise<Dataset[]> {
  const found = await parley.db
    .selectFrom('datasets')
    .select(['id', 'name', 'status', 'document', 'schemaVersion', 'guidelinesVersion'])
    .where('status', '=', status)
    .orderBy('id')
    .execute()
  const dealt = found.filter(({ document }) => !document.arena)
  return letIn(parley, dealt, person, (dataset) => dataset)
}

/** What they may choose from, with records left for them and the time that one takes. */
export async function listWaiting(parley: Parley, labeler: Labeler): Promise<Waiting[]> {
  const all = await listDatasets(parley)
  const running = all.filter(({ dataset, counts }) => {
    const isOver = counts.completed + counts.rejected + counts.needsOutputs >= counts.records
    return dataset.status === 'ready' && !isOver && !dataset.document.arena
  })
  const open = await letIn(parley, running, labeler.person, ({ dataset }) => dataset)
  if (open.length === 0) return []
  const ids = open.map(({ dataset }) => dataset.id)
  const [done, minutes, written, limits] = await Promise.all([
    doneOf(parley, labeler, ids),
    minutesOf(parley, ids),
    writtenOf(parley, labeler, open),
    mayStillOf(parley, labeler, ids),
  ])
  return open.flatMap(({ dataset, counts }) => {
    const pending = counts.records - counts.completed - counts.rejected - counts.needsOutputs
    const { per_labeler = Infinity } = dataset.document
    const mayWrite = per_labeler - (written.get(dataset.id) ?? 0)
    const may = limits.get(dataset.id) ?? Infinity
    const left = Math.min(pending - (done.get(dataset.id) ?? 0), mayWrite, may)
    if (left <= 0) return []
    const { name, document, guidelinesVersion } = dataset
    return {
      name,
      title: document.title,
      left,
      minutes: minutes.get(dataset.id) ?? null,
      guidelines: document.guidelines === undefined ? null : guidelinesVersion,
    }
  })
}

export async function listChoices(parley: Parley, labeler: Labeler): Promise<Choice[]> {
  const waiting = await listWaiting(parley, labeler)
  return waiting.map(({ name, title, left, minutes }) => ({ name, title, left, minutes }))
}

/** The dataset in which the labeler already holds a record, where they continue. */
export async function findHeld(parley: Parley, labeler: Labeler): Promise<string | undefined> {
  const { rows } = await sql<{ datasetId: string }>`
    select dataset_id from held_by(${labeler.id}, 1000) where slot is not null limit 1`.execute(
    parley.db,
  )
  return rows[0]?.datasetId
}

/** The one of these datasets whose hub or open call stands where somebody is; none where several do. */
export async function findOfChannel(
  parley: Parley,
  open: readonly Dataset[],
  from: Person | undefined,
): Promise<Dataset | undefined> {
  if (from?.channelId === undefined || open.length === 0) return undefined
  const { platform, workspace, channelId } = from
  const ids = open.map(({ id }) => id)
  const { rows } = await sql<{ id: string }>`
    select dataset_id as id from posts
    where state = 'open' and dataset_id = any(${ids}::bigint[])
      and platform = ${platform} and workspace = ${workspace} and channel_id = ${channelId}
    union
    select substr(subject, 5)::bigint from messages
    where subject = any(${ids.map((id) => `hub:${id}`)}::text[]) and gone_at is null
      and platform = ${platform} and workspace = ${workspace} and channel = ${channelId}
    limit 2`.execute(parley.db)
  return rows.length === 1 ? open.find(({ id }) => id === rows[0]?.id) : undefined
}

/** Why there is nothing for a person without access to any dataset. */
export async function whyNothing(parley: Parley, person: Person): Promise<string> {
  const paused = await listOpen(parley, person, 'paused')
  return paused.length > 0 ? spoken().nothingPaused : spoken().nothingWaits
}

/** Datasets that admit the person; one that cannot decide is skipped if another admits them. */
async function letIn<One>(
  parley: Parley,
  all: readonly One[],
  person: Person,
  datasetOf: (one: One) => Dataset,
): Promise<One[]> {
  let unknown: unknown
  const may = await Promise.all(
    all.map((one) =>
      isLetIn(parley, datasetOf(one), person).catch((error: unknown) => {
        if (!asParleyError(error)) throw error
        unknown ??= error
        return false
      }),
    ),
  )
  const open = all.filter((_, i) => may[i])
  if (open.length === 0 && unknown !== undefined) throw unknown
  return open
}

/** How many of the records that still want answers this labeler is through with, by dataset. */
async function doneOf(
  parley: Parley,
  labeler: Labeler,
  datasetIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ datasetId: string; done: number }>`
    select * from done_by(${labeler.id}, ${[...datasetIds]}::bigint[])`.execute(parley.db)
  return new Map(rows.map(({ datasetId, done }) => [datasetId, done]))
}

/** How many prompts of this labeler count, by dataset, where each person may write a limited number. */
async function writtenOf(
  parley: Parley,
  labeler: Labeler,
  open: readonly { dataset: Dataset }[],
): Promise<Map<string, number>> {
  const limited = open.filter(({ dataset }) => dataset.document.per_labeler !== undefined)
  if (limited.length === 0) return new Map()
  const { rows } = await sql<{ datasetId: string; counted: number }>`
    select dataset_id, counted::float8 as counted from tallies
    where dataset_id = any(${limited.map(({ dataset }) => dataset.id)}::bigint[])
      and labeler_id = ${labeler.id}`.execute(parley.db)
  return new Map(rows.map(({ datasetId, counted }) => [datasetId, counted]))
}

/** How many answers admins still let this labeler give, by dataset: none where they are paused. */
async function mayStillOf(
  parley: Parley,
  labeler: Labeler,
  datasetIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ datasetId: string; may: number }>`
    select d.id as "datasetId", min(case when l.paused_at is not null then 0
      else greatest(l.quota - coalesce(t.submitted, 0), 0) end)::float8 as may
    from unnest(${[...datasetIds]}::bigint[]) d(id)
    join labeler_limits l on l.labeler_id = ${labeler.id}
      and (l.dataset_id = d.id or l.dataset_id is null)
    left join tallies t on t.dataset_id = d.id and t.labeler_id = l.labeler_id
    where l.paused_at is not null or l.quota is not null
    group by d.id`.execute(parley.db)
  return new Map(rows.map(({ datasetId, may }) => [datasetId, may]))
}

/** The mean time of an answer, once there are a few. */
async function minutesOf(
  parley: Parley,
  datasetIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ datasetId: string; minutes: number }>`
    select dataset_id, (sum(seconds) / sum(submitted) / 60)::float8 as minutes
    from tallies where dataset_id = any(${[...datasetIds]}::bigint[])
    group by dataset_id having sum(submitted) >= 3`.execute(parley.db)
  return new Map(rows.map(({ datasetId, minutes }) => [datasetId, minutes]))
}
