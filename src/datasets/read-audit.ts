/** Reads the audit log: which admin did what, and when. */
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import { seenBy } from './access/tenants.ts'
import { getDataset } from './dataset.ts'

export type AuditFilter = {
  /** Who, as in an entry: `cli`, `slack:T1:U1`, `key:ci`. */
  actor?: string
  /** What, as in an entry: `publish dataset`. */
  act?: string
  dataset?: string
  since?: Date
  until?: Date
  /** The id of the last entry of the page before: older ones follow. */
  before?: string
  limit?: number
}

export type AuditEntry = {
  id: string
  at: Date
  actor: string
  act: string
  dataset: string | null
  detail: { [key: string]: unknown }
}

/** Newest first. An admin of some datasets sees the entries about those. */
export async function readAudit(
  parley: Parley,
  actor: Actor,
  input: AuditFilter,
): Promise<{ entries: AuditEntry[]; next: string | null }> {
  requireAdmin(actor)
  const limit = Math.min(Math.max(input.limit ?? 100, 1), 1000)
  const theirs = await namesSeenBy(parley, actor, input.dataset)
  const { since, until, before } = input
  let query = parley.db
    .selectFrom('audit')
    .select(['id', 'at', 'actor', 'act', 'dataset', 'detail'])
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (theirs !== null) query = query.where('dataset', 'in', theirs)
  if (input.actor !== undefined) query = query.where('actor', '=', input.actor)
  if (input.act !== undefined) query = query.where('act', '=', input.act)
  if (since !== undefined) query = query.where('at', '>=', since)
  if (until !== undefined) query = query.where('at', '<', until)
  if (before !== undefined) query = query.where('id', '<', before)
  const rows = await query.execute()
  const entries = rows.slice(0, limit)
  return { entries, next: rows.length > limit ? (entries.at(-1)?.id ?? null) : null }
}

/** The names of the datasets whose entries are shown; null: all, with entries about no dataset. */
async function namesSeenBy(
  parley: Parley,
  actor: Actor,
  dataset: string | undefined,
): Promise<string[] | null> {
  const isBounded = actor.type === 'admin' && (actor.of ?? actor.only) !== undefined
  // Entries outlive their dataset.
  if (!isBounded) return dataset === undefined ? null : [dataset]
  if (dataset !== undefined) return [(await getDataset(parley, dataset, actor)).name]
  const rows = await parley.db.selectFrom('datasets').select('name').where(seenBy(actor)).execute()
  return rows.map(({ name }) => name)
}
