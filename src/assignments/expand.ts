/** Stores which long texts of a record its labeler opened, by field name or output id. */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'
import { readAssignmentId } from './assignment.ts'

export async function markExpanded(
  parley: Parley,
  input: { assignmentId: string; text: string },
): Promise<void> {
  const { datasetId, id } = readAssignmentId(input.assignmentId)
  await sql`update assignments set expanded = expanded || ${input.text}::text
    where dataset_id = ${datasetId} and id = ${id}
      and not ${input.text}::text = any(expanded)`.execute(parley.db)
}
