/** A labeler's last answers and skips, newest first, with everything a receipt shows. */
import { sql } from 'kysely'
import { type Assignment, type AssignmentRow, readAssignment } from '../assignments/assignment.ts'
import type { DatasetDocument, DatasetStatus } from '../datasets/document.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'
import { undoMinutes } from './undo.ts'

export type PastAnswer = Assignment & {
  dataset: { id: string; name: string; status: DatasetStatus; document: DatasetDocument }
  at: Date
  canUndo: boolean
  canEdit: boolean
}

export async function listHistory(
  parley: Parley,
  labeler: Pick<Labeler, 'id'>,
  input: { limit?: number } = {},
): Promise<PastAnswer[]> {
  const { rows } = await sql<HistoryRow>`
    select view_assignment(s.dataset_id, s.assignment_id) as assignment, s.submitted_at as at,
      d.id, d.name, d.status, d.document
    from last_answers(${labeler.id}, ${input.limit ?? 20}::int) s
    join datasets d on d.id = s.dataset_id
    order by s.submitted_at desc, s.assignment_id desc`.execute(parley.db)
  const undoable = parley.now().getTime() - undoMinutes * 60_000
  return rows.flatMap(({ assignment, at, ...dataset }) => {
    if (!assignment) return []
    const past = readAssignment(assignment)
    const isOpen = dataset.status !== 'closed'
    return {
      ...past,
      dataset,
      at,
      canUndo: isOpen && at.getTime() >= undoable,
      // Skips too: people who change their mind can answer them.
      canEdit: isOpen,
    }
  })
}

type HistoryRow = {
  assignment: AssignmentRow | null
  at: Date
  id: string
  name: string
  status: DatasetStatus
  document: DatasetDocument
}
