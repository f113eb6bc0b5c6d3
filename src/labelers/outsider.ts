/**
 * People whose feedback Parley takes before they have agreed to take part. Nobody's name is kept of them:
 * an HMAC of who they are leads to a labeler without consent and without an identity. A person who agrees later
 * becomes that labeler, so that one person stays one.
 */
import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { deriveNamedKey } from '../derive-key.ts'
import type { Parley } from '../parley.ts'
import { findLabeler } from './labeler.ts'
import { type Labeler, type Person, personName } from './person.ts'

/** Somebody on a platform, or whatever a program calls one of its people. */
export type Outsider = Person | { source: string; name: string }

/** `o<key id>-<hash>`: what is kept in place of who they are. The id tells which secret it was made with. */
export function outsiderKey({ secret }: Pick<Parley, 'secret'>, who: Outsider): string {
  const { id, key } = deriveNamedKey(secret, 'outsider', 2)
  const said = 'source' in who ? JSON.stringify([who.source, who.name]) : personName(who)
  return `o${id}-${createHmac('sha256', key).update(said).digest('hex').slice(0, 32)}`
}

/**
 * The labelers of people who give feedback, by their keys, made where there are none; within the caller's
 * transaction. Two at once, or a consent meanwhile, wait for each other.
 */
export async function labelersOfOutsiders(
  inside: Parley,
  people: readonly Outsider[],
): Promise<Map<string, string>> {
  const all = new Map(people.map((who) => [outsiderKey(inside, who), who]))
  const known = await findByKeys(inside, [...all.keys()])
  const unknown = [...all.keys()].filter((key) => !known.has(key))
  if (unknown.length === 0) return known
  await lockOutsiders(inside, unknown)
  const labelers = new Map([...known, ...(await findByKeys(inside, unknown))])
  const made = new Map<string, string>()
  for (const [key, who] of all) {
    if (labelers.has(key) || 'source' in who) continue
    const labeler = await findLabeler(inside, who)
    if (labeler) made.set(key, labeler.id)
  }
  const others = unknown.filter((key) => !labelers.has(key) && !made.has(key))
  const ids = await makeLabelers(inside, others.length)
  for (const [at, key] of others.entries()) made.set(key, ids[at] ?? '')
  if (made.size > 0)
    await inside.db
      .insertInto('outsiders')
      .values([...made].map(([key, labelerId]) => ({ key, labelerId })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  return new Map([...labelers, ...made])
}

async function makeLabelers({ db, now }: Parley, count: number): Promise<string[]> {
  if (count === 0) return []
  const nobody = {
    ...{ consentVersion: null, consentedAt: null, locale: null, zone: null, forgottenAt: null },
    createdAt: now(),
  }
  const rows = await db
    .insertInto('labelers')
    .values(Array.from({ length: count }, () => nobody))
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** The labeler behind a person's feedback, whether they have agreed or not; null where there is none. */
export async function findOutsider(parley: Parley, person: Person): Promise<Labeler | null> {
  const id = await findByKey(parley, outsiderKey(parley, person))
  return id === null ? null : { id, consentVersion: null, person }
}

/** Holds back others who make a labeler of the same person, until the transaction ends. */
export async function lockOutsider(inside: Parley, key: string): Promise<void> {
  await lockOutsiders(inside, [key])
}

/** Of several people in one order, so that nobody waits in a ring. */
async function lockOutsiders(inside: Parley, keys: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(7012, lock) from (
      select distinct hashtext(key) as lock from unnest(${keys}::text[]) key order by 1) l`.execute(
    inside.db,
  )
}

/** Deletes what leads from these people to their feedback, and what of it is not an answer. */
export async function forgetOutsider(
  inside: Parley,
  input: { labelerId: string; people: readonly Person[] },
): Promise<void> {
  const gone = await inside.db
    .deleteFrom('outsiders')
    .where('labelerId', '=', input.labelerId)
    .returning('key')
    .execute()
  const own = input.people.map((person) => outsiderKey(inside, person))
  const keys = [...new Set([...gone.map(({ key }) => key), ...own])]
  if (keys.length === 0) return
  for (const table of ['verdicts', 'feedbackForms'] as const)
    await inside.db.deleteFrom(table).where('person', 'in', keys).execute()
}

async function findByKey(parley: Parley, key: string): Promise<string | null> {
  return (await findByKeys(parley, [key])).get(key) ?? null
}

async function findByKeys({ db }: Parley, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('outsiders')
    .select(['key', 'labelerId'])
    .where('key', '=', sql<string>`any(${keys}::text[])`)
    .execute()
  return new Map(rows.map(({ key, labelerId }) => [key, labelerId]))
}
