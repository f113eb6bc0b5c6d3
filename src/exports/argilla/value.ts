/** One answer to one question as Argilla 2 takes it; what its server would refuse is counted instead. */

import { isObject } from '../../json.ts'
import { readRanks } from '../../quality/result/record-disagreement.ts'
import type { Question } from '../../questions/question.ts'
import { noneOption } from './none.ts'
import { type ArgillaPlan, fieldOfOutput, type PlannedQuestion } from './plan.ts'
import type { Lose, RecordsLine } from './records-line.ts'

export type Saying = {
  line: RecordsLine
  plan: ArgillaPlan
  lose: Lose
  /** A submitted ranking there ranks every option, including those for which the record has no output. */
  isPadded: boolean
}

/** Undefined if there is no value. */
export function sayValue(
  { question, output }: PlannedQuestion,
  value: unknown,
  saying: Saying,
): unknown {
  if (question.type === 'ranking') return sayRanking(value, saying)
  if (question.type === 'span') return saySpans(question, value, saying)
  const one = output === null ? value : valueOfOutput(value, output, saying)
  if (one === undefined) return undefined
  if (Array.isArray(one) && one.length === 0) {
    const none = noneOption(question)
    if (none !== null) return [none]
    saying.lose('the answer “none of these”')
    return undefined
  }
  if (isTaken(question, one)) return one
  saying.lose('a value that its question does not offer')
  return undefined
}

function valueOfOutput(value: unknown, place: number, { line, plan }: Saying): unknown {
  const { outputs } = plan
  const output = line.outputs.find(
    ({ id }, at) => fieldOfOutput(outputs, id, at) === outputs.names[place],
  )
  const one =
    output && isObject(value) && Object.hasOwn(value, output.id) ? value[output.id] : undefined
  // Only the text of an edit: an import computes the distance again.
  return isObject(one) ? one['text'] : one
}

function isTaken(question: Question, value: unknown): boolean {
  switch (question.type) {
    case 'text':
      return typeof value === 'string'
    case 'rating':
      return question.options.some((option) => option === value)
    case 'label':
      return question.options.some((option) => option.value === value)
    case 'multi_label': {
      const isOption = (one: unknown) => question.options.some((option) => option.value === one)
      return Array.isArray(value) && value.every(isOption) && new Set(value).size === value.length
    }
    case 'ranking':
    case 'span':
      return false
  }
}

/** Options best first with their ranks: ties share a rank, and options without an output come last. */
function sayRanking(value: unknown, { line, plan: { outputs }, lose, isPadded }: Saying): unknown {
  const ballot = readRanks(value)
  if (!ballot) return undefined
  if (isObject(value) && value['all_unacceptable'] === true)
    lose('“all unacceptable”, which no ranking says there')
  if (isObject(value) && value['strength'] !== undefined)
    lose('how much better the better one is, which no ranking says there')
  const items = line.outputs.flatMap(({ id }, at) => {
    const field = fieldOfOutput(outputs, id, at)
    const rank = Object.hasOwn(ballot.ranks, id) ? ballot.ranks[id] : undefined
    return field === null || rank === undefined ? [] : [{ value: field, rank }]
  })
  if (items.length === 0) return undefined
  const held = line.outputs.map(({ id }, at) => fieldOfOutput(outputs, id, at))
  const absent = outputs.names.filter((name) => !held.includes(name))
  const isWhole = items.length === held.length
  if (isPadded && isWhole && absent.length > 0) {
    const last = Math.max(...items.map(({ rank }) => rank)) + 1
    items.push(...absent.map((name) => ({ value: name, rank: last })))
    lose('a ranking of fewer outputs than Argilla has options: those without an output are last')
  }
  return items.toSorted((a, b) => a.rank - b.rank)
}

/** The server counts code points, as we do, and refuses positions beyond the text. */
function saySpans(
  question: Extract<Question, { type: 'span' }>,
  value: unknown,
  { line, lose }: Saying,
): unknown {
  if (!Array.isArray(value)) return undefined
  const text = line.fields[question.field]
  const length = typeof text === 'string' ? [...text].length : 0
  const spans = value.flatMap((span) => {
    const { label, start, end } = isObject(span) ? span : {}
    const isInside =
      typeof start === 'number' &&
      typeof end === 'number' &&
      start >= 0 &&
      start < end &&
      end <= length
    return isInside && question.options.some((option) => option.value === label)
      ? [{ label, start, end }]
      : []
  })
  if (spans.length < value.length) lose('a span that its field or its question does not have')
  return spans
}
