/**
 * The forms of a card: Discord's hold five components, and none opens another, so a card with more is
 * answered in steps. A form covers the card, so the first component repeats what is to be read. Which
 * inputs a step shows is worked out from where it starts. Pure.
 */
import type { TaskCard } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { askedQuestions } from '../../../src/questions/values.ts'
import { budgets, limits } from '../limits.ts'
import { formId, openId, type Start } from '../receive/ids.ts'
import {
  type Button,
  button,
  type Label,
  type ModalBody,
  markdown,
  modal,
  small,
  type TextDisplay,
} from './components.ts'
import { drawPart, extraParts, isPicked, type Part, partsOf } from './questions.ts'
import { drawReadings, outputsOf, passagesOf, type Reading, type Text } from './reading.ts'

/** The inputs of one step, and where the next begins. */
export type Step = { parts: Part[]; next: Start | null; isPart: boolean }

export const first: Start = { question: 0, part: 0 }

/** The step of a card that begins at `start`; no parts when nothing is left to ask in a form. */
export function planStep(card: TaskCard, start: Start): Step {
  const all = formParts(card)
  const from = all.findIndex(
    (one) => one.at.question > start.question || isSame(one.at, start) || isLater(one.at, start),
  )
  const left = from < 0 ? [] : all.slice(from)
  const taken: typeof all = []
  const most = inputsOf(card)
  for (const group of groupsOf(left)) {
    const room = most - taken.length
    // A question that fits a form of its own is not torn apart.
    const isTorn = group.length > room && group.length <= most
    if (room === 0 || (isTorn && taken.length > 0)) break
    taken.push(...group.slice(0, room))
    if (group.length > room) break
  }
  const next = left[taken.length]?.at ?? null
  return {
    parts: taken.map(({ part }) => part),
    next,
    isPart: from !== 0 || next !== null || isTapped(card) || card.questions.some(isPicked),
  }
}

/** Whether anything of this card is answered in a form. */
export function hasForm(card: TaskCard): boolean {
  return formParts(card).length > 0
}

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
  const form = { outputs: card.outputs.map(({ id }) => id), nonce }
  const whole = roomy(card, parts)
  const labels = whole.flatMap((part): Label[] => {
    const question = card.questions[part.question]
    if (!question) return []
    const isShown = (place: string) =>
      whole.some((one) => one.question === part.question && one.place === place)
    const withFile = isShown(`${part.place.replace('~', '')}^`)
    const drawn = drawPart(question, part, ownValue(card, question.name), form, said, { withFile })
    return drawn ? [drawn] : []
  })
  const isKept = whole.some(({ place }) => place.endsWith('~'))
  return modal(
    formId({ assignmentId, schemaVersion, next, isPart: isPart || isKept, editing, nonce }),
    card.dataset.title,
    [...drawTexts(readingsOf(card, parts, said), said), ...labels],
  )
}

/** Whether the form from `start` on shows every text in full, so that it can be answered without the card. */
export function showsAll(card: TaskCard, start: Start, said: Words): boolean {
  const { parts } = planStep(card, start)
  return readingsOf(card, parts, said).every(({ isWhole }) => isWhole)
}

/** The button that opens the form from `start` on. */
export function formButton(card: TaskCard, text: string, start: Start, style?: 'primary'): Button {
  return button(text, openId(card.assignmentId, { start, editing: card.editing }), style)
}

/** Whether a ranking of this card is made by taps on it: no form asks for it then. */
export function isTapped(card: TaskCard): boolean {
  return card.taps !== null && !card.editing
}

type Placed = { part: Part; at: Start }

function formParts(card: TaskCard): Placed[] {
  const outputs = card.outputs.map(({ id }) => id)
  const asked = askedQuestions(card.questions, card.values)
  const tapped = isTapped(card)
    ? card.questions.find((one) => one.type === 'ranking' && one.required && !one.when)
    : undefined
  return card.questions.flatMap((question, i) =>
    asked.has(question.name) && question !== tapped
      ? partsOf(question, i, outputs, ownValue(card, question.name)).map((part, n) => ({
          part,
          at: { question: i, part: n },
        }))
      : [],
  )
}

function groupsOf(placed: readonly Placed[]): Placed[][] {
  const groups: Placed[][] = []
  for (const one of placed) {
    const last = groups.at(-1)
    if (last?.[0]?.at.question === one.at.question) last.push(one)
    else groups.push([one])
  }
  return groups
}

/** With what makes room for long texts, where inputs are left: required ones first. */
function roomy(card: TaskCard, parts: Part[]): Part[] {
  const whole = [...parts]
  const outputs = card.outputs.map(({ id }) => id)
  const inOrder = [...parts].sort((a, b) => weightOf(card, a) - weightOf(card, b))
  for (const part of inOrder) {
    const question = card.questions[part.question]
    const before = question && ownValue(card, question.name)
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
    // One text gets all it may need; more would turn a form into a wall of inputs.
    if (whole.length > parts.length) break
  }
  return whole
}

function weightOf(card: TaskCard, part: Part): number {
  return card.questions[part.question]?.required ? 0 : 1
}

/** How many inputs a form holds beside the texts. */
function inputsOf(card: TaskCard): number {
  const hasTexts = card.passages.length + card.outputs.length > 0
  return limits.modalComponents - (hasTexts ? 1 : 0)
}

/** What is to be read for a step; of the outputs only those it asks about, where it asks about each. */
function readingsOf(card: TaskCard, parts: readonly Part[], said: Words): Reading[] {
  const asksAll = parts.some(({ question }) => {
    const asked = card.questions[question]
    return asked?.type === 'ranking' || (asked?.type !== 'span' && asked?.of === 'record')
  })
  const places = new Set(parts.map(({ place }) => Number.parseInt(place, 10)))
  const outputs = outputsOf(card, said).filter((_, place) => asksAll || places.has(place))
  const texts: Text[] = [...passagesOf(card), ...outputs]
  return drawReadings(texts, budgets.formTexts, said)
}

function drawTexts(readings: readonly Reading[], said: Words): TextDisplay[] {
  if (readings.length === 0) return []
  const cut = readings.some(({ isWhole }) => !isWhole) ? [small(said.cutInForm)] : []
  return [markdown([...readings.map(({ drawn }) => drawn), ...cut].join('\n\n'))]
}

function isSame(a: Start, b: Start): boolean {
  return a.question === b.question && a.part === b.part
}

function isLater(a: Start, b: Start): boolean {
  return a.question === b.question && a.part > b.part
}

function ownValue(card: TaskCard, name: string) {
  return Object.hasOwn(card.values, name) ? card.values[name] : undefined
}
