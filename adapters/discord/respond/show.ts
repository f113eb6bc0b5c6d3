/** Shows a Reply where its gesture was made. */
import { rm } from 'node:fs/promises'
import type { AskForm, FeedbackForm, Reply, TaskCard } from '../../../src/chat/port/port.ts'
import { surfaceOf } from '../../../src/chat/port/surfaces.ts'
import { drawExportForm, drawImportForm } from '../draw/admin/admin-forms.ts'
import { drawAskForm } from '../draw/ask-form.ts'
import { textWithin } from '../draw/budget.ts'
import { drawFeedbackForm } from '../draw/feedback-form.ts'
import { aboveOf, drawMessage, fileName } from '../draw/message.ts'
import { drawCard } from '../draw/task/card.ts'
import { first, planStep } from '../draw/task/form-steps.ts'
import { drawForm, showsAll } from '../draw/task/forms.ts'
import type { Above } from '../draw/task/layouts.ts'
import { drawPage } from '../draw/task/reading.ts'
import type { Asked } from '../receive/parsed.ts'
import type { Start } from '../receive/task-ids.ts'
import {
  type Answer,
  type AnswerContext,
  type Answers,
  beside,
  only,
  type Place,
  place,
} from './answers.ts'

/** Shows a Reply where its gesture was made. */
export async function show(
  reply: Reply,
  context: AnswerContext,
  at: Place,
  asked: Asked = {},
  start: Start | null = null,
): Promise<Answers> {
  if (reply.type === 'form')
    return { ...only(openForm(reply.card, aboveOf(reply), start, at)), shows: reply }
  if (reply.type === 'file') return only(await fileOf(reply, context, at))
  if (reply.type === 'reader') {
    const { assignmentId } = reply.reader
    return only(beside(drawPage(reply.reader, 0, null, at.said, assignmentId), at))
  }
  if (reply.type === 'export-form' || reply.type === 'import-form')
    return only(openAdminForm(reply, at))
  if (reply.type === 'ask-form') return only(openAskForm(reply.form, at))
  if (reply.type === 'feedback-form') return only(openFeedbackForm(reply.form, at))
  if (reply.type === 'nothing') return only({ type: 'nothing' })
  const drawn = drawMessage(reply, at.said, asked).components
  switch (surfaceOf(reply)) {
    case 'notice':
      return only(beside(drawn, at))
    case 'card':
    case 'message':
    case 'overview':
    case 'public':
      return { ...only(place(drawn, at)), shows: reply }
  }
}

/** The form of a question; if no form can open any more, the consent it would have asked for. */
function openAskForm(form: AskForm, at: Place): Answer {
  const instead = () =>
    beside([textWithin([form.consent?.text ?? '', at.said.pressOnceMore].join('\n\n').trim())], at)
  if (!at.opens) return instead()
  return { type: 'modal', modal: drawAskForm(form, at.nonce, at.said), instead }
}

function openFeedbackForm(form: FeedbackForm, at: Place): Answer {
  const instead = () => beside([textWithin(`${form.note}\n\n${at.said.pressOnceMore}`)], at)
  if (!at.opens) return instead()
  return { type: 'modal', modal: drawFeedbackForm(form, at.nonce, at.said), instead }
}

/** An admin's form; the same as a message with a button where no form can open. */
function openAdminForm(reply: Reply & { type: 'export-form' | 'import-form' }, at: Place): Answer {
  const instead = () => beside(drawMessage(reply, at.said).components, at)
  if (!at.opens) return instead()
  const modal =
    reply.type === 'export-form'
      ? drawExportForm(reply.form, at.nonce, at.said)
      : drawImportForm(reply.dataset, at.nonce, at.said)
  return modal ? { type: 'modal', modal, instead } : instead()
}

/** A message with its file; a copy made for this one delivery is deleted afterwards. */
async function fileOf(
  reply: Reply & { type: 'file' },
  context: AnswerContext,
  at: Place,
): Promise<Answer> {
  const body = drawMessage(reply, at.said, { ephemeral: at.ephemeral })
  const bytes = await context.readFile(reply.path)
  if (reply.once) await rm(reply.path, { force: true })
  return { type: 'message', body, files: [{ name: fileName(reply.name), bytes }] }
}

/**
 * The form of a card from a question on. The card with a button that opens it where none can open, and
 * where a person who edits an answer could not read everything in the form: no card is on screen.
 */
function openForm(card: TaskCard, above: Above, asked: Start | null, at: Place): Answer {
  const start = asked ?? first
  const isBlind = card.editing && asked === null && !showsAll(card, start, at.said)
  const modal = at.opens && !isBlind ? drawForm(card, start, at.nonce, at.said) : null
  const hasStep = planStep(card, start).parts.length > 0
  const instead = () => place(drawCard(card, above, at.said, hasStep ? { go: start } : {}), at)
  return modal ? { type: 'modal', modal, instead } : instead()
}
