/** How a labeler has the texts of their task shown; it affects only them, and is stored with the answer. */
import { sql } from 'kysely'
import type { Labeler } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'
import { notYours, readAssignmentId, type TextView } from './assignment.ts'

/**
 * Shows the texts this way from now on. Idempotent.
 * @throws ParleyError `not_found`; `forbidden` when it is somebody else's.
 */
export async function showTextsAs(
  parley: Parley,
  labeler: Pick<Labeler, 'id'>,
  input: { assignmentId: string; view: TextView },
): Promise<void> {
  const { datasetId, id } = readAssignmentId(input.assignmentId)
  const { rows } = await sql<{ id: string }>`
    update assignments set rendering = ${input.view}
    where dataset_id = ${datasetId} and id = ${id} and labeler_id = ${labeler.id}
    returning id`.execute(parley.db)
  if (rows.length === 0) throw notYours()
}
