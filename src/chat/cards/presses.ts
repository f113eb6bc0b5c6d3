/**
 * Ready answers: when one press can answer a whole record, the card carries the presses. Pure, so
 * that an old button can be worked out again from its place in the list and its schema version.
 */

import { ratingText } from '../../questions/options.ts'
import type { LabelQuestion, Question, RankingQuestion } from '../../questions/question.ts'
import { allowsTies } from '../../questions/ranking-form.ts'
import { letterOf, type Value } from '../../questions/values.ts'
import type { Press } from '../port/port.ts'
import { spoken, type Words } from '../words/words.ts'

const mostPresses = 6

/** The presses of a card, or none when a form is needed. `outputs` in the order they are shown. */
export function pressesFor(
  questions: readonly Question[],
  outputs: readonly string[],
  said = spoken(),
): Press[] {
  const required = questions.filter((question) => question.required)
  const [only] = required
  if (!only || required.length > 1 || only.when !== undefined) return []
  const presses = answersOf(only, outputs, said).map(({ text, value, style, tone }) => ({
    text,
    values: { [only.name]: value },
    ...(style ? { style } : {}),
    ...(tone ? { tone } : {}),
  }))
  return presses.length <= mostPresses ? presses : []
}

type Answer = Pick<Press, 'text' | 'style' | 'tone'> & { value: Value }

function answersOf(question: Question, outputs: readonly string[], said: Words): Answer[] {
  if (question.type === 'ranking') return pairAnswers(question, outputs, said)
  if (question.type !== 'rating' && question.type !== 'label') return []
  const single: Answer[] =
    question.type === 'rating'
      ? question.options.map((value) => ({ text: ratingText(value, question.labels), value }))
      : labelAnswers(question)
  if (question.of === 'record') return single
  const [id] = outputs
  if (id === undefined || outputs.length > 1) return []
  return single.map(({ value, ...answer }) => ({ ...answer, value: aboutOutput(id, value) }))
}

/** Of two labels one of which is desirable, that one is thumbs up and the other thumbs down. */
function labelAnswers({ options, desirable = [] }: LabelQuestion): Answer[] {
  const isGood = (value: string) => desirable.includes(value)
  const isThumbs = options.length === 2 && options.filter(({ value }) => isGood(value)).length === 1
  return options.map(({ value, text }) => ({
    text,
    value,
    ...(isThumbs ? { tone: isGood(value) ? 'positive' : 'negative' } : {}),
  }))
}

/** Two outputs: A is better, equal, B is better, neither; with strength "much" on both sides. */
function pairAnswers(question: RankingQuestion, outputs: readonly string[], said: Words): Answer[] {
  const [first, second] = outputs
  if (first === undefined || second === undefined || outputs.length > 2) return []
  const { mode } = question
  const better = (best: string, rest: string, strength?: 1 | 2): Value => ({
    mode,
    ranks: ranksOf([best, 1], [rest, 2]),
    ...(strength ? { strength } : {}),
    all_unacceptable: false,
  })
  const [a, b] = [letterOf(0), letterOf(1)]
  const answers: Answer[] = question.strength
    ? [
        { text: said.muchBetter(a), value: better(first, second, 2) },
        { text: said.slightlyBetter(a), value: better(first, second, 1) },
      ]
    : [{ text: said.better(a), value: better(first, second) }]
  if (allowsTies(question))
    answers.push({
      text: said.equal,
      value: { mode, ranks: ranksOf([first, 1], [second, 1]), all_unacceptable: false },
    })
  if (question.strength)
    answers.push(
      { text: said.slightlyBetter(b), value: better(second, first, 1) },
      { text: said.muchBetter(b), value: better(second, first, 2) },
    )
  else answers.push({ text: said.better(b), value: better(second, first) })
  if (question.unacceptable)
    answers.push({ text: said.bothBad, value: { mode, ranks: {}, all_unacceptable: true } })
  return answers
}

function ranksOf(...ranks: [string, number][]): Record<string, number> {
  return Object.fromEntries(ranks.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function aboutOutput(id: string, value: Value): Value {
  return Object.fromEntries([[id, value]]) as Record<string, string | number>
}
