/**
 * Takes an answer or a skip back, for ten minutes: the record is the labeler's again, what they
 * answered is their draft. Where a surplus answer waits it takes the place, and the undone one may
 * be submitted again as any late answer.
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
  /** `same`: there was nothing to take back (any more). */
  outcome: 'undone' | 'same'
  assignment: Assignment
}

/** @throws ParleyError `conflict` after ten minutes, and in a closed dataset. */
export async function undoResponse(
  parley: Parley,
  labeler: Labeler,
  input: { assignmentId: string },
): Promise<Undone> {
  const key = readAssignmentId(input.assignmentId)
  const now = parley.now()
  const since = new Date(now.getTime() - undoMinutes * 60_000)
  const { undone } = await callFunction(
    parley,
    sql<{ undone: UndoneRow }>`
      select undo_answer(${key.datasetId}, ${key.id}, ${labeler.id}, 60, ${since}, ${now}) as undone`,
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
    case 'same':
      return { outcome: undone.outcome, assignment: readAssignment(undone.assignment) }
  }
}

type UndoneRow =
  | { outcome: Undone['outcome']; assignment: AssignmentRow }
  | { outcome: 'not_found' | 'forbidden' | 'too_late' | 'closed' | 'post_closed' }
