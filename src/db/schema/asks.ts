/** The table of questions that programs ask. */
import type { Generated } from 'kysely'
import type { Id } from './columns.ts'

export type AsksTable = {
  datasetId: Id
  recordId: Id
  /** A hash of what was asked. */
  content: string
  people: number
  deadline: Date
  askedBy: string
  askedAt: Date
  invited: Generated<number>
  /** When more people are to be invited; null where everybody was. */
  waveAt: Date | null
  endedAt: Date | null
}
