/** How far a dataset is: sums of kept tallies, so that it costs as many rows as it has labelers. */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/shape.ts'
import type { Parley } from '../parley.ts'

export type DatasetProgress = {
  records: number
  pending: number
  completed: number
  rejected: number
  needsOutputs: number
  submitted: number
  counted: number
  /** Answers beyond the places, to checks, or taken out by a purge; kept in raw. */
  surplus: number
  discarded: number
  labelers: number
  /** Mean time of an answer, or null before the first. */
  meanSeconds: number | null
}

export async function datasetProgress(parley: Parley, dataset: Dataset): Promise<DatasetProgress> {
  const sum = (column: string) => sql<number>`coalesce(sum(${sql.ref(column)}), 0)::float8`
  const row = await parley.db
    .selectFrom('tallies')
    .select([
      sum('records').as('records'),
      sum('completed').as('completed'),
      sum('rejected').as('rejected'),
      sum('needsOutputs').as('needsOutputs'),
      sum('submitted').as('submitted'),
      sum('counted').as('counted'),
      sum('discarded').as('discarded'),
      sum('seconds').as('seconds'),
      sql<number>`(count(*) filter (where submitted > 0))::int`.as('labelers'),
    ])
    .where('datasetId', '=', dataset.id)
    .executeTakeFirstOrThrow()
  const { seconds, ...counts } = row
  return {
    ...counts,
    pending: row.records - row.completed - row.rejected - row.needsOutputs,
    surplus: row.submitted - row.counted,
    meanSeconds: row.submitted > 0 ? seconds / row.submitted : null,
  }
}
