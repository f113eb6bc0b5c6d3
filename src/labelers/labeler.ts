/** A labeler: a person who agreed to take part, known by one or more platform identities. */
import { forbidden } from '../errors.ts'
import type { Parley } from '../parley.ts'
import type { Labeler, Person } from './person.ts'

export type { Labeler } from './person.ts'

/** The version of the consent text; incremented when what is stored, or its purpose, changes. */
export const consentVersion = 1

/** The labeler this person is, or null before their first consent (nothing is stored until then). */
export async function findLabeler(parley: Parley, person: Person): Promise<Labeler | null> {
  const row = await parley.db
    .selectFrom('identities')
    .innerJoin('labelers', 'labelers.id', 'identities.labelerId')
    .select(['labelers.id', 'labelers.consentVersion'])
    .where('identities.platform', '=', person.platform)
    .where('identities.workspace', '=', person.workspace)
    .where('identities.userId', '=', person.userId)
    .where('labelers.forgottenAt', 'is', null)
    .executeTakeFirst()
  return row ? { ...row, person } : null
}

/** The labeler, who must have agreed to the consent that is asked today. */
export async function getLabeler(parley: Parley, person: Person): Promise<Labeler> {
  return requireConsent(await findLabeler(parley, person))
}

/** @throws ParleyError `forbidden` for somebody who has not agreed to today's consent. */
export function requireConsent(labeler: Labeler | null): Labeler {
  if (labeler?.consentVersion === consentVersion) return labeler
  throw forbidden((said) => said.agreeFirst)
}
