/** The tables of feedback on messages of AI apps. */
import type { Generated } from 'kysely'
import type { Id, Json, JsonDefault } from './columns.ts'

export type OutsidersTable = { key: string; labelerId: Id }

export type Thumb = 'up' | 'down'

/** When a thumb was last put up (`on`) or taken back, and the reason beside it. */
export type ThumbState = { at: string; on: boolean; reason: string | null }
export type Thumbs = { readonly [T in Thumb]?: ThumbState }

export type VerdictsTable = {
  datasetId: Id
  source: string
  message: string
  person: string
  verdict: Generated<Thumb | null>
  decidedAt: Date | string | null
  thumbs: JsonDefault<Thumbs>
  recordId: Generated<Id | null>
}

/** A message that somebody sends from chat, until its form is filled in. */
export type SentMessage = {
  source: string
  message: string
  text: string
  /** Names of the datasets that were offered. */
  datasets: string[]
}

export type FeedbackFormsTable = {
  id: string
  person: string
  message: Json<SentMessage>
  createdAt: Date
}
