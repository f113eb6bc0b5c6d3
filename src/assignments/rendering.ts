/** How a labeler has the texts of their task shown: it is theirs alone, and the answer notes it. */
import { sql } from 'kysely'
import type { Labeler } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'
import { notYours, readAssignmentId, type TextView } from './assignment.ts'

/**
 * Has the texts shown so from now on; asked twice it is the same.
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
