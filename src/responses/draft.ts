/** Keeps what is typed but not yet submitted, and with it the lease. */
import { sql } from 'kysely'
import { type FoundAssignment, getAssignment } from '../assignments/assignment.ts'
import { renewLease } from '../assignments/lease.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Platform } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { parseDraft, type Values } from '../questions/values.ts'

/** Whatever can be kept is kept; nothing is refused for being unfinished. An answer stays as it is. */
export async function saveDraft(
  parley: Parley,
  labeler: Labeler,
  input: { assignmentId: string; values: unknown; platform: Platform; found?: FoundAssignment },
): Promise<Values> {
  const found = input.found ?? (await getAssignment(parley, labeler, input.assignmentId))
  const { document, dataset } = found
  const values = parseDraft(document.questions, input.values, { outputs: found.shownOrder })
  await renewLease(parley, labeler, { assignmentId: found.assignmentId, document })
  const id = found.assignmentId.split('-')[1]
  await sql`select save_draft(${dataset.id}, ${id}, ${JSON.stringify(values)}::jsonb,
    ${input.platform}, ${dataset.schemaVersion})`.execute(parley.db)
  return values
}
