/**
 * Submits an answer. Exactness is ensured here, under the lock of the record's place: the answer counts
 * if the record needs one, otherwise it is surplus; a late answer is never refused, and the same answer
 * again changes nothing. Two round trips: the questions, then `submit_and_next` of src/db/functions; one
 * for a card that this process has just handed out (`submit_dealt`). Prompts that labelers write go through
 * `submit_prompt_and_next`, which takes no text twice.
 */
import { type RawBuilder, sql } from 'kysely'
import {
  type Assignment,
  type FoundAssignment,
  getAssignment,
  notYours,
  readAssignment,
  readAssignmentId,
  shownOf,
  taskGone,
} from '../assignments/assignment.ts'
import { callFunction } from '../assignments/call.ts'
import { dealOf, type NextRow, nextAssignment, noteClaim } from '../assignments/next.ts'
import { postClosed } from '../assignments/post.ts'
import { isWriting, writtenQuestion } from '../datasets/writing.ts'
import { conflict, forbidden, invalid } from '../errors.ts'
import { consentVersion, type Labeler } from '../labelers/labeler.ts'
import type { Platform } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { withoutPrefilled } from '../questions/prefill.ts'
import { parseValues, type Values } from '../questions/values.ts'
import type { RecordSuggestions } from '../records/record-line.ts'

export type SubmitInput = {
  assignmentId: string
  /** The schema version the form or button was drawn from. */
  schemaVersion: number
  values: unknown
  platform: Platform
  /** The id of the gesture: a repeated delivery, even after an edit or an undo, changes nothing. */
  interaction?: string
  /** The assignment, if the caller has just read it with this schema version. */
  found?: HeldAssignment
}

/** The part of an assignment that answering needs, without the record. */
export type HeldAssignment = Omit<FoundAssignment, 'record'> & {
  record?: FoundAssignment['record']
  /** The first words of the record, if the record itself is not included. */
  about?: string
  /** The suggestion, if it is shown with the answer and the record itself is not included. */
  suggestions?: RecordSuggestions
}

export type Submitted = {
  /** `same`: this answer was stored already. */
  outcome: 'counted' | 'surplus' | 'edited' | 'same'
  counted: boolean
  /** This answer completed its record. */
  completed: boolean
  values: Values
  /** Of the answer as it is now; undefined where a gesture came again. */
  revision?: number
  assignment: HeldAssignment
}

/** @throws ParleyError `invalid` per question; `forbidden`; `conflict` in a closed dataset (draft kept). */
export async function submitResponse(
  parley: Parley,
  labeler: Labeler,
  input: SubmitInput,
): Promise<Submitted> {
  const answer = await readAnswer(parley, labeler, input)
  const given = sql`${argumentsOf(parley, labeler, input, answer)}, ${parley.now()}`
  const { dataset, postId } = answer.assignment
  const ask = () => {
    if (isWriting(dataset.document))
      return sql<{ submitted: SubmittedRow }>`select submit_prompt(${given}) as submitted`
    return postId === null
      ? sql<{ submitted: SubmittedRow }>`select submit_answer(${given}) as submitted`
      : sql<{ submitted: SubmittedRow }>`select submit_ballot(${given}) as submitted`
  }
  const { submitted } = await callFunction(parley, ask())
  return readSubmitted(parley, submitted, answer)
}

/** Submits an answer and claims the next record of the same dataset, in one transaction. */
export async function submitAndNext(
  parley: Parley,
  labeler: Labeler,
  input: SubmitInput,
): Promise<Submitted & { next: Assignment | null }> {
  const answer = await readAnswer(parley, labeler, input)
  const { dataset } = answer.assignment
  const { minutes, maxShown, suggestions, checks } = dealOf(dataset.document)
  const given = sql`${argumentsOf(parley, labeler, input, answer)}, '', ${minutes},
        ${maxShown}, ${suggestions}, ${parley.now()}`
  const ask = () => {
    if (isWriting(dataset.document))
      return sql<{ done: DoneRow }>`/* submit_prompt_and_next */
        select submit_prompt_and_next(${given}) as done`
    return checks === null
      ? sql<{ done: DoneRow }>`/* submit_and_next */ select submit_and_next(${given}) as done`
      : sql<{ done: DoneRow }>`/* submit_and_next_with_checks */
          select submit_and_next_with_checks(${given}, ${checks}::jsonb) as done`
  }
  const { done } = await callFunction(parley, ask())
  return readDone(parley, labeler, done, answer)
}

/**
 * As submitAndNext, for an assignment that this process handed out: its owner and dataset are not looked
 * up, but checked by the statement that writes. Returns `changed` and does nothing if they have changed,
 * or with `isFresh` if there is a draft; returns `repeated` and does nothing if the `gesture` was
 * delivered before.
 */
export async function submitDealt(
  parley: Parley,
  labeler: Labeler,
  input: SubmitInput & {
    found: HeldAssignment & { rowVersion: string }
    isFresh?: boolean
    gesture?: string
  },
): Promise<(Submitted & { next: Assignment | null }) | 'changed' | 'repeated'> {
  const answer = await readAnswer(parley, labeler, input)
  const { isFresh = false, gesture = null } = input
  const { minutes, maxShown, suggestions, checks } = dealOf(input.found.dataset.document)
  const { workspace, userId } = labeler.person
  const { datasetId, id } = readAssignmentId(input.assignmentId)
  const { done } = await callFunction(
    parley,
    sql<{ done: DealtRow }>`/* answer_dealt */ select answer_dealt(${gesture}, ${isFresh},
      ${input.found.rowVersion}, ${workspace}, ${userId}, ${consentVersion}, ${datasetId}, ${id},
      ${labeler.id}, ${JSON.stringify(answer.values)}::jsonb, ${input.platform},
      ${answer.schemaVersion}, ${minutes}, ${maxShown}, ${suggestions}, ${parley.now()},
      ${checks}::jsonb) as done`,
  )
  return 'next' in done ? readDone(parley, labeler, done, answer) : done.submitted.outcome
}

type DoneRow = { submitted: SubmittedRow; next: NextRow | null }
type DealtRow = DoneRow | { submitted: { outcome: 'changed' | 'repeated' } }

async function readDone(
  parley: Parley,
  labeler: Labeler,
  { submitted: row, next }: DoneRow,
  answer: Answer,
): Promise<Submitted & { next: Assignment | null }> {
  const submitted = readSubmitted(parley, row, answer)
  if (next) noteClaim(parley, next)
  if (!next || next.state === 'end' || next.state === 'not_ready')
    return { ...submitted, next: null }
  if (next.assignment) return { ...submitted, next: readAssignment(next.assignment) }
  const { dataset } = answer.assignment
  return { ...submitted, next: await nextAssignment(parley, labeler, { dataset }) }
}

type Answer = { assignment: HeldAssignment; values: Values; schemaVersion: number }

async function readAnswer(parley: Parley, labeler: Labeler, input: SubmitInput): Promise<Answer> {
  readAssignmentId(input.assignmentId)
  const { schemaVersion } = input
  const assignment =
    input.found ?? (await getAssignment(parley, labeler, input.assignmentId, { schemaVersion }))
  const { document, dataset } = assignment
  const { questions } = document
  const given = parseValues(questions, input.values, shownOf(assignment))
  const values = assignment.record
    ? withoutPrefilled(questions, given, assignment.record.fields)
    : given
  // An unknown version (a forged or mangled button) is read as the current one.
  const drawn = document !== dataset.document
  return { assignment, values, schemaVersion: drawn ? schemaVersion : dataset.schemaVersion }
}

function argumentsOf(
  _parley: Parley,
  labeler: Labeler,
  input: SubmitInput,
  answer: Answer,
): RawBuilder<unknown> {
  const key = readAssignmentId(input.assignmentId)
  return sql`${key.datasetId}, ${key.id}, ${labeler.id}, ${JSON.stringify(answer.values)}::jsonb,
    ${input.platform}, ${answer.schemaVersion}, ${input.interaction ?? null}`
}

type SubmittedRow =
  | { outcome: Submitted['outcome']; counted: boolean; completed?: boolean; revision?: number }
  | { outcome: 'not_found' | 'forbidden' | 'excluded' | 'closed' | 'post_closed' }
  | { outcome: 'duplicate'; own: boolean }

function readSubmitted({ metrics }: Parley, row: SubmittedRow, answer: Answer): Submitted {
  switch (row.outcome) {
    case 'not_found':
      throw taskGone()
    case 'forbidden':
      throw notYours()
    case 'excluded':
      throw forbidden((said) => said.ownText)
    case 'post_closed':
      throw postClosed()
    case 'closed':
      throw conflict((said) => said.closedDraft)
    case 'duplicate':
      throw invalid({
        [writtenQuestion]: (said) => (row.own ? said.writtenByYou : said.writtenBefore),
      })
    case 'counted':
    case 'surplus':
    case 'edited':
    case 'same':
      metrics?.count('parley_answers_total', { outcome: row.outcome })
      return {
        outcome: row.outcome,
        counted: row.counted,
        completed: row.completed ?? false,
        values: answer.values,
        ...(row.revision === undefined ? {} : { revision: row.revision }),
        assignment: answer.assignment,
      }
  }
}
