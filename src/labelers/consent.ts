/** Records that a person agreed to how Parley keeps answers; the only act that makes a labeler. */
import { conflict } from '../errors.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { consentVersion, findLabeler, type Labeler } from './labeler.ts'
import { findOutsider, lockOutsider, outsiderKey } from './outsider.ts'
import type { Person } from './person.ts'

export async function giveConsent(
  parley: Parley,
  person: Person,
  input: { version: number },
): Promise<Labeler> {
  if (input.version !== consentVersion) throw conflict((said) => said.consentChanged)
  return inTransaction(parley, async (inside) => {
    const now = inside.now()
    const known = await findLabeler(inside, person)
    if (known) {
      await inside.db
        .updateTable('labelers')
        .set({ consentVersion, consentedAt: now })
        .where('id', '=', known.id)
        .where('consentVersion', 'is distinct from', consentVersion)
        .execute()
      return { ...known, consentVersion }
    }
    const { id, isOutsider } = await agreed(inside, person)
    const { platform, workspace, userId } = person
    // Two presses of Start at once: the second finds the identity and keeps the first labeler.
    const identity = await inside.db
      .insertInto('identities')
      .values({ platform, workspace, userId, labelerId: id })
      .onConflict((c) => c.columns(['platform', 'workspace', 'userId']).doNothing())
      .returning('labelerId')
      .executeTakeFirst()
    if (identity) return { id, consentVersion, person }
    if (!isOutsider) await inside.db.deleteFrom('labelers').where('id', '=', id).execute()
    const first = await findLabeler(inside, person)
    if (!first) throw conflict((said) => said.startAgain)
    return first
  })
}

/** The labeler their feedback is kept under, who agrees now; else a new one. */
async function agreed(
  inside: Parley,
  person: Person,
): Promise<{ id: string; isOutsider: boolean }> {
  await lockOutsider(inside, outsiderKey(inside, person))
  const consent = { consentVersion, consentedAt: inside.now(), locale: person.locale ?? null }
  const outsider = await findOutsider(inside, person)
  if (outsider) {
    await inside.db.updateTable('labelers').set(consent).where('id', '=', outsider.id).execute()
    return { id: outsider.id, isOutsider: true }
  }
  const { id } = await inside.db
    .insertInto('labelers')
    .values({ ...consent, zone: null, forgottenAt: null, createdAt: inside.now() })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id, isOutsider: false }
}
