/**
 * Per question type, how a Discord form asks it and how its answer is read back: `draw` and `read` are
 * inverses, kept side by side. A question is asked in parts, an input each, because a form holds five
 * inputs only; outputs are named by their place on the card, never by id.
 */
import type { Words } from '../../../../src/chat/words/words.ts'
import { asEach, asSingle } from '../../../../src/questions/earlier.ts'
import type { Question } from '../../../../src/questions/question.ts'
import { letterOf, type SingleValue, type Value } from '../../../../src/questions/values.ts'
import { limits } from '../../limits.ts'
import { inputId } from '../../receive/form-ids.ts'
import { type Label, label } from '../components.ts'
import { drawChoiceInput, isPicked, readChosen } from './choices.ts'
import {
  type Entered,
  type Find,
  type Form,
  type Part,
  type SingleQuestion,
  singleAt,
  textAt,
} from './inputs.ts'
import { hintOf } from './legend.ts'
import { drawRanking, rankingPlaces, readRanking } from './ranking.ts'
import { drawText, readText, splitInput } from './text.ts'

/** The inputs a question needs, in order. Texts may get more where there is room; see extraParts. */
export function partsOf(
  question: Question,
  at: number,
  outputs: readonly string[],
  value?: Value,
): Part[] {
  const part = (place: string | number) => ({ question: at, place: String(place) })
  if (question.type === 'span' || isPicked(question)) return []
  if (question.type === 'ranking') return rankingPlaces(question, outputs, value).map(part)
  const places = question.of === 'record' ? [''] : outputs.map((_, place) => String(place))
  if (question.type !== 'text') return places.map(part)
  return places.flatMap((place) => {
    const split = splitInput(textAt(value, place, outputs))
    if (split === null) return [part(`${place}~`)]
    return split.more === '' ? [part(place)] : [part(place), part(`${place}+${split.after}`)]
  })
}

/**
 * Extra inputs for a long text: a file, and a second input once the earlier text nearly fills the first.
 */
export function extraParts(
  question: Question,
  { question: at, place }: Part,
  { outputs, value }: { outputs: readonly string[]; value?: Value | undefined },
): Part[] {
  if (question.type !== 'text' || !/^\d*~?$/.test(place)) return []
  if ((question.max_chars ?? Number.POSITIVE_INFINITY) <= limits.inputText) return []
  const bare = place.replace('~', '')
  const isLong = textAt(value, place, outputs).length > limits.inputText * nearlyFull
  return [
    ...(isLong ? [{ question: at, place: `${bare}+` }] : []),
    { question: at, place: `${bare}^` },
  ]
}

/** From this share of an input on, a second one is offered. */
const nearlyFull = 0.75

/** Draws one input with the value it starts from. */
export function drawPart(
  question: Question,
  { question: at, place }: Part,
  value: Value | undefined,
  form: Form,
  said: Words,
  more: { withFile?: boolean } = {},
): Label | null {
  if (question.type === 'span') return null
  const id = inputId(at, place, form.nonce)
  if (question.type === 'ranking') return drawRanking(question, place, id, value, form, said)
  const title =
    question.of === 'record'
      ? question.title
      : said.about(question.title, letterOf(Number.parseInt(place, 10)))
  const hint = hintOf(question, title, said)
  if (question.type === 'text')
    return drawText(question, place, id, { title, hint, value, form, ...more }, said)
  const single = singleAt(value, place, form.outputs)
  return label(title, drawChoiceInput(question, id, single, said), hint)
}

/**
 * Reads a question's answer back; undefined if nothing was answered. `before` is the stored value: parts
 * that the form did not show stay unchanged.
 */
export function readQuestion(
  question: Question,
  at: number,
  entered: Entered,
  { outputs }: Pick<Form, 'outputs'>,
  before?: Value,
): unknown {
  if (question.type === 'span') return undefined
  const found = (place: string | number) => entered.get(`${at}:${place}`)
  if (question.type === 'ranking') return readRanking(question, found, outputs, before)
  if (question.of === 'record') return readSingle(question, '', found, asSingle(before))
  const was = asEach(before)
  const each = outputs.flatMap((output, place) => {
    const one = readSingle(question, String(place), found, was.get(output))
    return one === undefined ? [] : [[output, one] as const]
  })
  return each.length > 0 ? Object.fromEntries(each) : undefined
}

function readSingle(
  question: SingleQuestion,
  place: string,
  found: Find,
  before: SingleValue | undefined,
): SingleValue | undefined {
  if (question.type === 'text') return readText(place, found, before)
  const filled = found(place)
  if (!filled) return before
  return readChosen(question, filled.chosen ?? [])
}
