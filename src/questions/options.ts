/** What may be chosen for a question, the same on every platform. Pure. */
import type { Question, RatingQuestion } from './question.ts'

export type ChoiceQuestion = Extract<Question, { type: 'rating' | 'label' | 'multi_label' }>

/** `key` stands in buttons and forms: the place in the document, short however long the label. */
export type Choice = {
  key: string
  value: string | number
  text: string
  description?: string | undefined
}

export function choicesOf(question: ChoiceQuestion): Choice[] {
  const choices: Omit<Choice, 'key'>[] =
    question.type === 'rating'
      ? question.options.map((value) => ({ value, text: ratingText(value, question.labels) }))
      : question.options.map(({ value, text, description }) => ({ value, text, description }))
  return choices.map((choice, i) => ({ key: `o${i}`, ...choice }))
}

/** A rating with its word, e.g. "5 · perfect". */
export function ratingText(value: number, labels: RatingQuestion['labels']): string {
  const word = labels?.[String(value)]
  return word ? `${value} · ${word}` : String(value)
}

/** Whether it may be left without an answer: it is not required, or it may not apply. */
export function isOptional(question: Question): boolean {
  return !question.required || question.when !== undefined
}
