/**
 * Links two identities of one person. The person gets a code that works once, within ten minutes; typed
 * on the other platform it makes both one labeler, who never gets a record twice. If both answered a
 * record, the first answer counts and the later one is stored beside it, uncounted.
 */
import { createHash, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { conflict, forbidden, notFound } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { getLabeler } from './labeler.ts'
import { findOutsider, lockOutsider, outsiderKey } from './outsider.ts'
import { type Person, type Platform, parsePerson, personName } from './person.ts'

const minutes = 10

/** A code for the person who asks, who must have agreed to take part; an earlier one stops working. */
export async function createLinkCode(parley: Parley, person: Person): Promise<string> {
  await getLabeler(parley, person)
  const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
  const part = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
  const code = `${part()}-${part()}`
  const { platform, workspace, userId } = person
  const now = parley.now()
  await inTransaction(parley, async ({ db }) => {
    await db
      .deleteFrom('linkCodes')
      .where((is) => is.or([is('expiresAt', '<=', now), is.and({ platform, workspace, userId })]))
      .execute()
    const expiresAt = new Date(now.getTime() + minutes * 60_000)
    const hash = hashOf(code)
    await db
      .insertInto('linkCodes')
      .values({ hash, platform, workspace, userId, expiresAt })
      .execute()
  })
  return code
}

/**
 * Joins the person to the one who asked for the code, which is used up only when that succeeds.
 * @throws ParleyError `forbidden` for a code that is wrong, `conflict` where there is nothing to join.
 */
export async function redeemLinkCode(
  parley: Parley,
  person: Person,
  input: { code: string },
): Promise<{ with: Person }> {
  const { asker, merged } = await inTransaction(parley, async (inside) => {
    const asker = await inside.db
      .deleteFrom('linkCodes')
      .where('hash', '=', hashOf(input.code.trim().toUpperCase()))
      .where('expiresAt', '>', inside.now())
      .returning(['platform', 'workspace', 'userId'])
      .executeTakeFirst()
    if (!asker) throw forbidden((said) => said.linkWrong)
    return { asker, merged: await joinPeople(inside, personName(person), asker, person) }
  })
  finishLater(parley, merged)
  return { with: asker }
}

/** Links two accounts by their names (`slack:T1:U1`), for an admin who knows that they are one person. */
export async function linkLabelers(
  parley: Parley,
  actor: Actor,
  input: { people: readonly [string, string] },
): Promise<void> {
  const by = requireAdmin(actor)
  const [first, second] = input.people.map(parsePerson)
  if (!first || !second) return
  finishLater(
    parley,
    await inTransaction(parley, (inside) => joinPeople(inside, by, first, second)),
  )
}

type Merged = { keep: string; gone: string } | null

/** A claim of the removed labeler that had begun waited for the lock until the two were linked. */
function finishLater(parley: Parley, merged: Merged): void {
  if (!merged) return
  const { keep, gone } = merged
  parley.afterCommit(() => inTransaction(parley, (inside) => joinAnswers(inside, keep, gone)))
}

async function joinPeople(
  parley: Parley,
  by: string,
  asker: Person,
  joiner: Person,
): Promise<Merged> {
  let merged: Merged = null
  if (personName(asker) === personName(joiner)) throw conflict((said) => said.linkSelf)
  const { db } = parley
  await nameOutsider(parley, joiner)
  // Links are serialised here: two codes at once cannot link three people crosswise.
  await sql`select pg_advisory_xact_lock(7011, 0)`.execute(db)
  const [asks, joins] = [await labelerOf(parley, asker), await labelerOf(parley, joiner)]
  if (asks === null) throw notFound('labeler', personName(asker))
  if (asks === joins) throw conflict((said) => said.linkTogether)
  await requireRoom(parley, [asker, joiner], joins === null ? [asks] : [asks, joins])
  if (joins === null) {
    const { platform, workspace, userId } = joiner
    await db
      .insertInto('identities')
      .values({ platform, workspace, userId, labelerId: asks })
      .execute()
  } else merged = await mergeLabelers(parley, asks, joins)
  const detail = { people: [personName(asker), personName(joiner)] }
  await writeAudit(parley, { actor: by, act: 'link labelers', detail })
  return merged
}

/** Somebody who has given feedback and is named now: what is kept of it becomes theirs. */
async function nameOutsider(parley: Parley, person: Person): Promise<void> {
  await lockOutsider(parley, outsiderKey(parley, person))
  const outsider = await findOutsider(parley, person)
  if (!outsider) return
  const { platform, workspace, userId } = person
  await parley.db
    .insertInto('identities')
    .values({ platform, workspace, userId, labelerId: outsider.id })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function labelerOf(parley: Parley, person: Person): Promise<string | null> {
  const row = await parley.db
    .selectFrom('identities')
    .innerJoin('labelers', 'labelers.id', 'identities.labelerId')
    .select('labelers.id')
    .where('identities.platform', '=', person.platform)
    .where('identities.workspace', '=', person.workspace)
    .where('identities.userId', '=', person.userId)
    .forUpdate()
    .executeTakeFirst()
  return row?.id ?? null
}

/** Two accounts in one workspace are two people: the second would be somebody else's. */
async function requireRoom(
  parley: Parley,
  people: readonly Person[],
  labelerIds: readonly string[],
): Promise<void> {
  const place = ({ platform, workspace }: { platform: string; workspace: string }) =>
    `${platform} ${workspace}`
  if (new Set(people.map(place)).size < people.length)
    throw conflict((said) => said.linkTwoWorkspaces)
  const held = await parley.db
    .selectFrom('identities')
    .select(['platform', 'workspace', 'userId'])
    .where('labelerId', 'in', [...labelerIds])
    .execute()
  const all = new Map([...people, ...held].map((one) => [`${place(one)} ${one.userId}`, one]))
  const seen = new Set<string>()
  for (const one of all.values()) {
    if (seen.has(place(one))) throw conflict((said) => said.linkTaken(one.platform as Platform))
    seen.add(place(one))
  }
}

/** The older labeler stays and gets everything of the other. */
async function mergeLabelers(
  parley: Parley,
  one: string,
  other: string,
): Promise<{ keep: string; gone: string }> {
  const [keep, gone] = BigInt(one) < BigInt(other) ? [one, other] : [other, one]
  const { db } = parley
  await db
    .updateTable('identities')
    .set({ labelerId: keep })
    .where('labelerId', '=', gone)
    .execute()
  await db.updateTable('outsiders').set({ labelerId: keep }).where('labelerId', '=', gone).execute()
  await joinAnswers(parley, keep, gone)
  await sql`delete from pseudonyms p where labeler_id = ${gone} and exists (
    select from pseudonyms k where k.dataset_id = p.dataset_id and k.labeler_id = ${keep})`.execute(
    db,
  )
  await db
    .updateTable('pseudonyms')
    .set({ labelerId: keep })
    .where('labelerId', '=', gone)
    .execute()
  // A pause of either holds for both; of two quotas the smaller.
  await sql`
    insert into labeler_limits as l (labeler_id, dataset_id, paused_at, reason, quota)
    select ${keep}, dataset_id, paused_at, reason, quota from labeler_limits
    where labeler_id = ${gone}
    on conflict (labeler_id, dataset_id) do update set
      paused_at = coalesce(l.paused_at, excluded.paused_at),
      reason = coalesce(l.reason, excluded.reason), quota = least(l.quota, excluded.quota)
  `.execute(db)
  await moveReminders(parley, keep, gone)
  await sql`
    update labelers k set consent_version = greatest(k.consent_version, g.consent_version),
      consented_at = greatest(k.consented_at, g.consented_at),
      locale = coalesce(k.locale, g.locale), zone = coalesce(k.zone, g.zone)
    from labelers g where k.id = ${keep} and g.id = ${gone}`.execute(db)
  await db.deleteFrom('labelers').where('id', '=', gone).execute()
  return { keep, gone }
}

async function joinAnswers(parley: Parley, keep: string, gone: string): Promise<void> {
  const { rows } = await sql<{ datasetId: string }>`
    select distinct dataset_id as "datasetId" from (
      select dataset_id from assignments where labeler_id = ${gone}
      union all select dataset_id from tallies where labeler_id = ${gone}
      union all select dataset_id from cursors where labeler_id = ${gone}
    ) x order by 1`.execute(parley.db)
  for (const { datasetId } of rows)
    await sql`select join_answers(${datasetId}, ${keep}, ${gone})`.execute(parley.db)
}

/** One person has one set of preferences and one digest a day. */
async function moveReminders(parley: Parley, keep: string, gone: string): Promise<void> {
  const { db } = parley
  const kept = await db
    .selectFrom('preferences')
    .select('labelerId')
    .where('labelerId', '=', keep)
    .executeTakeFirst()
  if (kept) {
    await db.deleteFrom('preferences').where('labelerId', '=', gone).execute()
    await db
      .deleteFrom('reminders')
      .where('labelerId', '=', gone)
      .where('state', 'in', ['waiting', 'queued'])
      .execute()
  } else
    await db
      .updateTable('preferences')
      .set({ labelerId: keep })
      .where('labelerId', '=', gone)
      .execute()
  await db.updateTable('reminders').set({ labelerId: keep }).where('labelerId', '=', gone).execute()
  // What they asked in arenas stays theirs; what they agreed to there is asked once more.
  await db.updateTable('battles').set({ labelerId: keep }).where('labelerId', '=', gone).execute()
  await db.deleteFrom('arenaConsents').where('labelerId', '=', gone).execute()
}

function hashOf(code: string): string {
  return createHash('sha256').update(`link ${code}`).digest('hex')
}
