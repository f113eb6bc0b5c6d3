/**
 * Forgets a person: every identity, role and setting that says who they are goes, at once and for
 * good. Their answers stay under the pseudonym they had, which no longer leads to anybody.
 */
import { writeAudit } from '../datasets/audit.ts'
import { ParleyError } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'

/** @throws ParleyError `not_found`. Forgetting somebody twice changes nothing. */
export async function forgetLabeler(
  parley: Parley,
  actor: Actor,
  input: { labelerId: string },
): Promise<void> {
  const by = requireAdmin(actor)
  const now = parley.now()
  await inTransaction(parley, async (inside) => {
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
    if (labeler.forgottenAt) return
    const identities = await db
      .deleteFrom('identities')
      .where('labelerId', '=', labeler.id)
      .returning(['platform', 'workspace', 'userId'])
      .execute()
    for (const { platform, workspace, userId } of identities)
      await db
        .deleteFrom('roles')
        .where('platform', '=', platform)
        .where('workspace', '=', workspace)
        .where('userId', '=', userId)
        .execute()
    await db.deleteFrom('preferences').where('labelerId', '=', labeler.id).execute()
    await db.deleteFrom('reminders').where('labelerId', '=', labeler.id).execute()
    await db
      .updateTable('labelers')
      .set({ forgottenAt: now, locale: null, zone: null, consentVersion: null, consentedAt: null })
      .where('id', '=', labeler.id)
      .execute()
    // Who it was must not stand in the audit either.
    await writeAudit(inside, { actor: by, act: 'forget labeler' })
  })
}
