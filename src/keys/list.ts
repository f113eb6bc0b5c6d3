/** Lists the API keys there are and were. What is shown of a key cannot be used as one. */
import type { Actor, Parley } from '../parley.ts'
import { requireWhole } from './create.ts'

export type ListedKey = {
  id: string
  name: string
  /** Its first characters. */
  hint: string
  scopes: string[]
  /** The only dataset it opens; null: all. */
  dataset: string | null
  state: 'active' | 'expired' | 'revoked'
  createdBy: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  revokedAt: Date | null
}

/** Newest first. */
export async function listKeys(parley: Parley, actor: Actor): Promise<ListedKey[]> {
  requireWhole(actor)
  const rows = await parley.db
    .selectFrom('apiKeys')
    .leftJoin('datasets', 'datasets.id', 'apiKeys.datasetId')
    .select([
      'apiKeys.id',
      'apiKeys.name',
      'apiKeys.hint',
      'apiKeys.scopes',
      'datasets.name as dataset',
      'apiKeys.createdBy',
      'apiKeys.createdAt',
      'apiKeys.expiresAt',
      'apiKeys.lastUsedAt',
      'apiKeys.revokedAt',
    ])
    .orderBy('apiKeys.id', 'desc')
    .execute()
  const now = parley.now()
  return rows.map((row) => {
    const isOver = row.expiresAt !== null && row.expiresAt <= now
    return { ...row, state: row.revokedAt ? 'revoked' : isOver ? 'expired' : 'active' }
  })
}
