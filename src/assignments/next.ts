/**
 * Gives a labeler their next record. In order, as `next_assignment` (src/db/functions/claim.sql) does it:
 * 1. what they hold already (renewed);
 * 2. a place ahead of their cursor, priorities from high to low;
 * 3. their own expired lease, if its record still has a free place;
 * 4. places of leases that have expired meanwhile;
 * 5. places behind their cursor, which others had locked when it passed.
 * Where labelers write prompts (`next_blank`, writing.sql), none is dealt to somebody who wrote as many as
 * the dataset takes of one person, and blanks they skipped come again once there is no other. Where the
 * dataset asks for checks, one may come before 2 when it is due: a record with known answers or one they
 * answered before (`next_with_checks`, checks.sql). It holds no place.
 * The call costs the same for any number of records, labelers and answers; only the search for the last
 * places of a dataset reads more, in bounded steps.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Dataset, DatasetDocument } from '../datasets/document.ts'
import { suggestionsWhen } from '../datasets/suggestions.ts'
import { isWriting } from '../datasets/writing.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'
import {
  type Assignment,
  type AssignmentRow,
  parseAssignmentId,
  readAssignment,
} from './assignment.ts'
import { callFunction } from './call.ts'
import { leaseMinutes } from './lease.ts'

/**
 * The next record for this labeler, or null if nothing is left for them. `after` is an assignment they
 * put aside: of those they hold, it returns another one.
 */
export async function nextAssignment(
  parley: Parley,
  labeler: Labeler,
  input: { dataset: Dataset; after?: string },
): Promise<Assignment | null> {
  const after = input.after === undefined ? null : (parseAssignmentId(input.after)?.id ?? null)
  const { minutes, maxShown, suggestions, checks } = dealOf(input.dataset.document)
  const ask = (given: RawBuilder<unknown>) => {
    if (isWriting(input.dataset.document))
      return sql<{ next: NextRow }>`/* next_blank */ select next_blank(${given}) as next`
    return checks === null
      ? sql<{ next: NextRow }>`/* next_assignment */ select next_assignment(${given}) as next`
      : sql<{ next: NextRow }>`/* next_with_checks */
          select next_with_checks(${given}, ${checks}::jsonb) as next`
  }
  const seekOnce = async () => {
    const given = sql`${input.dataset.id}, ${labeler.id}, '', ${minutes}, ${maxShown},
          ${suggestions}, ${after}::bigint, ${parley.now()}`
    const { next } = await callFunction(parley, ask(given))
    noteClaim(parley, next)
    return next
  }
  return seek(seekOnce, await seekOnce())
}

/** What `next_assignment` returns; `more`: it stopped early; `busy`: a lock hid a place. */
export type NextRow = {
  state: 'held' | 'taken' | 'end' | 'busy' | 'more' | 'not_ready'
  assignment?: AssignmentRow
}

/** Counts for operators what a request for a next record came to, once it did. */
export function noteClaim({ metrics }: Parley, { state }: NextRow): void {
  if (state === 'taken' || state === 'held')
    metrics?.count('parley_claims_total', { result: state })
  else if (state === 'end') metrics?.count('parley_claims_total', { result: 'none' })
}

/** Repeats until there is an assignment or certainly none: reads at most 100,000 places. */
export async function seek(
  ask: () => Promise<NextRow>,
  first: NextRow,
): Promise<Assignment | null> {
  let found = first
  for (let busy = 0, more = 0; busy < 12 && more < 24; ) {
    if (found.assignment) return readAssignment(found.assignment)
    if (found.state !== 'busy' && found.state !== 'more') return null
    if (found.state === 'more') more++
    else await new Promise((resolve) => setTimeout(resolve, Math.min(5 * 2 ** busy++, 50)))
    found = await ask()
  }
  return found.assignment ? readAssignment(found.assignment) : null
}

/** How records of this dataset are handed out: the shortest lease, the outputs on a card, suggestions, checks. */
export function dealOf(document: DatasetDocument): {
  minutes: number
  maxShown: number
  suggestions: boolean
  /** As JSON; null where the dataset asks for none. */
  checks: string | null
} {
  return {
    minutes: leaseMinutes(document),
    maxShown: document.max_shown,
    suggestions: document.questions.some(
      (question) => suggestionsWhen(document, question) === 'before',
    ),
    checks: document.checks ? JSON.stringify(document.checks) : null,
  }
}
