/**
 * Skips a record: its place goes to somebody else. Enough people finding fault with the record itself
 * (unclear, unsafe, broken) reject it; "not my field" and the like say nothing about it.
 */
import { sql } from 'kysely'
import { notYours, readAssignmentId, taskGone } from '../assignments/assignment.ts'
import { callFunction } from '../assignments/call.ts'
import { conflict, forbidden, invalid } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Platform } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { type SkipReason, skipReasons } from './reason.ts'

export type Discarded = {
  /** `same`: it was skipped for this reason already. */
  outcome: 'discarded' | 'same'
  /** This skip rejected the record; its admin wants to know. */
  rejected: boolean
}

/** @throws ParleyError `conflict` for a record that was answered, or in a closed dataset. */
export async function discardResponse(
  parley: Parley,
  labeler: Labeler,
  input: { assignmentId: string; reason: SkipReason; platform: Platform; schemaVersion?: number },
): Promise<Discarded> {
  const key = readAssignmentId(input.assignmentId)
  if (!skipReasons.includes(input.reason))
    throw invalid({ reason: `Choose one of ${skipReasons.join(', ')}.` })
  const { discarded } = await callFunction(
    parley,
    sql<{ discarded: DiscardedRow }>`
      select discard_answer(${key.datasetId}, ${key.id}, ${labeler.id}, ${input.reason},
        ${input.platform}, ${input.schemaVersion ?? null}::int, ${parley.now()}) as discarded`,
  )
  switch (discarded.outcome) {
    case 'not_found':
      throw taskGone()
    case 'forbidden':
      throw notYours()
    case 'excluded':
      throw forbidden((said) => said.ownText)
    case 'answered':
      throw conflict((said) => said.answeredSkip)
    case 'closed':
      throw conflict((said) => said.closedSkip)
    case 'discarded':
    case 'same':
      return { outcome: discarded.outcome, rejected: discarded.rejected ?? false }
  }
}

type DiscardedRow = {
  outcome: Discarded['outcome'] | 'not_found' | 'forbidden' | 'excluded' | 'answered' | 'closed'
  rejected?: boolean
}
