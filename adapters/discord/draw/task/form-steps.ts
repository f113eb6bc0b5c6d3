/**
 * Discord's forms hold five components, and none opens another, so a card with more is answered in steps.
 * A step's inputs follow from where it starts. Pure.
 */
import type { TaskCard } from '../../../../src/chat/port/port.ts'
import { askedQuestions, ownValue } from '../../../../src/questions/values.ts'
import { limits } from '../../limits.ts'
import type { Start } from '../../receive/task-ids.ts'
import { isPicked } from '../questions/choices.ts'
import type { Part } from '../questions/inputs.ts'
import { partsOf } from '../questions/questions.ts'

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
    // A question that fits one form is not split.
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

/** Whether a ranking of this card is made by taps on it: no form asks for it then. */
export function isTapped(card: TaskCard): boolean {
  return card.taps !== null && !card.editing
}

type Placed = { part: Part; at: Start }

function formParts(card: TaskCard): Placed[] {
  // Answered on its page alone.
  if (card.onPage) return []
  const outputs = card.outputs.map(({ id }) => id)
  const asked = askedQuestions(card.questions, card.values)
  const tapped = isTapped(card)
    ? card.questions.find((one) => one.type === 'ranking' && one.required && !one.when)
    : undefined
  return card.questions.flatMap((question, i) =>
    asked.has(question.name) && question !== tapped
      ? partsOf(question, i, outputs, ownValue(card.values, question.name)).map((part, n) => ({
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

/** How many inputs a form holds beside the texts. */
export function inputsOf(card: TaskCard): number {
  const hasTexts = card.passages.length + card.outputs.length > 0
  return limits.modalComponents - (hasTexts ? 1 : 0)
}

function isSame(a: Start, b: Start): boolean {
  return a.question === b.question && a.part === b.part
}

function isLater(a: Start, b: Start): boolean {
  return a.question === b.question && a.part > b.part
}
