/** Texts in forms: over two inputs where one is too short, or as a file. Pure. */
import type { Words } from '../../../../src/chat/words/words.ts'
import { isOptional } from '../../../../src/questions/options.ts'
import type { SingleValue, Value } from '../../../../src/questions/values.ts'
import { limits } from '../../limits.ts'
import { type Input, type Label, label } from '../components.ts'
import { type Find, type Form, type TextQuestion, textAt } from './inputs.ts'

export function drawText(
  question: TextQuestion,
  place: string,
  id: string,
  {
    title,
    hint,
    value,
    form,
    withFile = false,
  }: { title: string; hint: string; value: Value | undefined; form: Form; withFile?: boolean },
  said: Words,
): Label {
  if (place.endsWith('^')) {
    const upload = {
      type: 19 as const,
      custom_id: id,
      required: false,
      min_values: 0,
      max_values: 1,
      file_types: ['.md', '.markdown', '.txt', '.text'],
    }
    return label(said.orFile, upload, said.orFileHint)
  }
  const isMore = place.includes('+')
  const split = splitInput(textAt(value, place, form.outputs))
  const text = (isMore ? split?.more : split?.first) ?? ''
  const input: Input = {
    type: 4,
    custom_id: id,
    style: 2,
    required: !isMore && !place.endsWith('~') && !withFile && !isOptional(question),
    max_length: limits.inputText,
    ...(text === '' ? {} : { value: text }),
  }
  if (isMore) return label(said.continued(title), input)
  return label(title, input, place.endsWith('~') ? (form.tooLong ?? said.answerTooLong) : hint)
}

/** A text over two inputs; `after` is how the second follows the first. Null when it is too long. */
export function splitInput(text: string): { first: string; more: string; after: '' | '_' } | null {
  if (text.length <= limits.inputText) return { first: text, more: '', after: '' }
  if (text.length > limits.inputText + full) return null
  for (const [mark, after] of [
    ['\n', ''],
    [' ', '_'],
  ] as const) {
    for (let end = full - 1; end >= text.length - limits.inputText - 1 && end > 0; end--) {
      if (text[end] !== mark) continue
      const [first, more] = [text.slice(0, end), text.slice(end + 1)]
      if (isSafe(first) && isSafe(more)) return { first, more, after }
    }
  }
  const unit = text.charCodeAt(limits.inputText)
  const end = unit >= 0xdc00 && unit <= 0xdfff ? full : limits.inputText
  return { first: text.slice(0, end), more: text.slice(end), after: '' }
}

/** The inverse: a full first input continues without a break. */
export function joinInput(first: string, more: string, after: '' | '_'): string {
  if (more === '') return first
  if (first === '') return more
  if (after === '_') return `${first} ${more}`
  return first.length >= full ? first + more : `${first}\n${more}`
}

/** An input this long is full: a character of two units would not fit. */
const full = limits.inputText - 1

/** Discord may trim entries. */
function isSafe(text: string): boolean {
  return text !== '' && text.trim() === text
}

export function readText(
  place: string,
  found: Find,
  before: SingleValue | undefined,
): SingleValue | undefined {
  const file = found(`${place}^`)?.file
  if (file !== undefined && file !== '') return file
  const first = found(place)
  const kept = found(`${place}~`)
  if (!first && !kept) return before
  const spaced = found(`${place}+_`)
  const more = (spaced ?? found(`${place}+`))?.text ?? ''
  const text = joinInput((first ?? kept)?.text ?? '', more, spaced ? '_' : '')
  if (kept && text.trim() === '') return before
  return text.trim() === '' ? undefined : text
}
