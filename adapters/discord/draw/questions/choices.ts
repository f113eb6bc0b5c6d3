/** Ratings and labels: in a form, or in pages of a menu on the card. Pure. */
import type { Words } from '../../../../src/chat/words/words.ts'
import {
  type Choice,
  type ChoiceQuestion,
  choicesOf,
  isOptional,
} from '../../../../src/questions/options.ts'
import type { Question } from '../../../../src/questions/question.ts'
import type { SingleValue, Value } from '../../../../src/questions/values.ts'
import { limits } from '../../limits.ts'
import { type Input, type Option, option } from '../components.ts'

/** Answered by a menu on the card, in pages, because a form's menu holds 25. */
export function isPicked(question: Question): boolean {
  if (question.type !== 'label' && question.type !== 'multi_label') return false
  return question.of === 'record' && choiceCount(question) > limits.selectOptions
}

export function drawChoiceInput(
  question: ChoiceQuestion,
  id: string,
  value: SingleValue | undefined,
  said: Words,
): Input {
  const choices = choicesOf(question)
  if (question.type === 'multi_label') {
    const chosen = Array.isArray(value) ? value : null
    const options = choices.map((one) =>
      option(one.text, one.key, {
        description: one.description,
        chosen: chosen?.includes(String(one.value)) ?? false,
      }),
    )
    if (question.none_option)
      options.push(option(said.noneOfThese, noneValue, { chosen: chosen?.length === 0 }))
    return drawAnyOf(id, options, isOptional(question), said)
  }
  const options = choices.map((one) =>
    option(one.text, one.key, { description: one.description, chosen: one.value === value }),
  )
  return drawOneOf(id, options, isOptional(question), said.chooseOne, said)
}

/** One of several; an optional one has a way to take a choice back. */
export function drawOneOf(
  id: string,
  options: Option[],
  optional: boolean,
  placeholder: string,
  said: Words,
): Input {
  const all = optional ? [...options, option(said.noAnswer, noneValue)] : options
  if (all.length <= limits.radioOptions)
    return { type: 21, custom_id: id, options: all, required: !optional }
  return drawSelect(id, options, optional, placeholder)
}

/** One of several in a menu, which an optional question may leave empty. */
export function drawSelect(
  id: string,
  options: Option[],
  optional: boolean,
  placeholder: string,
): Input {
  return {
    type: 3,
    custom_id: id,
    placeholder,
    options,
    min_values: optional ? 0 : 1,
    max_values: 1,
    required: !optional,
  }
}

/** Any of several. */
export function drawAnyOf(id: string, options: Option[], optional: boolean, said: Words): Input {
  const counts = {
    required: !optional,
    min_values: optional ? 0 : 1,
    max_values: options.length,
  }
  return options.length <= limits.checkboxOptions
    ? { type: 22, custom_id: id, options, ...counts }
    : { type: 3, custom_id: id, placeholder: said.chooseSome, options, ...counts }
}

/** What was chosen, by the keys of choicesOf; undefined for nothing. */
export function readChosen(
  question: ChoiceQuestion,
  chosen: readonly string[],
): SingleValue | undefined {
  const choices = choicesOf(question)
  const values = choices.flatMap(({ key, value }) => (chosen.includes(key) ? [value] : []))
  if (question.type !== 'multi_label') return values[0]
  if (chosen.length === 0) return undefined
  const labels = values.map(String)
  // "None of these" together with a label is a slip: '' is no label, so it is asked again.
  return chosen.includes(noneValue) && labels.length > 0 ? [...labels, ''] : labels
}

const noneValue = 'none'

function choiceCount(question: ChoiceQuestion): number {
  const extra = question.type === 'multi_label' && question.none_option ? 1 : 0
  return question.options.length + extra
}

/** The pages of a menu on the card. "None of these" is on the last. */
export function pagesOf(question: ChoiceQuestion, said: Words): Choice[][] {
  const choices = choicesOf(question)
  if (question.type === 'multi_label' && question.none_option)
    choices.push({ key: noneValue, value: '', text: said.noneOfThese })
  const pages: Choice[][] = []
  for (let i = 0; i < choices.length; i += limits.selectOptions)
    pages.push(choices.slice(i, i + limits.selectOptions))
  return pages
}

/** The value after a choice on one page of the menu; choices on other pages stay. */
export function pickOn(
  question: ChoiceQuestion,
  page: readonly Choice[],
  chosen: readonly string[],
  before: Value | undefined,
): SingleValue | undefined {
  if (question.type !== 'multi_label') return readChosen(question, chosen)
  if (chosen.includes(noneValue) && chosen.length === 1) return []
  const here = new Set(page.map(({ value }) => String(value)))
  const elsewhere = Array.isArray(before)
    ? before.flatMap((one) => (typeof one === 'string' && !here.has(one) ? [one] : []))
    : []
  const picked = page.flatMap(({ key, value }) => (chosen.includes(key) ? [String(value)] : []))
  const all = new Set([...elsewhere, ...picked])
  const ordered = choicesOf(question).flatMap(({ value }) =>
    all.has(String(value)) ? [String(value)] : [],
  )
  return ordered.length > 0 ? ordered : undefined
}
