/** A dataset's progress: sums of stored tallies, so that it reads as many rows as it has labelers. */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import type { Feed } from '../datasets/feeds/feed.ts'
import type { Parley } from '../parley.ts'

export type DatasetProgress = {
  records: number
  pending: number
  completed: number
  rejected: number
  needsOutputs: number
  submitted: number
  counted: number
  /** Surplus answers, answers to checks, and answers excluded by a purge; raw exports have them. */
  surplus: number
  discarded: number
  labelers: number
  /** Mean time of an answer, or null before the first. */
  meanSeconds: number | null
  /** For a dataset with feeds: how many records in their targets wait for answers or for outputs. */
  feeds?: { to: string; pending: number; needsOutputs: number }[]
}

export async function datasetProgress(parley: Parley, dataset: Dataset): Promise<DatasetProgress> {
  const [counted] = await countsOf(parley, [dataset.id])
  const progress = readCounts(counted)
  const { feeds } = dataset.document
  return feeds ? { ...progress, feeds: await feedsOf(parley, feeds) } : progress
}

/** That of many datasets, by their ids, in one statement; without their feeds. */
export async function progressOfAll(
  parley: Parley,
  datasets: readonly { id: string }[],
): Promise<ReadonlyMap<string, DatasetProgress>> {
  const rows = await countsOf(
    parley,
    datasets.map(({ id }) => id),
  )
  const found = new Map(rows.map((row) => [row.datasetId, row]))
  return new Map(datasets.map(({ id }) => [id, readCounts(found.get(id))]))
}

async function countsOf(parley: Parley, ids: readonly string[]): Promise<Summed[]> {
  const { rows } = await sql<Summed>`
    select * from dataset_counts(${ids}::bigint[])`.execute(parley.db)
  return rows
}

function readCounts(row: Summed = nothing): DatasetProgress {
  const { seconds, datasetId: _, ...counts } = row
  return {
    ...counts,
    pending: counts.records - counts.completed - counts.rejected - counts.needsOutputs,
    surplus: counts.submitted - counts.counted,
    meanSeconds: counts.submitted > 0 ? seconds / counts.submitted : null,
  }
}

async function feedsOf(parley: Parley, feeds: readonly Feed[]) {
  const { rows } = await sql<{ to: string; pending: number; needsOutputs: number }>`
    select d.name as "to", c.records - c.completed - c.rejected - c.needs_outputs as pending,
      c.needs_outputs
    from datasets d cross join lateral dataset_counts(array[d.id]) c
    where d.name = any(${feeds.map(({ to }) => to)}::text[]) order by d.name`.execute(parley.db)
  return rows
}

type Summed = Omit<DatasetProgress, 'pending' | 'surplus' | 'meanSeconds' | 'feeds'> & {
  datasetId: string
  seconds: number
}

const nothing: Summed = {
  datasetId: '',
  ...{ records: 0, needsOutputs: 0, completed: 0, rejected: 0, submitted: 0, counted: 0 },
  ...{ discarded: 0, seconds: 0, labelers: 0 },
}
