/** The form of a task: what to read, then an input for each question. Pure. */

import type { TaskCard } from '../../../../src/chat/port/port.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { askedQuestions, ownValue } from '../../../../src/questions/values.ts'
import { budgets, limits } from '../../limits.ts'
import { drawFileInput, fileQuestion } from '../../receive/answer-file.ts'
import { formId, noticeId } from '../../receive/ids.ts'
import { type Meta, writeMeta } from '../../receive/metadata.ts'
import { alert } from '../alerts.ts'
import { actions, divider, header, jsonSize, label, plain, type View } from '../blocks.ts'
import { inputIds, withDispatch } from '../questions/input.ts'
import { drawQuestion } from '../questions/question.ts'
import { title } from '../text.ts'
import { drawPage, drawProgress, drawSkip, drawSuggestion, rowIfAny } from './controls.ts'
import { drawReading } from './reading.ts'
import { type Above, drawAbove } from './receipt.ts'

/**
 * `takesFile`: a long text may be given as a file, which needs a scope. `alert`: why the form is shown
 * again, when that is about none of its inputs.
 */
export type AboveForm = Above & { takesFile?: boolean; alert?: string }

/** The form of a card: what to read, then an input for each question. */
export function drawForm(card: TaskCard, meta: Meta, above: AboveForm, said: Words): View {
  if (card.onPage) return drawPageForm(card, meta, above, said)
  const outputs = card.outputs.map((output) => output.id)
  const texts = card.questions
    .filter((question) => question.type === 'text')
    .reduce((sum, question) => sum + (question.of === 'record' ? 1 : outputs.length), 0)
  const initialBytes = Math.floor(budgets.initialBytes / Math.max(1, texts))
  const tooLong = card.improving ? { tooLong: said.improveTooLong } : {}
  const form = { assignmentId: card.assignmentId, outputs, initialBytes, ...tooLong }
  const asked = askedQuestions(card.questions, card.values)
  const byFile = above.takesFile ? fileQuestion(card.questions) : null
  const inputs = card.questions.flatMap((question) => {
    if (!asked.has(question.name)) return []
    const drawn = drawQuestion(question, ownValue(card.values, question.name), form, said)
    const all = withDispatch(drawn)
    if (question.name !== byFile) return all
    // People fill in one of the two; the submission is checked for that.
    const hint = label(said.typeOrFile, limits.inputHint)
    const free = all.map((block) =>
      block.type === 'input' ? { hint, ...block, optional: true } : block,
    )
    return [...free, drawFileInput(card.assignmentId, question.name, said)]
  })
  const top = [
    ...alert(above.alert ?? ''),
    ...drawAbove(above, said),
    header(card.dataset.title),
    drawProgress(card, said),
  ]
  const bottom = [divider(), ...drawSuggestion(card), ...inputs, ...rowIfAny(drawSkip(card, said))]
  const bottomSize = jsonSize(bottom)
  const room = {
    blocks: budgets.viewBlocks - top.length - bottom.length,
    size: budgets.viewBytes - jsonSize(top) - bottomSize,
    on: 'view' as const,
  }
  const view = { type: 'modal' as const, private_metadata: writeMeta(meta) }
  const isEmpty = inputIds(inputs).length === 0
  const isTooMuch = room.blocks < budgets.readingBlocks || bottomSize > budgets.controlBytes
  if (isTooMuch || isEmpty)
    return {
      ...view,
      callback_id: noticeId,
      title: title(card.dataset.title, said),
      close: plain(said.close),
      blocks: [
        ...top,
        ...alert(isEmpty ? said.nothingToAnswer : said.tooManyControls, 'warning'),
        ...rowIfAny(drawSkip(card, said)),
      ],
    }
  return {
    ...view,
    callback_id: formId,
    notify_on_close: true,
    title: title(card.dataset.title, said),
    submit: plain(card.editing ? said.save : said.submit),
    close: plain(said.close),
    blocks: [...top, ...drawReading(card, room, said), ...bottom],
  }
}

/** What no window can ask is answered on the task's page: the window shows the texts, and leads there. */
function drawPageForm(card: TaskCard, meta: Meta, above: AboveForm, said: Words): View {
  const top = [
    ...drawAbove(above, said),
    header(card.dataset.title),
    ...alert(said.answeredOnPage, 'info'),
  ]
  const bottom = rowIfAny(actions(...drawPage(card, said)))
  const room = {
    blocks: budgets.viewBlocks - top.length - bottom.length,
    size: budgets.viewBytes - jsonSize(top) - jsonSize(bottom),
    on: 'view' as const,
  }
  return {
    type: 'modal',
    private_metadata: writeMeta(meta),
    callback_id: noticeId,
    title: title(card.dataset.title, said),
    close: plain(said.close),
    blocks: [...top, ...bottom, ...drawReading(card, room, said)],
  }
}
