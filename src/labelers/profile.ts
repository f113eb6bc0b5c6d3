/**
 * How people are called and what they look like, for admins: kept only of those who agreed to a consent
 * that says so, only while they take part, and read at most once a day. The platform tells it, with a
 * gesture or when it is asked. It is in no export, job, log or message.
 */

import { sql } from 'kysely'
import { LRUCache } from 'lru-cache'
import type { Parley } from '../parley.ts'
import { placeOf } from '../platforms/keys.ts'
import { namedSince } from './labeler.ts'
import type { Person, Platform } from './person.ts'

/** What a platform tells of a person: the name others see, and the address of their picture. */
export type Told = { name?: string | null; picture?: string | null }

export type Profiles = {
  /** Notes who made a gesture, without being waited for; without `told` the platform is asked. */
  note(person: Person, told?: Told): void
  /** Resolves when all look-ups and writes are done. */
  settled(): Promise<void>
}

const keptForMs = 24 * 60 * 60_000

export function openProfiles(parley: Parley): Profiles {
  const kept = new LRUCache<string, number>({ max: 50_000 })
  const running = new Map<string, Promise<unknown>>()

  const refresh = async (key: string, person: Person, told: Told | undefined) => {
    const state = await readState(parley, person)
    // Nobody, or somebody who has not agreed to it yet: their next gesture looks again.
    if (state === 'not_agreed') return
    const now = parley.now().getTime()
    if (state !== null && now - state.getTime() < keptForMs) {
      kept.set(key, state.getTime())
      return
    }
    const adapter = parley.platforms.get(person.platform)
    const found = told ?? (await adapter?.profile?.(person)) ?? null
    if (found) await storeProfile(parley, person, found)
    kept.set(key, now)
  }

  return {
    note(person, told) {
      const key = [person.platform, person.workspace, person.userId].join(' ')
      const at = kept.get(key)
      if (at !== undefined && parley.now().getTime() - at < keptForMs) return
      if (running.has(key)) return
      const run = refresh(key, person, told)
        // Neither the name nor who it is goes into the log.
        .catch((error: unknown) =>
          parley.log.info({ event: 'profile.unread', err: error }, 'A profile was not read.'),
        )
        .finally(() => running.delete(key))
      running.set(key, run)
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}

/** When it was last read, null if never; `not_agreed` for people of whom nothing may be kept. */
async function readState(parley: Parley, person: Person): Promise<Date | null | 'not_agreed'> {
  const row = await parley.db
    .selectFrom('identities')
    .innerJoin('labelers', 'labelers.id', 'identities.labelerId')
    .leftJoin('profiles', (join) =>
      join
        .onRef('profiles.platform', '=', 'identities.platform')
        .onRef('profiles.workspace', '=', 'identities.workspace')
        .onRef('profiles.userId', '=', 'identities.userId'),
    )
    .select('profiles.readAt')
    .where('identities.platform', '=', person.platform)
    .where('identities.workspace', '=', person.workspace)
    .where('identities.userId', '=', person.userId)
    .where('labelers.forgottenAt', 'is', null)
    .where('labelers.consentVersion', '>=', namedSince)
    .executeTakeFirst()
  return row ? row.readAt : 'not_agreed'
}

/** Stores it if, as the statement runs, they take part and agreed to it. */
async function storeProfile(parley: Parley, person: Person, told: Told): Promise<void> {
  const name = readName(told.name ?? null)
  const picture = readPicture(told.picture ?? null)
  if (name === null && picture === null) return
  const { platform, workspace, userId } = person
  await sql`
    insert into profiles as p (platform, workspace, user_id, place, name, picture, read_at)
    select i.platform, i.workspace, i.user_id, ${placeOf(person) ?? ''}, ${name}, ${picture},
      ${parley.now()}
    from identities i join labelers l on l.id = i.labeler_id
    where i.platform = ${platform} and i.workspace = ${workspace} and i.user_id = ${userId}
      and l.forgotten_at is null and l.consent_version >= ${namedSince}
    for share of i, l
    on conflict (platform, workspace, user_id) do update set place = excluded.place,
      name = excluded.name, picture = excluded.picture, read_at = excluded.read_at,
      image = case when p.picture is not distinct from excluded.picture then p.image end,
      image_at = case when p.picture is not distinct from excluded.picture then p.image_at end
  `.execute(parley.db)
}

const mostNameChars = 80

/** One line without control characters and marks that turn the direction of the text around it. */
function readName(name: string | null): string | null {
  const line = (name ?? '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return line === '' ? null : [...line].slice(0, mostNameChars).join('')
}

function readPicture(address: string | null): string | null {
  if (address === null || address.length > 2048 || !URL.canParse(address)) return null
  return new URL(address).protocol === 'https:' ? address : null
}

/** After an uninstallation, nobody of that workspace or server is known by name any more. */
export async function dropProfilesOf(
  { db }: Parley,
  { platform, workspace }: { platform: Platform; workspace: string },
): Promise<void> {
  await db
    .deleteFrom('profiles')
    .where('platform', '=', platform)
    .where((is) => is.or([is('workspace', '=', workspace), is('place', '=', workspace)]))
    .execute()
}

/** After a purge: who goes on taking part is named again with one of their next gestures. */
export async function dropProfile({ db }: Parley, labelerId: string): Promise<void> {
  await sql`
    delete from profiles p using identities i
    where i.labeler_id = ${labelerId} and p.platform = i.platform and p.workspace = i.workspace
      and p.user_id = i.user_id`.execute(db)
}

/** Nobody is known by name who made no gesture for this long. */
const quietDays = 90

/** Drops names of people who no longer take part: long quiet, or without an answer in any dataset. */
export async function sweepProfiles(parley: Parley): Promise<void> {
  const now = parley.now().getTime()
  const quiet = new Date(now - quietDays * 86_400_000)
  const settling = new Date(now - keptForMs)
  await sql`
    delete from profiles p using identities i
    where p.platform = i.platform and p.workspace = i.workspace and p.user_id = i.user_id
      and (p.read_at < ${quiet} or p.read_at < ${settling} and not exists (
        select from tallies t where t.labeler_id = i.labeler_id))`.execute(parley.db)
}

/** What a person's platform calls them; null where it is not known or they have not agreed to it. */
export async function findName({ db }: Parley, person: Person): Promise<string | null> {
  const row = await db
    .selectFrom('profiles')
    .select('name')
    .where('platform', '=', person.platform)
    .where('workspace', '=', person.workspace)
    .where('userId', '=', person.userId)
    .executeTakeFirst()
  return row?.name ?? null
}
