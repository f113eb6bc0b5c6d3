/**
 * Sessions of browsers. A session is a row; the browser holds a token of it, which is replaced every
 * quarter of an hour. Roles are no part of it: they are read at each request.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Database } from '../../db/schema.ts'
import type { Person, Platform } from '../../labelers/person.ts'
import { isSessionOver } from '../../labelers/sign-in.ts'
import type { Parley } from '../../parley.ts'

/** However much it is used, a session ends after this. */
export const longestMs = 7 * 24 * 60 * 60_000
/** How old a token gets. */
const rotateMs = 15 * 60_000
/** Requests that were under way when a token was replaced still carry the one before. */
const graceMs = 60_000
/** How exactly it is known when a session was last used. */
const seenEveryMs = 60_000

/** Who a session is of: a person of a platform, or an API key by its hash. */
export type Owner = { type: 'person'; person: Person } | { type: 'key'; hash: Buffer }
/** `token` is there when the browser gets a new one. */
export type Session = { id: string; owner: Owner; locale: string | null; token?: string }

type Row = Selectable<Database['webSessions']>

/** Begins a session; no token that was there before is taken over. */
export async function beginSession(
  parley: Parley,
  owner: Owner,
): Promise<{ id: string; token: string }> {
  const now = parley.now()
  const token = newToken()
  const person = owner.type === 'person' ? owner.person : null
  const { id } = await parley.db
    .insertInto('webSessions')
    .values({
      ...{ hash: hashOf(token), rotatedAt: now, confirmedAt: null, createdAt: now, seenAt: now },
      expiresAt: new Date(now.getTime() + longestMs),
      locale: person?.locale ?? null,
      platform: person?.platform ?? null,
      workspace: person?.workspace ?? null,
      userId: person?.userId ?? null,
      guildId: person?.guildId ?? null,
      keyHash: owner.type === 'key' ? owner.hash : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, token }
}

/**
 * The session of a token, which it may replace. A token that was replaced, used again after the newer one
 * was seen, is a copy in other hands: the session ends.
 */
export async function findSession(parley: Parley, token: string): Promise<Session | null> {
  const hash = hashOf(token)
  const now = parley.now()
  const row = await parley.db
    .selectFrom('webSessions')
    .selectAll()
    .where((is) => is.or([is('hash', '=', hash), is('previousHash', '=', hash)]))
    .where((is) => is.not(isSessionOver(now)))
    .executeTakeFirst()
  if (!row) return null
  const session = { id: row.id, owner: ownerOf(row), locale: row.locale }
  const isNewest = row.hash.equals(hash)
  if (!isNewest && row.confirmedAt && now.getTime() - row.confirmedAt.getTime() > graceMs) {
    await endSession(parley, row.id)
    parley.log.warn(
      { event: 'web.session_copied', session: row.id },
      'A replaced token of a session was used again; the session was ended.',
    )
    return null
  }
  if (now.getTime() - row.rotatedAt.getTime() >= rotateMs) {
    const renewed = await rotate(parley, row, hash)
    return renewed === null ? session : { ...session, token: renewed }
  }
  await noteSeen(parley, row, isNewest)
  return session
}

/** Of requests that come together, one gets the new token; the others go on with the one they have. */
async function rotate(parley: Parley, row: Row, presented: Buffer): Promise<string | null> {
  const token = newToken()
  const now = parley.now()
  const changed = await parley.db
    .updateTable('webSessions')
    .set({
      ...{ hash: hashOf(token), previousHash: presented },
      ...{ rotatedAt: now, seenAt: now, confirmedAt: null },
    })
    .where('id', '=', row.id)
    .where('hash', '=', row.hash)
    .where('rotatedAt', '=', row.rotatedAt)
    .returning('id')
    .executeTakeFirst()
  return changed ? token : null
}

async function noteSeen(parley: Parley, row: Row, isNewest: boolean): Promise<void> {
  const now = parley.now()
  const isConfirmed = row.confirmedAt === null && isNewest
  if (!isConfirmed && now.getTime() - row.seenAt.getTime() < seenEveryMs) return
  await parley.db
    .updateTable('webSessions')
    .set({ seenAt: now, ...(isConfirmed ? { confirmedAt: now } : {}) })
    .where('id', '=', row.id)
    .where('hash', '=', row.hash)
    .execute()
}

export async function endSession(parley: Parley, id: string): Promise<void> {
  await parley.db.deleteFrom('webSessions').where('id', '=', id).execute()
}

/** Ends every session of the same owner; returns how many there were. */
export async function endSessionsOf(parley: Parley, owner: Owner): Promise<number> {
  const all = parley.db.deleteFrom('webSessions')
  const { numDeletedRows } =
    owner.type === 'key'
      ? await all.where('keyHash', '=', owner.hash).executeTakeFirst()
      : await all
          .where('platform', '=', owner.person.platform)
          .where('workspace', '=', owner.person.workspace)
          .where('userId', '=', owner.person.userId)
          .executeTakeFirst()
  return Number(numDeletedRows)
}

function ownerOf(row: Row): Owner {
  const { platform, workspace, userId, guildId, locale, keyHash } = row
  if (keyHash) return { type: 'key', hash: keyHash }
  return {
    type: 'person',
    person: {
      platform: platform as Platform,
      workspace: workspace ?? '',
      userId: userId ?? '',
      ...(guildId === null ? {} : { guildId }),
      ...(locale === null ? {} : { locale }),
    },
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(`session ${token}`).digest()
}
