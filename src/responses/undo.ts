/**
 * Undoes a labeler's last answer or skip, for ten minutes. After an edit, only the edit is undone and the
 * earlier answer counts again. Otherwise the record is the labeler's again, with their answer as the
 * draft; if a surplus answer waits it takes the place, and the undone one can be submitted again like
 * any late answer.
 */
import { sql } from 'kysely'
import {
  type Assignment,
  type AssignmentRow,
  notYours,
  readAssignment,
  readAssignmentId,
  taskGone,
} from '../assignments/assignment.ts'
import { callFunction } from '../assignments/call.ts'
import { postClosed } from '../assignments/post.ts'
import { conflict } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'

export const undoMinutes = 10

export type Undone = {
  /**
   * `restored`: an edit was undone. `same`: there was nothing to undo (any more). `changed`: the answer is
   * not the one the button was drawn for.
   */
  outcome: 'undone' | 'restored' | 'same' | 'changed'
  assignment: Assignment
}

/** @throws ParleyError `conflict` after ten minutes, and in a closed dataset. */
export async function undoResponse(
  parley: Parley,
  labeler: Labeler,
  input: {
    assignmentId: string
    /** The revision the button was drawn for; buttons of earlier versions lack it. */
    revision?: number
  },
): Promise<Undone> {
  const key = readAssignmentId(input.assignmentId)
  const now = parley.now()
  const since = new Date(now.getTime() - undoMinutes * 60_000)
  const { undone } = await callFunction(
    parley,
    sql<{ undone: UndoneRow }>`
      select undo_given(${key.datasetId}, ${key.id}, ${labeler.id}, ${input.revision ?? null}::int, 60,
        ${since}, ${now}) as undone`,
  )
  switch (undone.outcome) {
    case 'not_found':
      throw taskGone()
    case 'forbidden':
      throw notYours()
    case 'too_late':
      throw conflict((said) => said.undoOver(undoMinutes))
    case 'post_closed':
      throw postClosed()
    case 'closed':
      throw conflict((said) => said.closedStays)
    case 'undone':
    case 'restored':
    case 'same':
    case 'changed':
      return { outcome: undone.outcome, assignment: readAssignment(undone.assignment) }
  }
}

type UndoneRow =
  | { outcome: Undone['outcome']; assignment: AssignmentRow }
  | { outcome: 'not_found' | 'forbidden' | 'too_late' | 'closed' | 'post_closed' }
