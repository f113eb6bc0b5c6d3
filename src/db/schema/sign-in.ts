/** The tables of signing in on pages: one-time links, and the sessions of browsers. */
import type { Generated, GeneratedAlways } from 'kysely'
import type { Id } from './columns.ts'

export type SignInLinksTable = {
  hash: Buffer
  platform: string
  workspace: string
  userId: string
  guildId: string | null
  locale: string | null
  goesTo: string
  expiresAt: Date
  usedAt: Generated<Date | null>
}

/** Of a person (`platform` and the three below) or of an API key (`keyHash`). */
export type WebSessionsTable = {
  id: GeneratedAlways<Id>
  hash: Buffer
  /** The token before: good until the newer one was seen, and a moment longer. */
  previousHash: Generated<Buffer | null>
  rotatedAt: Date
  /** When the newest token was first seen. */
  confirmedAt: Date | null
  createdAt: Date
  seenAt: Date
  expiresAt: Date
  locale: string | null
  platform: string | null
  workspace: string | null
  userId: string | null
  guildId: string | null
  keyHash: Buffer | null
}
