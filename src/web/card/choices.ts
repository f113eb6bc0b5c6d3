/** Texts, ratings and labels as inputs, and how each is read back. Pure: `draw` and `read` are inverses. */
import { choicesOf, isOptional } from '../../questions/options.ts'
import type { Question } from '../../questions/question.ts'
import type { SingleValue } from '../../questions/values.ts'
import { attributes, type Html, html } from '../page/markup.ts'
import { type Entered, firstOf } from './entered.ts'
import type { CardWords } from './words.ts'

export type SingleQuestion = Exclude<Question, { type: 'ranking' | 'span' }>

/** More options than these are a list to open: a wall of buttons is not read. */
const mostButtons = 20
/** Tells “None of these” from labels, whose keys begin with `o`. */
const none = 'none'

/** `name` is the input's, `label` what is read aloud, `about` the ids of hint and problem. */
export function drawSingle(
  question: SingleQuestion,
  value: SingleValue | undefined,
  { name, label, about }: { name: string; label: string; about: string | null },
  said: CardWords,
): Html {
  if (question.type === 'text') {
    const rows = Math.min(16, Math.max(4, String(value ?? '').split('\n').length + 1))
    const shared = { name, rows, dir: 'auto', 'aria-label': label, 'aria-describedby': about }
    // The first line break after the tag is the parser's, not the text's.
    return html`<textarea${attributes(shared)}>
${typeof value === 'string' ? value : ''}</textarea>`
  }
  const options = choicesOf(question)
  const isMany = question.type === 'multi_label'
  const isChosen = (one: (typeof options)[number]) =>
    Array.isArray(value) ? value.includes(String(one.value)) : one.value === value
  if (!isMany && options.length > mostButtons)
    return html`<select${attributes({ name, 'aria-label': label, 'aria-describedby': about })}>
<option value="">${isOptional(question) ? said.noAnswer : said.chooseOne}</option>
${options.map((one) => html`<option${attributes({ value: one.key, selected: isChosen(one) })}>${one.text}</option>`)}</select>`
  const extra = extraChoice(question, value, said)
  const all = [
    ...options.map((one) => ({ ...one, isChosen: isChosen(one) })),
    ...(extra ? [extra] : []),
  ]
  const type = isMany ? 'checkbox' : 'radio'
  return html`<div class="choices${question.type === 'rating' ? ' choices-row' : ''}" role="${isMany ? 'group' : 'radiogroup'}" aria-label="${label}"${attributes({ 'aria-describedby': about })}>
${all.map((one, at) => {
  const digit = digitOf(question, one.value, at)
  return html`<label class="choice"><input${attributes({ type, name, value: one.key, checked: one.isChosen, 'data-digit': digit })}><span class="choice-text" dir="auto">${one.text}${one.description ? html`<small>${one.description}</small>` : ''}</span>${digit === null || question.type === 'rating' ? '' : html`<kbd aria-hidden="true">${digit}</kbd>`}</label>\n`
})}</div>`
}

/** The key that chooses an option: of a rating its own number, else its place. */
function digitOf(
  question: SingleQuestion,
  value: string | number | undefined,
  at: number,
): number | null {
  const digit = question.type === 'rating' ? Number(value ?? Number.NaN) : at + 1
  return digit >= 0 && digit <= 9 ? digit : null
}

type Extra = {
  key: string
  text: string
  description?: string | undefined
  isChosen: boolean
  value?: undefined
}

function extraChoice(
  question: SingleQuestion,
  value: SingleValue | undefined,
  said: CardWords,
): Extra | null {
  if (question.type === 'multi_label') {
    if (!question.none_option) return null
    const isChosen = Array.isArray(value) && (value.length === 0 || value.includes(''))
    return { key: none, text: said.noneOfThese, isChosen }
  }
  return isOptional(question)
    ? { key: '', text: said.noAnswer, isChosen: value === undefined }
    : null
}

/** Undefined where nothing was answered. */
export function readSingle(
  question: SingleQuestion,
  entered: Entered,
  name: string,
): SingleValue | undefined {
  if (question.type === 'text') {
    const text = firstOf(entered, name)
    return text === undefined || text === '' ? undefined : text
  }
  const options = choicesOf(question)
  const chosen = entered.get(name) ?? []
  if (question.type !== 'multi_label') return options.find(({ key }) => key === chosen[0])?.value
  if (chosen.length === 0) return undefined
  const labels = options.flatMap(({ key, value }) => (chosen.includes(key) ? [String(value)] : []))
  // “None of these” beside a label is a slip: '' is no label, so it is asked again.
  return chosen.includes(none) && labels.length > 0 ? [...labels, ''] : labels
}
