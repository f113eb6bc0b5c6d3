/**
 * What a form was drawn from, for an adapter that has to read a submission after a restart: its
 * blocks name questions and places only.
 */
import { getOwnAssignment } from '../../assignments/assignment.ts'
import type { Parley } from '../../parley.ts'
import { findPreview } from '../gestures/preview.ts'
import { readImproveId } from '../port/ids.ts'
import type { Person, ShownForm } from '../port/port.ts'
import { cardOf } from './card.ts'
import { improveCard } from './improve.ts'

/** @throws ParleyError when there is no such assignment or it is not this person's. */
export async function getShownForm(
  parley: Parley,
  by: Person,
  assignmentId: string,
  schemaVersion: number,
): Promise<ShownForm> {
  const preview = await findPreview(parley, { by, type: 'open', assignmentId })
  const card = preview?.card ?? (await ownCard(parley, by, assignmentId, schemaVersion))
  return { questions: card.questions, outputs: card.outputs.map((output) => output.id) }
}

async function ownCard(parley: Parley, by: Person, assignmentId: string, schemaVersion: number) {
  const improving = readImproveId(assignmentId)
  const taskId = improving?.assignmentId ?? assignmentId
  const { found } = await getOwnAssignment(parley, by, taskId, {
    schemaVersion,
    consent: 'given',
  })
  const card = improving && improveCard(found, improving.place ?? -1)
  if (card) return card
  return cardOf(found, found.dataset, found.document)
}
