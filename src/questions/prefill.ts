/** Text questions whose form starts with a field's text, to be reworded. Left as it is, it is no answer. Pure. */
import type { Question, TextQuestion } from './question.ts'
import type { Values } from './values.ts'

/** Slack's inputs hold no more; longer texts are not prefilled. */
const mostPrefilled = 3000

type Fields = Readonly<Record<string, unknown>>

/** What these questions start with, given the record's fields. */
export function prefilledValues(questions: readonly Question[], fields: Fields): Values {
  const values: Values = {}
  for (const question of prefilled(questions)) {
    const text = textOf(question, fields)
    const most = Math.min(question.max_chars ?? mostPrefilled, mostPrefilled)
    if (text !== undefined && text.length <= most) values[question.name] = text
  }
  return values
}

/** The same answer without the texts that were left as the form had them. */
export function withoutPrefilled(
  questions: readonly Question[],
  values: Values,
  fields: Fields,
): Values {
  const kept = { ...values }
  for (const question of prefilled(questions)) {
    const value = Object.hasOwn(kept, question.name) ? kept[question.name] : undefined
    const text = textOf(question, fields)
    if (typeof value === 'string' && text !== undefined && plain(value) === plain(text))
      delete kept[question.name]
  }
  return kept
}

/** Whether answers of these questions have to be compared with what their forms started with. */
export function isPrefilled(questions: readonly Question[]): boolean {
  return prefilled(questions).length > 0
}

function prefilled(questions: readonly Question[]): TextQuestion[] {
  return questions.flatMap((one) => (one.type === 'text' && one.prefill !== undefined ? one : []))
}

function textOf({ prefill = '' }: TextQuestion, fields: Fields): string | undefined {
  const text = Object.hasOwn(fields, prefill) ? fields[prefill] : undefined
  return typeof text === 'string' && text.trim() !== '' ? text : undefined
}

/** Forms change ends of lines, and blanks at both ends. */
function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n').trim()
}
