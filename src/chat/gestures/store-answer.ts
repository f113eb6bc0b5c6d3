/** Stores an answer and brings what comes next: the next task, the receipt, the end of a batch. */
import { isDeepStrictEqual } from 'node:util'
import type { Assignment, FoundAssignment } from '../../assignments/assignment.ts'
import type { Dataset } from '../../datasets/document.ts'
import { isWriting } from '../../datasets/writing.ts'
import { ParleyError } from '../../errors.ts'
import type { Labeler } from '../../labelers/labeler.ts'
import { isLetIn } from '../../labelers/memberships.ts'
import type { Parley } from '../../parley.ts'
import { editsIn, withEdits } from '../../questions/edits.ts'
import type { Values } from '../../questions/values.ts'
import { endBatch } from '../../reminders/invitation.ts'
import { saveDraft } from '../../responses/draft.ts'
import {
  type Submitted,
  submitAndNext,
  submitDealt,
  submitResponse,
} from '../../responses/submit.ts'
import { askedOf, cardOf } from '../cards/card.ts'
import { pressesFor } from '../cards/presses.ts'
import { aboutRecord, receiptFor, savedText } from '../cards/receipt.ts'
import { summarize } from '../cards/summary.ts'
import type { Interaction, Receipt, Reply } from '../port/port.ts'
import { repeated, sightNow } from '../port/sight.ts'
import { spoken } from '../words/words.ts'
import { keepMarked } from './drafts/keep-marked.ts'
import { type Dealt, findDealt, rememberDealt, takeDealt } from './lately-dealt.ts'
import { sayNear } from './near-prompt.ts'
import { allDone, nextTask } from './next-task.ts'
import { listWaiting } from './open-work.ts'
import { isTooSoon, noteVote, withDraft } from './own-task.ts'

type Given = {
  by: Interaction['by']
  assignmentId: string
  schemaVersion: number
  values: unknown
}

/** Stores the answer and brings what comes next. */
export async function answer(
  parley: Parley,
  labeler: Labeler,
  input: Given,
  found: FoundAssignment,
): Promise<Reply> {
  const reply = await store(parley, labeler, input, found)
  return sayNear(parley, labeler, found, input.values, reply)
}

async function store(
  parley: Parley,
  labeler: Labeler,
  input: Given,
  found: FoundAssignment,
): Promise<Reply> {
  const { assignmentId, schemaVersion } = input
  const values = keepEdits(found, input.values)
  const submit = { assignmentId, schemaVersion, values, platform: input.by.platform, found }
  if (found.postId !== null) {
    const saved = savedReceipt(await submitResponse(parley, labeler, submit))
    noteVote(parley, found)
    return { type: 'receipt', saved }
  }
  if (found.response?.status === 'submitted') {
    const submitted = await submitResponse(parley, labeler, submit)
    await keepTypedEdits(parley, labeler, input.by, found, submitted.values)
    const saved = savedReceipt(submitted)
    // The very same answer again is a gesture delivered twice, not an edit: the same reply.
    if (submitted.outcome === 'same') return goOn(parley, labeler, found.dataset, saved)
    return { type: 'receipt', saved, ...(found.dataset.status === 'ready' ? { goesOn: true } : {}) }
  }
  if (isLastOfBatch(found)) {
    const saved = savedReceipt(await submitResponse(parley, labeler, submit))
    return endedBatch(parley, labeler, found, saved)
  }
  return bringNext(parley, labeler, found, await submitAndNext(parley, labeler, submit))
}

/** Submits an answer to a card this process handed out, without look-ups; null if look-ups are needed. */
export async function submitToDealt(
  parley: Parley,
  { by, ...input }: Extract<Interaction, { type: 'submit' }>,
): Promise<Reply | null> {
  const dealt = takeDealt(parley, by, input)
  return dealt && answerDealt(parley, by, dealt, input)
}

/** An answer with what its labeler made of the outputs before: the form of the questions does not hold it. */
function keepEdits(found: FoundAssignment, given: unknown): unknown {
  const { questions } = found.document
  const values = keepMarked(found, given)
  const edits = editsIn(questions, found.response?.values)
  if (Object.keys(edits).length === 0 || typeof values !== 'object' || values === null)
    return values
  const own = editsIn(questions, { ...values })
  return withEdits(questions, values, { ...edits, ...own })
}

/** An unfinished improvement stays a draft when the answer beside it is changed. */
async function keepTypedEdits(
  parley: Parley,
  labeler: Labeler,
  { platform }: Interaction['by'],
  found: FoundAssignment,
  values: Values,
): Promise<void> {
  const { questions } = found.document
  const typed = editsIn(questions, found.response?.draft ?? undefined)
  if (isDeepStrictEqual(typed, editsIn(questions, values)) || Object.keys(typed).length === 0)
    return
  const draft = withEdits(questions, values, typed)
  const { assignmentId } = found
  await saveDraft(parley, labeler, { assignmentId, values: draft, platform, found })
}

/** The same for a button that answers: its value follows from the document alone. */
export async function pressDealt(
  parley: Parley,
  { by, press, ...input }: Extract<Interaction, { type: 'press' }>,
): Promise<Reply | null> {
  const dealt = findDealt(parley, by, input)
  if (!dealt) return null
  const { document, shownOrder } = dealt.found
  if (isTooSoon(parley, dealt.found)) return { type: 'nothing' }
  takeDealt(parley, by, input)
  const questions = askedOf(document.questions, shownOrder.length)
  const values = pressesFor(questions, shownOrder)[press]?.values
  // What was drafted meanwhile belongs to the answer, and only the database knows of it.
  return values ? answerDealt(parley, by, dealt, { ...input, values, isFresh: true }) : null
}

async function answerDealt(
  parley: Parley,
  by: Interaction['by'],
  { labeler, found }: Dealt,
  input: { assignmentId: string; schemaVersion: number; values: unknown; isFresh?: boolean },
): Promise<Reply | null> {
  if (isLastOfBatch(found) || !(await isLetIn(parley, found.dataset, by))) return null
  const submit = { ...input, platform: by.platform, found }
  const sight = sightNow()
  try {
    const done = sight?.isOpen()
      ? await sight.markBy(async (gesture) => {
          const result = await submitDealt(parley, labeler, { ...submit, gesture })
          return { isFirst: result === 'changed' ? null : result !== 'repeated', result }
        })
      : await submitDealt(parley, labeler, submit)
    if (done === 'changed') return null
    if (done === 'repeated') throw repeated
    return bringNext(parley, labeler, found, done)
  } catch (error) {
    // What was refused is refused once more with everything that belongs to it.
    if (error instanceof ParleyError && error.code === 'invalid') return null
    throw error
  }
}

async function bringNext(
  parley: Parley,
  labeler: Labeler,
  { dataset, rowVersion }: Pick<FoundAssignment, 'dataset' | 'rowVersion'>,
  submitted: Submitted & { next: Assignment | null },
): Promise<Reply> {
  const saved = savedReceipt(submitted)
  const { next } = submitted
  if (!next) return ended(parley, labeler, dataset, saved)
  const { record: _, ...held } = next
  if (rowVersion !== undefined) {
    const about = aboutRecord(dataset.document, next.record)
    const told = next.suggested === 'after' ? { suggestions: next.record.suggestions } : {}
    const found = { ...held, ...told, about, dataset, document: dataset.document, rowVersion }
    rememberDealt(parley, { labeler, found })
  }
  return { type: 'task', card: cardOf(next, dataset), notice: saved.summary, undo: saved }
}

/** Stores answers from presses or taps; if more is required, opens the form with them. */
export async function finish(
  parley: Parley,
  labeler: Labeler,
  input: { by: Interaction['by']; assignmentId: string; schemaVersion: number },
  values: Values,
  found: FoundAssignment,
): Promise<Reply> {
  try {
    return await answer(parley, labeler, { ...input, values }, found)
  } catch (error) {
    if (!(error instanceof ParleyError) || error.code !== 'invalid') throw error
    const { assignmentId, by } = input
    const draft = await saveDraft(parley, labeler, {
      assignmentId,
      values,
      platform: by.platform,
      found,
    })
    return { type: 'form', card: cardOf(withDraft(found, draft), found.dataset) }
  }
}

/** The reply to a repeated answer: the receipt, and the labeler's current task. */
export async function afterAnswer(
  parley: Parley,
  labeler: Labeler,
  found: FoundAssignment,
): Promise<Reply> {
  const saved = receiptFor(found, savedText(found), true)
  if (found.postId !== null) return { type: 'receipt', saved }
  return goOn(parley, labeler, found.dataset, saved)
}

export async function goOn(
  parley: Parley,
  labeler: Labeler,
  dataset: Dataset,
  saved: Receipt,
  after?: string,
): Promise<Reply> {
  const next = dataset.status === 'ready' ? await nextTask(parley, labeler, dataset, after) : null
  if (next?.type === 'task') return { ...next, notice: saved.summary, undo: saved }
  if (
    after !== undefined &&
    isWriting(dataset.document) &&
    (await isLeft(parley, labeler, dataset))
  )
    return { type: 'receipt', saved, notice: spoken().skippedLast(dataset.document.title) }
  return ended(parley, labeler, dataset, saved)
}

/** Whether this dataset has something left for them: here, the blank that they skipped a moment ago. */
async function isLeft(parley: Parley, labeler: Labeler, dataset: Dataset): Promise<boolean> {
  const waiting = await listWaiting(parley, labeler)
  return waiting.some(({ name }) => name === dataset.name)
}

async function ended(
  parley: Parley,
  labeler: Labeler,
  dataset: Dataset,
  saved: Receipt,
): Promise<Reply> {
  if (dataset.status !== 'ready')
    return {
      type: 'receipt',
      saved,
      notice: spoken().statusNow(dataset.document.title, dataset.status),
    }
  const { notice, elsewhere } = await allDone(parley, labeler, dataset)
  return { type: 'receipt', saved, notice, ...(elsewhere ? { elsewhere } : {}) }
}

/** Whether this record completes an invitation's batch. */
export function isLastOfBatch({ tally, status }: Pick<Assignment, 'tally' | 'status'>): boolean {
  const { goal, goalFrom, submitted, discarded } = tally
  const isOpen = status === 'leased' || status === 'expired'
  return isOpen && goal !== null && submitted + discarded - goalFrom + 1 >= goal
}

export async function endedBatch(
  parley: Parley,
  labeler: Labeler,
  { datasetId, tally }: Pick<Assignment, 'datasetId' | 'tally'>,
  saved: Receipt,
): Promise<Reply> {
  await endBatch(parley, labeler, datasetId)
  const notice = spoken().batchDone(tally.goal ?? 0)
  return { type: 'receipt', saved, notice, goesOn: true }
}

function savedReceipt({ assignment, values, revision }: Submitted): Receipt {
  const said = summarize(assignment.document.questions, values, assignment.shownOrder)
  return receiptFor(assignment, spoken().savedAs(said), true, { revision, values })
}
