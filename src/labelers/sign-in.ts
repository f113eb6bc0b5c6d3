/**
 * Links to sign in on pages with. The bot sends one in private; it works once, for five minutes. Looking
 * at a link spends nothing, because chat platforms and virus scanners open the links they see.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { Parley } from '../parley.ts'
import type { Person, Platform } from './person.ts'

/** How long a link works. */
export const linkMinutes = 5
/** A link that was used or has expired is told from an unknown one for as long. */
const rememberedMs = 24 * 60 * 60_000

export type SignInLink = { url: string; until: Date }

/** Who signs in, and the page they see first. */
export type SignedInBy = { person: Person; goesTo: string }

/** `goesTo` is a path here, such as `/admin`. Callers check that the person may see it. */
export async function createSignInLink(
  parley: Parley,
  person: Person,
  { goesTo }: { goesTo: string },
): Promise<SignInLink> {
  const token = randomBytes(32).toString('base64url')
  const until = new Date(parley.now().getTime() + linkMinutes * 60_000)
  const { platform, workspace, userId } = person
  await parley.db
    .insertInto('signInLinks')
    .values({
      ...{ hash: hashOf(token), platform, workspace, userId, goesTo, expiresAt: until },
      ...{ guildId: person.guildId ?? null, locale: person.locale ?? null },
    })
    .execute()
  return { url: `${parley.publicUrl.replace(/\/$/, '')}/sign-in/${token}`, until }
}

/** Whether a link can be used, without using it. */
export async function readSignInLink(
  parley: Parley,
  token: string,
): Promise<{ state: 'ready' | 'used' | 'expired' | 'unknown'; locale: string | null }> {
  const row = await parley.db
    .selectFrom('signInLinks')
    .select(['usedAt', 'expiresAt', 'locale'])
    .where('hash', '=', hashOf(token))
    .executeTakeFirst()
  if (!row) return { state: 'unknown', locale: null }
  const isOver = row.expiresAt <= parley.now()
  return { state: row.usedAt ? 'used' : isOver ? 'expired' : 'ready', locale: row.locale }
}

/** Uses up a link, in one statement: of two who press at once, one gets in. Null where it cannot be used. */
export async function spendSignInLink(parley: Parley, token: string): Promise<SignedInBy | null> {
  const now = parley.now()
  const row = await parley.db
    .updateTable('signInLinks')
    .set({ usedAt: now })
    .where('hash', '=', hashOf(token))
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', now)
    .returning(['platform', 'workspace', 'userId', 'guildId', 'locale', 'goesTo'])
    .executeTakeFirst()
  if (!row) return null
  const { platform, workspace, userId, guildId, locale, goesTo } = row
  return {
    goesTo,
    person: {
      ...{ platform: platform as Platform, workspace, userId },
      ...(guildId === null ? {} : { guildId }),
      ...(locale === null ? {} : { locale }),
    },
  }
}

/** Whether a session has ended by itself at this time: at its end, or because nobody came for long. */
export function isSessionOver(at: Date): RawBuilder<boolean> {
  return sql<boolean>`(expires_at <= ${at} or seen_at <= ${new Date(at.getTime() - idleMs)})`
}

/** A session nobody uses ends after this. */
const idleMs = 12 * 60 * 60_000

/** Deletes links and sessions that can no longer be used. */
export async function sweepSignIns(parley: Parley): Promise<void> {
  const now = parley.now()
  await parley.db
    .deleteFrom('signInLinks')
    .where('expiresAt', '<', new Date(now.getTime() - rememberedMs))
    .execute()
  await parley.db.deleteFrom('webSessions').where(isSessionOver(now)).execute()
}

/** The token has 256 random bits, so a plain hash of it is enough to store. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(`sign-in ${token}`).digest()
}
