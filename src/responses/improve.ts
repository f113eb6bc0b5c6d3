/**
 * Improves an output: what a person makes of its text is kept in their answer, beside what they judged.
 * It is an edit of that answer, with a revision of its own that Undo takes back.
 */
import { sql } from 'kysely'
import { type FoundAssignment, getAssignment, readAssignmentId } from '../assignments/assignment.ts'
import { conflict } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Platform } from '../labelers/person.ts'
import { inTransaction, type Parley } from '../parley.ts'
import {
  compareEdit,
  editableText,
  editedQuestion,
  editsIn,
  withEdits,
} from '../questions/edits.ts'
import type { Values } from '../questions/values.ts'
import { saveDraft } from './draft.ts'
import { type Submitted, submitResponse } from './submit.ts'

export type ImproveInput = {
  assignmentId: string
  output: string
  text: string
  platform: Platform
}

/**
 * Puts the text in place of the output's, for training. The output's own text takes the edit back; `same`
 * where nothing changed. Of two edits at once neither is lost.
 * @throws ParleyError `conflict` for a record that was not answered, or whose output cannot be edited.
 */
export async function improveOutput(
  parley: Parley,
  labeler: Labeler,
  { assignmentId, output, text, platform }: ImproveInput,
): Promise<Submitted> {
  const key = readAssignmentId(assignmentId)
  return inTransaction(parley, async (inside) => {
    // The place before the answer, as everything that answers locks them.
    await sql`select 1 from places where dataset_id = ${key.datasetId} and record_id = (
      select record_id from assignments where dataset_id = ${key.datasetId} and id = ${key.id})
      for update`.execute(inside.db)
    const found = await getAssignment(inside, labeler, assignmentId)
    if (found.response?.status !== 'submitted') throw conflict((said) => said.answerFirst)
    const values = improved(found, found.response.values, output, text)
    const { schemaVersion } = found.dataset
    return submitResponse(inside, labeler, { assignmentId, schemaVersion, values, platform, found })
  })
}

/** Keeps an unfinished improvement beside the answer, which stays as it is. */
export async function draftImprovement(
  parley: Parley,
  labeler: Labeler,
  { assignmentId, output, text, platform }: ImproveInput,
): Promise<void> {
  const found = await getAssignment(parley, labeler, assignmentId)
  if (found.response?.status !== 'submitted') return
  const before = found.response.draft ?? found.response.values
  const values = improved(found, before, output, text)
  await saveDraft(parley, labeler, { assignmentId, values, platform, found })
}

function improved(found: FoundAssignment, before: Values, id: string, text: string): Values {
  const { questions } = found.document
  const output = found.record.outputs.find((one) => one.id === id)
  const original = output && editableText(output)
  if (original === undefined || original === null || !editedQuestion(questions))
    throw conflict((said) => said.notImprovable)
  const { [id]: _, ...others } = editsIn(questions, before)
  const edit = compareEdit(original, text)
  return withEdits(questions, before, edit ? { ...others, [id]: edit } : others)
}
