/** The tables of outputs that models write. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { RecordOutput } from '../../records/record-line.ts'
import type { Id, Json, JsonDefault } from './columns.ts'

export type GenerationState = 'queued' | 'running' | 'done' | 'stopped' | 'failed' | 'cancelled'

export type GenerationsTable = {
  id: GeneratedAlways<Id>
  datasetId: Id
  askedBy: string
  options: Json<{ [key: string]: unknown }>
  state: Generated<GenerationState>
  attempt: Generated<number>
  again: Generated<boolean>
  wanted: Generated<string>
  added: Generated<string>
  cut: Generated<string>
  refused: Generated<string>
  empty: Generated<string>
  requests: Generated<string>
  brokenOff: Generated<string>
  inputTokens: Generated<string>
  outputTokens: Generated<string>
  cost: Generated<number>
  leftOut: JsonDefault<{ [reason: string]: number }>
  problem: string | null
  heartbeatAt: Date | null
  createdAt: Date
  finishedAt: Date | null
}

export type GenerationFollowersTable = {
  generationId: Id
  person: string
  locale: string | null
  message: ColumnType<unknown, string | null | undefined, string | null>
  toldAt: Date | null
}

export type OutputKind = 'whole' | 'cut' | 'refused' | 'empty'

export type GeneratedOutputsTable = {
  datasetId: Id
  recordId: Id
  model: string
  sample: number
  generationId: Id
  fieldsHash: string
  attempts: Generated<number>
  begunAt: Date | null
  doneAt: Date | null
  kind: OutputKind | null
  added: Generated<boolean>
  output: ColumnType<RecordOutput | null, string | null | undefined, string | null>
}
