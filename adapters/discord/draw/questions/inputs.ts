/** The inputs of a question in a form, what was entered in them, and what they start from. Pure. */
import { asEach, asSingle } from '../../../../src/questions/earlier.ts'
import type { Question } from '../../../../src/questions/question.ts'
import type { SingleValue, Value } from '../../../../src/questions/values.ts'

/**
 * One input of a question: the place of an output, or a word; of texts also `+` (continued; `+_` after
 * a blank), `^` (a file) and `~` (an earlier text too long to stand here: left empty, it stays).
 */
export type Part = { question: number; place: string }

/** Which form the inputs stand in, and the ids of the outputs shown, in order. */
export type Form = {
  outputs: readonly string[]
  nonce: string
  /** What to say of a text that is too long to stand in an input. */
  tooLong?: string
}

/** What was entered: by `question:place`; an input that was shown and left empty is there too. */
export type Entered = ReadonlyMap<string, Filled>
export type Filled = { text?: string; chosen?: readonly string[]; file?: string }

export type SingleQuestion = Exclude<Question, { type: 'ranking' | 'span' }>
export type TextQuestion = Extract<Question, { type: 'text' }>
export type Find = (place: string | number) => Filled | undefined

/** The earlier text about the record, or about the output whose place a part names. */
export function textAt(
  value: Value | undefined,
  place: string,
  outputs: readonly string[],
): string {
  const one = singleAt(value, place, outputs)
  return typeof one === 'string' ? one : ''
}

export function singleAt(
  value: Value | undefined,
  place: string,
  outputs: readonly string[],
): SingleValue | undefined {
  const at = Number.parseInt(place, 10)
  if (Number.isNaN(at)) return asSingle(value)
  return asEach(value).get(outputs[at] ?? '')
}
