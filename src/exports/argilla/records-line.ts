/** The part of a `records` line that Argilla's formats read, and the counters for what is lost. */
import type { Content, RecordOutput, RecordSuggestions } from '../../records/record-line.ts'

/** The part of a `records` line that Argilla can hold. */
export type RecordsLine = {
  external_id: string
  status: string
  fields: Record<string, Content>
  outputs: RecordOutput[]
  metadata: Record<string, unknown>
  suggestions: RecordSuggestions
  responses: {
    labeler: string
    repeat: number
    status: string
    revision: number
    seconds: number | null
    values: Record<string, unknown>
  }[]
}

/** Counts what Argilla cannot hold. */
export type Lose = (what: string) => void
