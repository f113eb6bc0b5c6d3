/** The tables of searches of records. */
import type { Generated } from 'kysely'
import type { Id } from './columns.ts'

export type RecordSearchTable = {
  datasetId: Id
  recordId: Id
  /** A tsvector: words of its texts, and keys for filters. */
  words: string | null
  said: string | null
  /** 1 - disagreement. */
  agreement: number | null
  answeredAt: Date | null
  mark: Generated<string>
}

/** How far the job that reads records for searches has come; dataset 0: for all. */
export type SearchProgressTable = {
  datasetId: Id
  walked: Generated<string>
  checked: Generated<string>
  checkedAt: Date | null
  lookedUntil: Date | null
}
