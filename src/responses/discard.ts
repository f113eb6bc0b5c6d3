/**
 * Skips a record and frees its place. Enough skips for the record's own fault (unclear, unsafe, broken)
 * reject it; reasons such as "not my field" do not count against it.
 */
import { sql } from 'kysely'
import { notYours, readAssignmentId, taskGone } from '../assignments/assignment.ts'
import { callFunction } from '../assignments/call.ts'
import { conflict, forbidden, invalid } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Platform } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { mostReasonChars, type SkipReason, skipReasons, storedReason } from './reason.ts'

export type Discarded = {
  /** `same`: it was skipped for this reason already. */
  outcome: 'discarded' | 'same'
  /** This skip rejected the record; its admins are notified. */
  rejected: boolean
}

/**
 * `text` is a reason that is not in the list, in the labeler's own words.
 * @throws ParleyError `conflict` for a record that was answered, or in a closed dataset; `invalid` for
 * a reason that is empty or cannot be stored.
 */
export async function discardResponse(
  parley: Parley,
  labeler: Labeler,
  input: {
    assignmentId: string
    reason: SkipReason
    text?: string
    platform: Platform
    schemaVersion?: number
  },
): Promise<Discarded> {
  const key = readAssignmentId(input.assignmentId)
  if (!skipReasons.includes(input.reason))
    throw invalid({ reason: `Choose one of ${skipReasons.join(', ')}.` })
  const text = input.text?.trim()
  if (text !== undefined) checkText(text)
  const { discarded } = await callFunction(
    parley,
    sql<{ discarded: DiscardedRow }>`
      select discard_answer(${key.datasetId}, ${key.id}, ${labeler.id},
        ${storedReason(input.reason, text)},
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

function checkText(text: string): void {
  const length = [...text].length
  if (text === '') throw invalid({ reason: (said) => said.writeText })
  if (text.includes('\u0000')) throw invalid({ reason: (said) => said.holdsNul })
  if (!text.isWellFormed()) throw invalid({ reason: (said) => said.halfCharacter })
  if (length > mostReasonChars)
    throw invalid({ reason: (said) => said.tooLong(mostReasonChars, length) })
}

type DiscardedRow = {
  outcome: Discarded['outcome'] | 'not_found' | 'forbidden' | 'excluded' | 'answered' | 'closed'
  rejected?: boolean
}
