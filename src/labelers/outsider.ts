/**
 * People whose feedback Parley takes before they have agreed to take part. Nobody's name is kept of them:
 * an HMAC of who they are leads to a labeler without consent and without an identity. Whoever agrees later
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
 * The labeler of somebody who gives feedback, made where there is none; within the caller's transaction.
 * Two at once, or a consent meanwhile, wait for each other.
 */
export async function labelerOfOutsider(inside: Parley, who: Outsider): Promise<string> {
  const key = outsiderKey(inside, who)
  const known = await findByKey(inside, key)
  if (known !== null) return known
  await lockOutsider(inside, key)
  const made = (await findByKey(inside, key)) ?? (await findOrMake(inside, who))
  await inside.db
    .insertInto('outsiders')
    .values({ key, labelerId: made })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return made
}

async function findOrMake(inside: Parley, who: Outsider): Promise<string> {
  const known = 'source' in who ? null : await findLabeler(inside, who)
  if (known) return known.id
  const { id } = await inside.db
    .insertInto('labelers')
    .values({
      ...{ consentVersion: null, consentedAt: null, locale: null, zone: null, forgottenAt: null },
      createdAt: inside.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** The labeler behind a person's feedback, whether they have agreed or not; null where there is none. */
export async function findOutsider(parley: Parley, person: Person): Promise<Labeler | null> {
  const id = await findByKey(parley, outsiderKey(parley, person))
  return id === null ? null : { id, consentVersion: null, person }
}

/** Holds back others who make a labeler of the same person, until the transaction ends. */
export async function lockOutsider(inside: Parley, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(7012, hashtext(${key}))`.execute(inside.db)
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

async function findByKey({ db }: Parley, key: string): Promise<string | null> {
  const row = await db
    .selectFrom('outsiders')
    .select('labelerId')
    .where('key', '=', key)
    .executeTakeFirst()
  return row?.labelerId ?? null
}
