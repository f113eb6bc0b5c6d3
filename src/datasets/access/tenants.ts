/**
 * The tenants of a dataset: the Slack workspaces and Discord servers that its access names. Their admins
 * see it, admins of other tenants do not. Entries without a place (`everyone`, `U123`, `#ml`) belong to
 * the platform's home: see homes.ts.
 */
import { type RawBuilder, sql } from 'kysely'
import { ParleyError } from '../../errors.ts'
import type { Actor, Parley } from '../../parley.ts'
import { platformNames } from '../../platforms/registry.ts'
import type { Access, Platform } from '../document.ts'
import { type Entry, readEntry } from './access.ts'

/** `slack:T1`, `discord:G1`, or `slack:*` for the home of a platform. */
export type Tenant = `${Platform}:${string}`

/** The same as `tenants_of` of the database (src/db/functions/tenants.sql); a test compares them. */
export function tenantsOf(access: Access | undefined): Tenant[] {
  const lists = access === undefined || access === 'everyone' ? {} : access
  const found = platformNames().flatMap((platform) =>
    (lists[platform] ?? []).map(
      (entry): Tenant => `${platform}:${placeOf(readEntry(platform, entry)) ?? '*'}`,
    ),
  )
  return found.length > 0
    ? [...new Set(found)].sort()
    : platformNames()
        .map((platform): Tenant => `${platform}:*`)
        .sort()
}

function placeOf(entry: Entry | null): string | null {
  if (entry === null || entry.type === 'name') return null
  return entry.type === 'group' ? (entry.workspace ?? entry.guild) : entry.workspace
}

/**
 * The condition on `datasets` under which an actor may see or change one: for an admin of some
 * workspaces that one of them is a tenant, as it stands when the statement runs; for a key, that it
 * is the key's own.
 */
export function seenBy(actor: Actor | undefined): RawBuilder<boolean> {
  if (actor?.type !== 'admin') return sql<boolean>`true`
  if (actor.only !== undefined) return sql<boolean>`datasets.id = ${actor.only}`
  if (actor.of === undefined) return sql<boolean>`true`
  const { platform, workspace, userId } = actor.of
  return sql<boolean>`administers(datasets.document, ${platform}, ${workspace}::text, ${userId})`
}

/**
 * Locks the dataset's access and the actor's role until the transaction ends.
 * @throws ParleyError `not_found` when it is not (or no longer) theirs.
 */
export async function holdDataset(
  { db }: Parley,
  actor: Actor,
  dataset: { id: string; name: string },
): Promise<void> {
  if (actor.type === 'admin' && actor.of !== undefined)
    await db
      .selectFrom('roles')
      .select('role')
      .where('platform', '=', actor.of.platform)
      .where('userId', '=', actor.of.userId)
      .forShare()
      .execute()
  const held = await db
    .selectFrom('datasets')
    .select('id')
    .where('id', '=', dataset.id)
    .where(seenBy(actor))
    .forShare()
    .executeTakeFirst()
  if (!held) throw new ParleyError('not_found', `There is no dataset "${dataset.name}".`)
}
