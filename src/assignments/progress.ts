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
  const { rows } = await sql<Summed>`
    select * from dataset_counts(array[${dataset.id}::bigint])`.execute(parley.db)
  const { seconds, datasetId: _, ...counts } = rows[0] ?? nothing
  return {
    ...counts,
    pending: counts.records - counts.completed - counts.rejected - counts.needsOutputs,
    surplus: counts.submitted - counts.counted,
    ...(dataset.document.feeds ? { feeds: await feedsOf(parley, dataset.document.feeds) } : {}),
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
