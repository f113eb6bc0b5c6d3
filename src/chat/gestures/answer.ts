/** Gestures on a task: open its form, read it, answer, skip, undo, edit. */
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import {
  type Assignment,
  assignmentIdOf,
  type FoundAssignment,
  getOwnAssignment,
  type OwnAssignment,
} from '../../assignments/assignment.ts'
import { markExpanded } from '../../assignments/expand.ts'
import { renewLease } from '../../assignments/lease.ts'
import {
  getPost,
  isOpenPost,
  postClosed,
  requirePlace,
  requireVoter,
} from '../../assignments/post.ts'
import { showTextsAs } from '../../assignments/rendering.ts'
import type { Dataset, DatasetDocument } from '../../datasets/document.ts'
import { conflict, forbidden, invalid, ParleyError } from '../../errors.ts'
import { getLabeler, type Labeler } from '../../labelers/labeler.ts'
import { isLetIn } from '../../labelers/memberships.ts'
import { wantRepaint } from '../../outbound/messages.ts'
import { tellAdmins } from '../../outbound/tell-admins.ts'
import { inTransaction, type Parley } from '../../parley.ts'
import { parseDraft, type Values } from '../../questions/values.ts'
import { endBatch } from '../../reminders/invitation.ts'
import { discardResponse } from '../../responses/discard.ts'
import { changeDraft, saveDraft } from '../../responses/draft.ts'
import { storedReason } from '../../responses/reason.ts'
import {
  type Submitted,
  submitAndNext,
  submitDealt,
  submitResponse,
} from '../../responses/submit.ts'
import { undoResponse } from '../../responses/undo.ts'
import {
  askedOf,
  buildReader,
  buildTaskCard,
  type CardSource,
  cardOf,
  sourceOf,
} from '../cards/card.ts'
import { readPost } from '../cards/channel-messages.ts'
import { pressesFor } from '../cards/presses.ts'
import {
  aboutRecord,
  answerText,
  isDone,
  lastReceipt,
  receiptFor,
  receiptOf,
  savedText,
  sayDiscarded,
} from '../cards/receipt.ts'
import { summarize } from '../cards/summary.ts'
import { isWhole, keepTaps, repaintGuardMs, tapQuestion, tapRanking } from '../cards/taps.ts'
import {
  type Interaction,
  type ReaderPart,
  type Receipt,
  type Reply,
  readPostId,
} from '../port/port.ts'
import { repeated, requireFirst, sightNow } from '../port/sight.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'
import { type Dealt, findDealt, rememberDealt, takeDealt } from './lately-dealt.ts'
import { allDone, nextTask } from './next-task.ts'
import { findPreview } from './preview.ts'

export const answerGestures: Gestures<
  | 'open'
  | 'press'
  | 'rank'
  | 'submit'
  | 'draft'
  | 'use'
  | 'discard'
  | 'undo'
  | 'edit'
  | 'read'
  | 'render'
  | 'guidelines'
> = {
  open: async (parley, interaction) => {
    const preview = await findPreview(parley, interaction)
    if (preview) return { type: 'form', card: preview.card }
    const { labeler, found } = await findOwn(parley, interaction)
    if (isDone(found)) return { type: 'receipt', saved: receiptOf(found) }
    await renewLease(parley, labeler, found)
    return { type: 'form', card: cardOf(found, found.dataset) }
  },
  press: async (parley, interaction) => {
    const replied = await pressDealt(parley, interaction)
    if (replied) return replied
    await requireFirst()
    if (await findPreview(parley, interaction)) return previewNotice()
    const { labeler, found } = await findOwn(parley, interaction, interaction.schemaVersion)
    if (isTooSoon(parley, found)) return { type: 'nothing' }
    const card = cardOf(found, found.dataset, found.document)
    const values = pressesFor(card.questions, found.shownOrder)[interaction.press]?.values
    if (!values) throw conflict((said) => said.outOfDate)
    // A second press of a button whose card is still on the screen is not an edit.
    if (found.response?.status === 'submitted') return afterAnswer(parley, labeler, found)
    return finish(parley, labeler, interaction, { ...draftOf(found), ...values }, found)
  },
  rank: async (parley, interaction) => {
    if (await findPreview(parley, interaction)) return previewNotice()
    const { by, schemaVersion, tap, step } = interaction
    const { labeler, found } = await findOwn(parley, interaction, schemaVersion)
    if (found.response?.status === 'submitted') return afterAnswer(parley, labeler, found)
    if (isTooSoon(parley, found)) return { type: 'nothing' }
    const question = tapQuestion(found.document.questions, found.shownOrder)
    if (!question) throw conflict((said) => said.outOfDate)
    let isWholeNow = false
    const { draft, changed } = await changeDraft(parley, labeler, {
      found,
      platform: by.platform,
      change: (draft) => {
        const at = parley.now().getTime()
        const next = tapRanking(question, draft, found.shownOrder, { tap, step, at })
        isWholeNow = next !== null && isWhole(next, found.shownOrder)
        return next === null ? null : { ...draft, [question.name]: next }
      },
    })
    const card = cardOf(withDraft(found, draft), found.dataset)
    // A tap on a screen that is older than the draft: show what is.
    if (!changed && card.taps?.step === step) return { type: 'nothing' }
    if (isWholeNow) return finish(parley, labeler, interaction, draft, found)
    const undo = found.postId === null ? await lastReceipt(parley, labeler, found) : null
    return undo ? { type: 'task', card, notice: undo.summary, undo } : { type: 'task', card }
  },
  submit: async (parley, interaction) => {
    const replied = await submitToDealt(parley, interaction)
    if (replied) return replied
    await requireFirst()
    if (await findPreview(parley, interaction)) return previewNotice()
    const { labeler, found } = await findOwn(parley, interaction, interaction.schemaVersion)
    try {
      return await answer(parley, labeler, interaction, found)
    } catch (error) {
      // Refused, and still somebody's work: it is there when the window is closed instead.
      if (error instanceof ParleyError && error.code === 'invalid') {
        const { assignmentId, values, by } = interaction
        await saveDraft(parley, labeler, { assignmentId, values, platform: by.platform, found })
      }
      throw error
    }
  },
  draft: async (parley, interaction) => {
    if (await findPreview(parley, interaction)) return { type: 'nothing' }
    const { labeler, found } = await findOwn(parley, interaction)
    const { assignmentId, by, editing = false, hidden = [] } = interaction
    // Typed before the answer was submitted and heard of after it: the answer holds it.
    if (found.response?.status === 'submitted' && !editing) return { type: 'nothing' }
    const { questions } = found.dataset.document
    const shown = { outputs: found.shownOrder }
    const start = parseDraft(questions, cardOf(found, found.dataset).values, shown)
    const values = keepTaps(parseDraft(questions, interaction.values, shown), start)
    // What was written under a condition that holds no more is there when it holds again.
    for (const name of hidden) if (start[name] !== undefined) values[name] ??= start[name]
    // Looked at and closed: suggestions that stood in the form are no draft of anybody.
    if (isDeepStrictEqual(values, start)) return { type: 'nothing' }
    await saveDraft(parley, labeler, { assignmentId, values, platform: by.platform, found })
    return { type: 'nothing' }
  },
  use: async (parley, { by, text }) => {
    const labeler = await getLabeler(parley, by)
    const open = await openTextTask(parley, labeler)
    if (!open) throw conflict((said) => said.noTextTask)
    const { found } = await findOwn(parley, { by, type: 'open', assignmentId: open.assignmentId })
    if (text.trim() === '') throw conflict((said) => said.messageEmpty)
    const draft = { ...draftOf(found), [open.question]: text }
    return {
      type: 'form',
      card: cardOf(withDraft(found, draft), found.dataset),
      notice: spoken().yourMessage,
    }
  },
  discard: async (parley, interaction) => {
    if (await findPreview(parley, interaction)) return previewNotice()
    const { labeler, found } = await findOwn(parley, interaction)
    if (isTooSoon(parley, found)) return { type: 'nothing' }
    const { assignmentId, reason, text, by } = interaction
    await inTransaction(parley, async (inside) => {
      const own = text === undefined ? {} : { text }
      const skip = { assignmentId, reason, ...own, platform: by.platform }
      const { rejected } = await discardResponse(inside, labeler, skip)
      if (rejected) await tellRejected(inside, found, assignmentId)
    })
    // Skipped there is nothing but the skip to take back.
    const { revision: _, ...saved } = receiptFor(
      found,
      sayDiscarded(storedReason(reason, text)),
      false,
    )
    if (found.postId !== null) return { type: 'receipt', saved: { ...saved, canEdit: true } }
    if (isLastOfBatch(found)) return endedBatch(parley, labeler, found, saved)
    return goOn(parley, labeler, found.dataset, saved, assignmentId)
  },
  undo: async (parley, interaction) => {
    const { labeler, found } = await findOwn(parley, interaction)
    const { outcome, assignment } = await undoResponse(parley, labeler, interaction)
    noteVote(parley, found)
    const { ballot } = found
    if (outcome === 'restored' || outcome === 'changed') {
      const now = { ...found, ...assignment, ...(ballot ? { ballot } : {}) }
      const said = outcome === 'restored' ? spoken().restoredAs(answerText(now)) : savedText(now)
      return { type: 'receipt', saved: receiptFor(now, said, true), goesOn: true }
    }
    return {
      type: 'task',
      card: cardOf({ ...assignment, ...(ballot ? { ballot } : {}) }, found.dataset),
      notice: outcome === 'undone' ? spoken().takenBack : spoken().yoursToAnswer,
    }
  },
  edit: async (parley, interaction) => {
    const { found } = await findOwn(parley, interaction)
    if (found.dataset.status === 'closed') throw conflict((said) => said.closedStays)
    return { type: 'form', card: cardOf(found, found.dataset) }
  },
  read: async (parley, interaction) => {
    const postId = readPostId(interaction.assignmentId)
    if (postId !== null) return readPublic(parley, interaction, postId)
    const preview = await findPreview(parley, interaction)
    const source = preview
      ? preview.source
      : await findOwn(parley, interaction).then(({ found }) => sourceOf(found, found.dataset))
    const { assignmentId, part, view } = interaction
    const reader = buildReader(source, part, view)
    if (!reader) throw invalid({ part: (said) => said.textGone })
    const text = textRead(source, part)
    if (!preview && text !== undefined) await markExpanded(parley, { assignmentId, text })
    return { type: 'reader', reader }
  },
  render: async (parley, interaction) => {
    const { view, editing = false } = interaction
    const preview = await findPreview(parley, interaction)
    if (preview) {
      const card = buildTaskCard({ ...preview.source, view })
      return { type: 'task', card, notice: spoken().previewAbove }
    }
    const { labeler, found } = await findOwn(parley, interaction)
    // A card that is still on the screen after its answer; nothing is shown on it any more.
    if (found.response?.status === 'submitted' && !editing)
      return {
        type: 'receipt',
        saved: receiptOf(found),
        ...(found.postId === null ? { goesOn: true } : {}),
      }
    await showTextsAs(parley, labeler, interaction)
    const card = cardOf({ ...found, rendering: view }, found.dataset)
    const undo =
      found.postId === null && !editing ? await lastReceipt(parley, labeler, found) : null
    return undo ? { type: 'task', card, notice: undo.summary, undo } : { type: 'task', card }
  },
  guidelines: async (parley, interaction) => {
    const preview = await findPreview(parley, interaction)
    const document = preview
      ? preview.source.document
      : (await findOwn(parley, interaction)).found.dataset.document
    return {
      type: 'reader',
      reader: {
        assignmentId: interaction.assignmentId,
        title: spoken().guidelines,
        content: document.guidelines ?? spoken().noGuidelines,
      },
    }
  },
}

function previewNotice(): Reply {
  return { type: 'notice', text: spoken().isPreview }
}

/** Enough people found fault with a record itself: its admins are told, once. */
async function tellRejected(
  parley: Parley,
  { dataset, record }: FoundAssignment,
  assignmentId: string,
): Promise<void> {
  const { title, name } = dataset.document
  const command = `parley records requeue ${name} ${record.externalId}`
  await tellAdmins(parley, {
    key: `rejected:${assignmentId}`,
    about: { dataset: name },
    text: (said) => said.recordRejected(record.externalId, title, command),
  })
}

type OnTask = Extract<Interaction, { assignmentId: string }>

/** The task a labeler saw last of those they hold that ask for a text about the record. */
async function openTextTask(
  parley: Parley,
  labeler: Labeler,
): Promise<{ assignmentId: string; question: string } | null> {
  const { rows: held } = await sql<{ datasetId: string; id: string; document: DatasetDocument }>`
    select h.dataset_id, h.id, d.document
    from held_by(${labeler.id}, 20) h join datasets d on d.id = h.dataset_id
    order by h.shown_at desc nulls last`.execute(parley.db)
  for (const { datasetId, id, document } of held) {
    const texts = document.questions.filter((one) => one.type === 'text' && one.of === 'record')
    const asked = texts.find((one) => one.required && one.when === undefined) ?? texts[0]
    if (asked) return { assignmentId: assignmentIdOf({ datasetId, id }), question: asked.name }
  }
  return null
}

/** The assignment, which must be this person's, in a dataset they (still) may label. */
async function findOwn(
  parley: Parley,
  interaction: OnTask,
  schemaVersion?: number,
): Promise<OwnAssignment> {
  const { labeler, found } = await getOwnAssignment(
    parley,
    interaction.by,
    interaction.assignmentId,
    schemaVersion === undefined ? {} : { schemaVersion },
  )
  if (found.postId !== null)
    return { labeler, found: await findBallot(parley, interaction, found.postId, found) }
  if (!(await isLetIn(parley, found.dataset, interaction.by)))
    throw forbidden((said) => said.notOnList(found.dataset.document.title))
  return { labeler, found }
}

/** A ballot is let in by its post's gates; once that is over, a vote can be read but not changed. */
async function findBallot(
  parley: Parley,
  interaction: OnTask,
  postId: string,
  found: FoundAssignment,
): Promise<FoundAssignment> {
  const { post } = await getPost(parley, postId)
  const changes = ['open', 'press', 'rank', 'edit'].includes(interaction.type)
  if (changes && !isOpenPost(parley, post)) throw postClosed()
  if (changes || interaction.type === 'submit') await requireVoter(parley, post, interaction.by)
  return { ...found, ballot: { postId, closesAt: post.closesAt } }
}

/** The count in the channel follows. */
function noteVote(parley: Parley, { postId }: Pick<Assignment, 'postId'>): void {
  if (postId !== null) parley.afterCommit(() => wantRepaint(parley, `post:${postId}`))
}

/** Which text of the record somebody opened, as its name or its output's id. */
function textRead(source: CardSource, part: ReaderPart): string | undefined {
  if ('all' in part) return undefined
  return 'field' in part ? part.field : source.shownOrder[part.output]
}

async function readPublic(
  parley: Parley,
  { by, part, view }: Extract<Interaction, { type: 'read' }>,
  postId: string,
): Promise<Reply> {
  requirePlace((await getPost(parley, postId)).post, by)
  const reader = await readPost(parley, postId, { part, ...(view ? { view } : {}) })
  if (!reader) throw invalid({ part: (said) => said.textGone })
  return { type: 'reader', reader }
}

/** Stores the answer and brings what comes next. */
async function answer(
  parley: Parley,
  labeler: Labeler,
  input: { by: Interaction['by']; assignmentId: string; schemaVersion: number; values: unknown },
  found: FoundAssignment,
): Promise<Reply> {
  const { assignmentId, schemaVersion, values } = input
  const submit = { assignmentId, schemaVersion, values, platform: input.by.platform, found }
  if (found.postId !== null) {
    const saved = savedReceipt(await submitResponse(parley, labeler, submit))
    noteVote(parley, found)
    return { type: 'receipt', saved }
  }
  if (found.response?.status === 'submitted') {
    const submitted = await submitResponse(parley, labeler, submit)
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

/** Answers what this process dealt without looking anything up; null when that is called for. */
async function submitToDealt(
  parley: Parley,
  { by, ...input }: Extract<Interaction, { type: 'submit' }>,
): Promise<Reply | null> {
  const dealt = takeDealt(parley, by, input)
  return dealt && answerDealt(parley, by, dealt, input)
}

/** The same for a button that answers: what it says is read from the document alone. */
async function pressDealt(
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
    const found = { ...held, about, dataset, document: dataset.document, rowVersion }
    rememberDealt(parley, { labeler, found })
  }
  return { type: 'task', card: cardOf(next, dataset), notice: saved.summary, undo: saved }
}

/** Stores what presses or taps have answered; where more is required, opens the form with it. */
async function finish(
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

/** What was typed or tapped and not submitted; the suggestions shown are nobody's answer yet. */
function draftOf({ response }: FoundAssignment): Values {
  return response?.draft ?? (response?.status === 'draft' ? response.values : {})
}

function withDraft(found: FoundAssignment, draft: Values): FoundAssignment {
  const { response } = found
  const fresh = {
    status: 'draft' as const,
    reason: null,
    revision: 1,
    submittedAt: null,
    seconds: null,
    schemaVersion: found.dataset.schemaVersion,
    flags: [],
  }
  return { ...found, response: { ...(response ?? fresh), values: draft, draft: null } }
}

/** What a person sees who answers again what is answered: the receipt, and the task that is theirs. */
async function afterAnswer(
  parley: Parley,
  labeler: Labeler,
  found: FoundAssignment,
): Promise<Reply> {
  const saved = receiptFor(found, savedText(found), true)
  if (found.postId !== null) return { type: 'receipt', saved }
  return goOn(parley, labeler, found.dataset, saved)
}

async function goOn(
  parley: Parley,
  labeler: Labeler,
  dataset: Dataset,
  saved: Receipt,
  after?: string,
): Promise<Reply> {
  const next = dataset.status === 'ready' ? await nextTask(parley, labeler, dataset, after) : null
  if (next?.type === 'task') return { ...next, notice: saved.summary, undo: saved }
  return ended(parley, labeler, dataset, saved)
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
  const { notice, elsewhere } = await allDone(parley, labeler, dataset.name)
  return { type: 'receipt', saved, notice, ...(elsewhere ? { elsewhere } : {}) }
}

/** Whether what an invitation asked for is done with this record. */
function isLastOfBatch({ tally, status }: Pick<Assignment, 'tally' | 'status'>): boolean {
  const { goal, goalFrom, submitted, discarded } = tally
  const isOpen = status === 'leased' || status === 'expired'
  return isOpen && goal !== null && submitted + discarded - goalFrom + 1 >= goal
}

async function endedBatch(
  parley: Parley,
  labeler: Labeler,
  { datasetId, tally }: Pick<Assignment, 'datasetId' | 'tally'>,
  saved: Receipt,
): Promise<Reply> {
  await endBatch(parley, labeler, datasetId)
  const notice = spoken().batchDone(tally.goal ?? 0)
  return { type: 'receipt', saved, notice, goesOn: true }
}

function isTooSoon(parley: Parley, { shownAt }: Pick<Assignment, 'shownAt'>): boolean {
  if (!shownAt) return false
  const since = parley.now().getTime() - shownAt.getTime()
  return since >= 0 && since < repaintGuardMs
}

function savedReceipt({ assignment, values, revision }: Submitted): Receipt {
  const said = summarize(assignment.document.questions, values, assignment.shownOrder)
  return receiptFor(assignment, spoken().savedAs(said), true, { revision, values })
}
