/** Gestures on a task: open its form, answer, skip, undo, edit. */
import { sql } from 'kysely'
import { assignmentIdOf, type FoundAssignment } from '../../assignments/assignment.ts'
import { renewLease } from '../../assignments/lease.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { conflict, ParleyError } from '../../errors.ts'
import { getLabeler, type Labeler } from '../../labelers/labeler.ts'
import { tellAdmins } from '../../outbound/tell-admins.ts'
import { inTransaction, type Parley } from '../../parley.ts'
import { discardResponse } from '../../responses/discard.ts'
import { changeDraft, saveDraft } from '../../responses/draft.ts'
import { storedReason } from '../../responses/reason.ts'
import { undoResponse } from '../../responses/undo.ts'
import { cardOf } from '../cards/card.ts'
import { pressesFor } from '../cards/presses.ts'
import {
  answerText,
  isDone,
  lastReceipt,
  receiptFor,
  receiptOf,
  savedText,
  sayDiscarded,
} from '../cards/receipt.ts'
import { isWhole, tapQuestion, tapRanking } from '../cards/taps.ts'
import { requireFirst } from '../port/sight.ts'
import { spoken } from '../words/words.ts'
import { adoptSuggestion } from './answered/adopt.ts'
import { openImprovement, submitImprovement } from './answered/improve.ts'
import { keepDraft, keepUnlessChanged } from './drafts/keep-draft.ts'
import type { Gestures } from './gesture.ts'
import { draftOf, findOwn, isTooSoon, noteVote, previewNotice, withDraft } from './own-task.ts'
import { findPreview } from './preview.ts'
import {
  afterAnswer,
  answer,
  endedBatch,
  finish,
  goOn,
  isLastOfBatch,
  pressDealt,
  submitToDealt,
} from './store-answer.ts'

export const answerGestures: Gestures<
  'open' | 'press' | 'rank' | 'submit' | 'draft' | 'use' | 'discard' | 'undo' | 'edit'
> = {
  open: async (parley, interaction) => {
    const preview = await findPreview(parley, interaction)
    if (preview) return { type: 'form', card: preview.card }
    const improving = await openImprovement(parley, interaction)
    if (improving) return improving
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
    const adopted = await adoptSuggestion(parley, interaction)
    if (adopted) return adopted
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
    const improved = await submitImprovement(parley, interaction)
    if (improved) return improved
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
    const { seen } = interaction
    return seen === undefined
      ? keepDraft(parley, interaction)
      : keepUnlessChanged(parley, interaction, seen, (inside) => keepDraft(inside, interaction))
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
    const improving = await openImprovement(parley, interaction)
    if (improving) return improving
    const { found } = await findOwn(parley, interaction)
    if (found.dataset.status === 'closed') throw conflict((said) => said.closedStays)
    return { type: 'form', card: cardOf(found, found.dataset) }
  },
}

/** Enough people found fault with a record itself: its admins are notified, once. */
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
