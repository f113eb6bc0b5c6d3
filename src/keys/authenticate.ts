/** Finds out whose key a request carries. Every request asks the database, so that a revoked key is refused at once. */
import { timingSafeEqual } from 'node:crypto'
import { type Selectable, sql } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { Actor, Parley } from '../parley.ts'
import { together } from '../together.ts'
import type { Scope } from './scopes.ts'
import { hashOf, isToken } from './token.ts'

/** Who calls: an admin in every verb, bounded by scopes at the door and by `only` in statements. */
export type Caller = {
  /** `0`: the key this server was configured with. */
  keyId: string
  actor: Extract<Actor, { type: 'admin' }>
  scopes: readonly Scope[]
}

/** Why there is no caller. */
export type Refused = 'unknown' | 'revoked' | 'expired'

/** Finds the caller of a key, or why it is refused; requests that arrive together are looked up together. */
export function openAuthentication(parley: Parley): (key: string) => Promise<Caller | Refused> {
  const find = together((hashes: readonly Buffer[]) => findKeys(parley, hashes), {
    gather: true,
  })
  return async (key) => {
    const hash = hashOf(key)
    if (isServersOwn(parley, hash)) return serversOwn
    if (!isToken(key)) return 'unknown'
    return callerOf(parley, await find(hash))
  }
}

/** The caller whose key has this hash, as it is now: a session that a key began asks at each request. */
export async function findCaller(parley: Parley, hash: Buffer): Promise<Caller | Refused> {
  if (isServersOwn(parley, hash)) return serversOwn
  const [found] = await findKeys(parley, [hash])
  return callerOf(parley, found)
}

const serversOwn: Caller = {
  keyId: '0',
  actor: { type: 'admin', name: 'key:PARLEY_API_KEY' },
  scopes: ['admin'],
}

function callerOf(parley: Parley, found: KeyRow | undefined): Caller | Refused {
  if (!found) return 'unknown'
  if (found.revokedAt) return 'revoked'
  const now = parley.now()
  if (found.expiresAt && found.expiresAt <= now) return 'expired'
  noteUse(parley, found.id, found.lastUsedAt, now)
  return {
    keyId: found.id,
    actor: {
      type: 'admin',
      name: `key:${found.name}`,
      ...(found.datasetId === null ? {} : { only: found.datasetId }),
    },
    scopes: found.scopes as Scope[],
  }
}

type KeyRow = Pick<
  Selectable<Database['apiKeys']>,
  'id' | 'hash' | 'name' | 'scopes' | 'datasetId' | 'expiresAt' | 'revokedAt' | 'lastUsedAt'
>

async function findKeys(parley: Parley, hashes: readonly Buffer[]) {
  const { rows } = await sql<KeyRow>`/* find_keys */
    select id, hash, name, scopes, dataset_id, expires_at, revoked_at, last_used_at
    from api_keys where hash = any(${hashes}::bytea[])`.execute(parley.db)
  const byHash = new Map(rows.map((row) => [row.hash.toString('hex'), row]))
  return hashes.map((hash) => byHash.get(hash.toString('hex')))
}

const aMinute = 60_000

/** The time of a use is written when the last one is a minute old, and nobody waits for it. */
function noteUse(parley: Parley, id: string, last: Date | null, now: Date): void {
  const before = new Date(now.getTime() - aMinute)
  if (last !== null && last > before) return
  parley.afterCommit(() =>
    parley.db
      .updateTable('apiKeys')
      .set({ lastUsedAt: now })
      .where('id', '=', id)
      .where((is) => is.or([is('lastUsedAt', 'is', null), is('lastUsedAt', '<=', before)]))
      .execute(),
  )
}

/** Compared as hashes, so that neither its length nor where it differs shows in the time it takes. */
function isServersOwn({ apiKey }: Parley, hash: Buffer): boolean {
  return apiKey ? timingSafeEqual(hashOf(apiKey), hash) : false
}
