/** A labeler: a person who agreed to take part, known by one or more platform identities. */
import { ParleyError } from '../errors.ts'
import type { Parley } from '../parley.ts'
import type { Labeler, Person } from './person.ts'

export type { Labeler } from './person.ts'

/** The version of the consent text; incremented when what is stored, or its purpose, changes. */
export const consentVersion = 2

/** The first version that says that names and pictures are stored. */
export const namedSince = 2

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

/**
 * Of today's consent, or with `given` of an earlier one too: what somebody has begun is kept for them
 * until they have read what is new.
 * @throws ParleyError `forbidden` for somebody who has not agreed to it.
 */
export function requireConsent(
  labeler: Labeler | null,
  wants: 'today' | 'given' = 'today',
): Labeler {
  if (labeler?.consentVersion === consentVersion) return labeler
  const isEarlier = labeler !== null && labeler.consentVersion !== null
  if (isEarlier && wants === 'given') return labeler
  throw new ParleyError('forbidden', (said) => said.agreeFirst, isEarlier ? { cause: earlier } : {})
}

/** Marks the refusal of people who agreed to an earlier version. */
const earlier = new Error('They agreed to an earlier version.')

/** Whether a refusal means that an earlier consent has to be given anew. */
export function isAskedAnew(error: ParleyError): boolean {
  return error.cause === earlier
}
