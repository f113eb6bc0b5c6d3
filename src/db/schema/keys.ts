/** The tables of API keys: the keys, how often they are used, and answers kept for repeated requests. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Id } from './columns.ts'

export type ApiKeysTable = {
  id: GeneratedAlways<Id>
  name: string
  hash: Buffer
  /** Its first characters, to tell it from others. */
  hint: string
  scopes: string[]
  /** The only dataset it opens; null: all. */
  datasetId: Id | null
  createdBy: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Generated<Date | null>
  revokedAt: Generated<Date | null>
}

/** Requests by a key in one window of the rate limit, over all processes. Key 0 is the server's own. */
export type ApiUsesTable = { keyId: Id; windowAt: Date; uses: Id }

/** What a request with an Idempotency-Key was answered; `status` null while it runs. */
export type ApiAnswersTable = {
  keyId: Id
  idempotencyKey: string
  route: string
  requestHash: Buffer | null
  status: number | null
  headers: ColumnType<{ [name: string]: string } | null, string | null, string | null>
  body: string | null
  createdAt: Date
  /** Until when the process that runs it is taken to live. */
  heldUntil: Date | null
}
