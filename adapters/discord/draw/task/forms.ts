/**
 * The forms of a card: Discord's hold five components, and none opens another, so a card with more is
 * answered in steps. A form covers the card, so its first component repeats the texts. A step's inputs
 * follow from where it starts. Pure.
 */
import type { TaskCard } from '../../../../src/chat/port/port.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { ownValue } from '../../../../src/questions/values.ts'
import { budgets } from '../../limits.ts'
import { formId } from '../../receive/form-ids.ts'
import { openId, type Start } from '../../receive/task-ids.ts'
import { sizeOf } from '../budget.ts'
import {
  type Button,
  button,
  type Label,
  type ModalBody,
  markdown,
  modal,
  small,
  type TextDisplay,
} from '../components.ts'
import type { Part } from '../questions/inputs.ts'
import { drawPart, extraParts } from '../questions/questions.ts'
import { inputsOf, planStep } from './form-steps.ts'
import { drawReadings, outputsOf, passagesOf, type Reading, type Text } from './reading.ts'

/** The form of a card from `start` on; null when it has nothing to ask there. */
export function drawForm(
  card: TaskCard,
  start: Start,
  nonce: string,
  said: Words,
): ModalBody | null {
  const { parts, next, isPart } = planStep(card, start)
  if (parts.length === 0) return null
  const { assignmentId, schemaVersion, editing } = card
  const tooLong = card.improving ? { tooLong: said.improveTooLong } : {}
  const form = { outputs: card.outputs.map(({ id }) => id), nonce, ...tooLong }
  const whole = roomy(card, parts)
  const labels = whole.flatMap((part): Label[] => {
    const question = card.questions[part.question]
    if (!question) return []
    const isShown = (place: string) =>
      whole.some((one) => one.question === part.question && one.place === place)
    const withFile = isShown(`${part.place.replace('~', '')}^`)
    const drawn = drawPart(question, part, ownValue(card.values, question.name), form, said, {
      withFile,
    })
    return drawn ? [drawn] : []
  })
  const isKept = whole.some(({ place }) => place.endsWith('~'))
  return modal(
    formId({ assignmentId, schemaVersion, next, isPart: isPart || isKept, editing, nonce }),
    card.dataset.title,
    [...drawTexts(card, readingsOf(card, parts, said), said), ...labels],
  )
}

/** Whether the form from `start` on shows every text in full, so that the card is not needed. */
export function showsAll(card: TaskCard, start: Start, said: Words): boolean {
  const { parts } = planStep(card, start)
  return readingsOf(card, parts, said).every(({ isWhole }) => isWhole)
}

/** The button that opens the form from `start` on. */
export function formButton(card: TaskCard, text: string, start: Start, style?: 'primary'): Button {
  return button(text, openId(card.assignmentId, { start, editing: card.editing }), style)
}

/** Adds extra inputs for long texts while inputs are left: required questions first. */
function roomy(card: TaskCard, parts: Part[]): Part[] {
  const whole = [...parts]
  const outputs = card.outputs.map(({ id }) => id)
  const inOrder = [...parts].sort((a, b) => weightOf(card, a) - weightOf(card, b))
  for (const part of inOrder) {
    const question = card.questions[part.question]
    const before = question && ownValue(card.values, question.name)
    for (const extra of question ? extraParts(question, part, { outputs, value: before }) : []) {
      const bare = extra.place.replace('+', '')
      const isThere = whole.some(
        ({ question: at, place }) =>
          at === extra.question &&
          (place === extra.place || (extra.place.includes('+') && place === `${bare}+_`)),
      )
      if (isThere || whole.length >= inputsOf(card)) continue
      const last = whole.findLastIndex(({ question: at }) => at === extra.question)
      const own = whole.findLastIndex(
        ({ question: at, place }) =>
          at === extra.question && Number.parseInt(place, 10) === Number.parseInt(bare, 10),
      )
      whole.splice((own < 0 ? last : own) + 1, 0, extra)
    }
    // Only a single text gets all its inputs; otherwise a form would be a wall of inputs.
    if (whole.length > parts.length) break
  }
  return whole
}

function weightOf(card: TaskCard, part: Part): number {
  return card.questions[part.question]?.required ? 0 : 1
}

/** The texts to read for a step; where it asks about single outputs, only those. */
function readingsOf(card: TaskCard, parts: readonly Part[], said: Words): Reading[] {
  const asksAll = parts.some(({ question }) => {
    const asked = card.questions[question]
    return asked?.type === 'ranking' || (asked?.type !== 'span' && asked?.of === 'record')
  })
  const places = new Set(parts.map(({ place }) => Number.parseInt(place, 10)))
  const outputs = outputsOf(card, said).filter((_, place) => asksAll || places.has(place))
  const texts: Text[] = [...passagesOf(card), ...outputs]
  return drawReadings(texts, budgets.formTexts - sizeOf(suggestedIn(card)), said)
}

/** What a model proposed: empty where it proposed nothing. */
function suggestedIn({ suggestion }: TaskCard): string {
  return suggestion === undefined ? '' : small(suggestion, 300)
}

function drawTexts(card: TaskCard, readings: readonly Reading[], said: Words): TextDisplay[] {
  if (readings.length === 0) return []
  const cut = readings.some(({ isWhole }) => !isWhole) ? [small(said.cutInForm)] : []
  const lines = [...readings.map(({ drawn }) => drawn), ...cut, suggestedIn(card)]
  return [markdown(lines.filter((line) => line !== '').join('\n\n'))]
}
