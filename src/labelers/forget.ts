/**
 * Forgets a person: deletes every identity, role, setting and draft, at once and for good. Their answers
 * stay under a pseudonym that leads to nobody, or are deleted too, as each dataset says; earlier exports
 * are listed for the admins, who must pass the request on.
 */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { ParleyError } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { forgetOutsider } from './outsider.ts'
import { removeCopies } from './own-copies.ts'
import { type Platform, personName } from './person.ts'
import { exportsSince, type WrittenExport } from './written-exports.ts'

/** `exports` are those that contain their answers, wherever they went. */
export type Forgotten = { deleted: number; exports: WrittenExport[] }

/**
 * Done by an admin, or by the labeler themselves.
 * @throws ParleyError `not_found`. Forgetting somebody twice changes nothing.
 */
export async function forgetLabeler(
  parley: Parley,
  actor: Actor,
  input: { labelerId: string },
): Promise<Forgotten> {
  const isOwn = actor.type === 'labeler' && actor.labeler.id === input.labelerId
  const by = isOwn ? 'the labeler themselves' : requireAdmin(actor)
  const now = parley.now()
  return inTransaction(parley, async (inside) => {
    const { db } = inside
    const labeler = /^[1-9]\d{0,17}$/.test(input.labelerId)
      ? await db
          .selectFrom('labelers')
          .select(['id', 'forgottenAt'])
          .where('id', '=', input.labelerId)
          .forUpdate()
          .executeTakeFirst()
      : undefined
    if (!labeler)
      throw new ParleyError(
        'not_found',
        `There is no labeler "${input.labelerId}". npx parley labelers list shows their ids.`,
      )
    if (labeler.forgottenAt) return { deleted: 0, exports: [] }
    const identities = await db
      .deleteFrom('identities')
      .where('labelerId', '=', labeler.id)
      .returning(['platform', 'workspace', 'userId'])
      .execute()
    await forgetQuestions(inside, labeler.id)
    const forgotten = await forgetAnswers(inside, labeler.id)
    const people = identities.map((one) => ({ ...one, platform: one.platform as Platform }))
    for (const person of people) await forgetIdentity(inside, person)
    await forgetOutsider(inside, { labelerId: labeler.id, people })
    await db.deleteFrom('preferences').where('labelerId', '=', labeler.id).execute()
    await db.deleteFrom('reminders').where('labelerId', '=', labeler.id).execute()
    await db
      .updateTable('labelers')
      .set({ forgottenAt: now, locale: null, zone: null, consentVersion: null, consentedAt: null })
      .where('id', '=', labeler.id)
      .execute()
    inside.afterCommit(() => removeCopies(parley, labeler.id))
    // The audit must not identify them either.
    await writeAudit(inside, { actor: by, act: 'forget labeler', detail: { ...forgotten } })
    return forgotten
  })
}

/** Deletes open assignments, and answers if the dataset says so. */
async function forgetAnswers(parley: Parley, labelerId: string): Promise<Forgotten> {
  const { rows } = await sql<{ id: string; name: string; isDeleted: boolean; since: Date | null }>`
    select d.id, d.name, d.document ->> 'forget' = 'delete' as "isDeleted",
      (select min(submitted_at) from responses r
        where r.labeler_id = ${labelerId} and r.dataset_id = d.id) as since
    from datasets d
    where d.id in (select dataset_id from assignments where labeler_id = ${labelerId})
    order by d.id`.execute(parley.db)
  // The addresses of their messages identify them.
  await sql`
    delete from messages m using assignments a
    where m.assignment_id is not null and a.dataset_id = m.dataset_id and a.id = m.assignment_id
      and a.labeler_id = ${labelerId}`.execute(parley.db)
  let deleted = 0
  const exports: Forgotten['exports'] = []
  for (const { id, name, isDeleted, since } of rows) {
    if (since) exports.push(...(await exportsSince(parley, { id, name }, since)))
    const { rows: gone } = await sql<{ count: number }>`
      select forget_answers(${id}, ${labelerId}, ${isDeleted === true}) as count`.execute(parley.db)
    deleted += gone[0]?.count ?? 0
  }
  return { deleted, exports }
}

/** What they asked in arenas goes whatever a dataset keeps: it is their own words, in public. */
async function forgetQuestions(parley: Parley, labelerId: string): Promise<void> {
  await sql`select delete_battles(array(select id from battles
    where labeler_id = ${labelerId} and state <> 'deleted'), ${parley.now()})`.execute(parley.db)
  await parley.db
    .updateTable('battles')
    .set({ labelerId: null })
    .where('labelerId', '=', labelerId)
    .execute()
  await parley.db.deleteFrom('arenaConsents').where('labelerId', '=', labelerId).execute()
}

async function forgetIdentity(
  parley: Parley,
  person: { platform: Platform; workspace: string; userId: string },
): Promise<void> {
  const { platform, workspace, userId } = person
  const { db } = parley
  for (const table of ['roles', 'linkCodes', 'invitations', 'signInLinks', 'webSessions'] as const)
    await db
      .deleteFrom(table)
      .where('platform', '=', platform)
      .where('workspace', '=', workspace)
      .where('userId', '=', userId)
      .execute()
  await db
    .deleteFrom('deliveries')
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('recipient', '=', userId)
    .where('isChannel', '=', false)
    .execute()
  const name = personName(person)
  await sql`
    update audit set actor = case when actor = ${name} then 'forgotten' else actor end,
      detail = replace(detail::text, ${JSON.stringify(name)}, '"forgotten"')::jsonb
    where actor = ${name} or strpos(detail::text, ${JSON.stringify(name)}) > 0`.execute(db)
  await sql`update exports set requested_by = null
    where requested_by ->> 'platform' = ${platform} and requested_by ->> 'workspace' = ${workspace}
      and requested_by ->> 'userId' = ${userId}`.execute(db)
}
