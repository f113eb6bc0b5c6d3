/** The inputs of a question in a form, their entries, and their initial values. Pure. */
import { asEach, asSingle } from '../../../../src/questions/earlier.ts'
import type { Question } from '../../../../src/questions/question.ts'
import type { SingleValue, Value } from '../../../../src/questions/values.ts'

/**
 * One input of a question: the position of an output, or a word; for texts also `+` (continued; `+_`
 * after a blank), `^` (a file) and `~` (an earlier text too long to show: if left empty, it stays).
 */
export type Part = { question: number; place: string }

/** The form the inputs belong to, and the ids of the outputs shown, in order. */
export type Form = {
  outputs: readonly string[]
  nonce: string
  /** The hint for a text that is too long for an input. */
  tooLong?: string
}

/** The entries, by `question:place`; includes inputs that were shown and left empty. */
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
