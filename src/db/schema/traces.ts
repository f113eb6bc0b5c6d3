/** Traces that became records: which spans, and how many a day. */
import type { Generated } from 'kysely'
import type { Id } from './columns.ts'

/** A span that was taken once; it stays when its record is deleted, so that a replay brings nothing back. */
export type TakenSpansTable = {
  datasetId: Id
  externalId: string
  at: Date
}

/** How many spans of a day (UTC) a dataset has taken. */
export type TraceDaysTable = {
  datasetId: Id
  day: string
  taken: Generated<number>
}
