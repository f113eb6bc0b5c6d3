/** Finds datasets: by name (with "did you mean"), or all of them with their counts. */
import { sql } from 'kysely'
import { ParleyError } from '../errors.ts'
import type { Actor, Parley } from '../parley.ts'
import { seenBy } from './access/tenants.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Dataset } from './document.ts'

/** What a dataset holds, summed from its tallies. */
export type Counts = {
  records: number
  needsOutputs: number
  completed: number
  rejected: number
  submitted: number
  counted: number
  discarded: number
}

const columns = ['id', 'name', 'status', 'document', 'schemaVersion', 'guidelinesVersion'] as const

/** For an `actor`, datasets of other tenants do not exist. */
export async function findDataset(
  parley: Parley,
  name: string,
  actor?: Actor,
): Promise<Dataset | null> {
  const found = await parley.db
    .selectFrom('datasets')
    .select(columns)
    .where('name', '=', name)
    .where(seenBy(actor))
    .executeTakeFirst()
  return found ?? null
}

/** @throws ParleyError `not_found`, naming the nearest dataset there is. */
export async function getDataset(parley: Parley, name: string, actor?: Actor): Promise<Dataset> {
  const found = await findDataset(parley, name, actor)
  if (found) return found
  throw await noDataset(parley, name, actor)
}

export async function getDatasetById(parley: Parley, id: string, actor?: Actor): Promise<Dataset> {
  const found = await parley.db
    .selectFrom('datasets')
    .select(columns)
    .where('id', '=', id)
    .where(seenBy(actor))
    .executeTakeFirst()
  if (found) return found
  throw new ParleyError('not_found', (said) => said.datasetGone)
}

/** Reads and locks a dataset: no other change runs until the transaction ends. */
export async function lockDataset(parley: Parley, name: string, actor: Actor): Promise<Dataset> {
  const found = await parley.db
    .selectFrom('datasets')
    .select(columns)
    .where('name', '=', name)
    .where(seenBy(actor))
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (found) return found
  throw await noDataset(parley, name, actor)
}

export async function listDatasets(
  parley: Parley,
  actor?: Actor,
): Promise<{ dataset: Dataset; counts: Counts }[]> {
  const datasets = await parley.db
    .selectFrom('datasets')
    .select(columns)
    .where(seenBy(actor))
    .orderBy('name')
    .execute()
  const counts = await countsOf(parley)
  return datasets.map((dataset) => ({ dataset, counts: counts.get(dataset.id) ?? noCounts }))
}

/** One dataset with its counts, and the versions its guidelines and schema are at. */
export async function describeDataset(
  parley: Parley,
  name: string,
): Promise<{ dataset: Dataset; counts: Counts }> {
  const dataset = await getDataset(parley, name)
  const counts = await countsOf(parley, dataset.id)
  return { dataset, counts: counts.get(dataset.id) ?? noCounts }
}

const noCounts: Counts = {
  records: 0,
  needsOutputs: 0,
  completed: 0,
  rejected: 0,
  submitted: 0,
  counted: 0,
  discarded: 0,
}

async function countsOf(parley: Parley, datasetId?: string): Promise<Map<string, Counts>> {
  const { rows } = await sql<Counts & { datasetId: string; seconds: number; labelers: number }>`
    select * from dataset_counts(${
      datasetId === undefined
        ? sql`array(select id from datasets)`
        : sql`array[${datasetId}::bigint]`
    })`.execute(parley.db)
  return new Map(rows.map(({ datasetId: id, seconds: _, labelers: __, ...counts }) => [id, counts]))
}

async function noDataset(parley: Parley, name: string, actor?: Actor): Promise<ParleyError> {
  const rows = await parley.db.selectFrom('datasets').select('name').where(seenBy(actor)).execute()
  const names = rows.map((row) => row.name)
  const offer = didYouMean(name, names)
  const hint = offer || ' parley dataset list shows those there are.'
  return new ParleyError('not_found', `There is no dataset "${name}".${hint}`)
}
