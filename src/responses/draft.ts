/** Stores unsubmitted text and renews the lease. */
import { sql } from 'kysely'
import {
  type FoundAssignment,
  getAssignment,
  lockAssignment,
  readAssignmentId,
  shownOf,
} from '../assignments/assignment.ts'
import { renewLease } from '../assignments/lease.ts'
import type { ResponseStatus } from '../db/schema.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Platform } from '../labelers/person.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { parseDraft, type Values } from '../questions/values.ts'

/** Stores whatever is valid; incomplete values are not refused. A submitted answer stays unchanged. */
export async function saveDraft(
  parley: Parley,
  labeler: Labeler,
  input: { assignmentId: string; values: unknown; platform: Platform; found?: FoundAssignment },
): Promise<Values> {
  const found = input.found ?? (await getAssignment(parley, labeler, input.assignmentId))
  const { document, dataset } = found
  const values = parseDraft(document.questions, input.values, shownOf(found))
  await renewLease(parley, labeler, { assignmentId: found.assignmentId, document })
  const { id } = readAssignmentId(found.assignmentId)
  await sql`select save_draft(${dataset.id}, ${id}, ${JSON.stringify(values)}::jsonb,
    ${input.platform}, ${dataset.schemaVersion})`.execute(parley.db)
  return values
}

/**
 * Updates the draft under its lock, so that of two simultaneous gestures neither is lost. `change` gets
 * the current draft and returns null to leave it unchanged; a submitted answer is left unchanged too.
 */
export async function changeDraft(
  parley: Parley,
  labeler: Labeler,
  input: {
    found: FoundAssignment
    platform: Platform
    change: (draft: Values) => Values | null
  },
): Promise<{ draft: Values; changed: boolean }> {
  const { found, platform, change } = input
  const { datasetId, id } = readAssignmentId(found.assignmentId)
  return inTransaction(parley, async (inside) => {
    // Two statements: a single one that waits for the lock would still see the draft from before the wait.
    await lockAssignment(inside, found.assignmentId)
    const { rows } = await sql<{ status: ResponseStatus; values: Values }>`
      select status, coalesce(draft, "values") as "values" from responses
      where dataset_id = ${datasetId} and assignment_id = ${id}`.execute(inside.db)
    const draft = rows[0]?.values ?? {}
    const next = rows[0]?.status === 'submitted' ? null : change(draft)
    if (next === null) return { draft, changed: false }
    const values = await saveDraft(inside, labeler, {
      assignmentId: found.assignmentId,
      values: next,
      platform,
      found,
    })
    return { draft: values, changed: true }
  })
}
