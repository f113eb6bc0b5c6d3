/**
 * What a labeler answered: one value per question, validated here and nowhere else.
 * Unanswered is absent, never 0 and never a default. Values always speak in output ids.
 */
import { invalid } from '../errors.ts'
import type { Say } from '../sentences.ts'
import { holds, parseWhen } from './condition.ts'
import { type EditsValue, editsKey, isEditsOf, readEdits } from './edits.ts'
import type { Question, RankingMode, RankingQuestion } from './question.ts'
import { keepSpans, readSpans, type SpanValue } from './spans.ts'

export type RankingValue = {
  mode: RankingMode
  /** Dense ranks, 1 = best; outputs not judged are absent. */
  ranks: Record<string, number>
  strength?: 1 | 2
  all_unacceptable: boolean
}
/** A ranking that is being made by taps, as a draft keeps it: `order` is how they came. */
export type TappedRanking = RankingValue & { tapped: Tapped }
export type Tapped = {
  order: string[]
  /** The next output tapped shares the rank of the last. */
  same: boolean
  /** How many taps there were, those taken back too: tells screens apart. */
  step: number
  /** When the last tap came, in milliseconds. */
  at: number
}
export type SingleValue = string | number | string[]
export type Value =
  | SingleValue
  | Record<string, SingleValue>
  | RankingValue
  | SpanValue
  | EditsValue
export type Values = Record<string, Value>
export type Problems = Record<string, string>

/** The value of a question; its name may be one that every object has, such as `constructor`. */
export function ownValue(values: Values | undefined, name: string): Value | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined
}

/**
 * What the labeler was shown: values about outputs may only name these, and spans lie within these texts, by
 * field. Without texts, spans are not accepted.
 */
export type Shown = { outputs: readonly string[]; texts?: { readonly [field: string]: unknown } }

/**
 * Checks every answer against its question and returns them cleaned (ranks dense, empties absent,
 * answers to questions whose condition does not hold left out).
 * @throws ParleyError `invalid` with one plain sentence per question.
 */
export function parseValues(questions: readonly Question[], input: unknown, shown: Shown): Values {
  const { values, problems } = readValues(questions, input, shown)
  const asked = askedQuestions(questions, values)
  const kept: Values = Object.create(null)
  for (const question of questions) {
    const value = values[question.name]
    if (!asked.has(question.name)) {
      delete problems[question.name]
      continue
    }
    const edits = values[editsKey(question.name)]
    if (edits !== undefined) kept[editsKey(question.name)] = edits
    if (value !== undefined) kept[question.name] = value
    else if (question.required && !problems[question.name])
      problems[question.name] = (said) => said.missing[question.type]
    if (question.required && value !== undefined && isPartial(question, value, shown))
      problems[question.name] ??= (said) => said.answerEvery
  }
  if (Object.keys(problems).length > 0) throw invalid(problems)
  return { ...kept }
}

/** Keeps what can be kept of a form that is not finished (half a ranking, a text too short); never throws. */
export function parseDraft(questions: readonly Question[], input: unknown, shown: Shown): Values {
  const { values } = readValues(questions, input, shown)
  if (!isObject(input)) return {}
  for (const question of questions) {
    if (values[question.name] !== undefined || !Object.hasOwn(input, question.name)) continue
    const kept = keepUnfinished(question, input[question.name], shown)
    if (kept !== undefined) values[question.name] = kept
  }
  return { ...values }
}

/** The questions whose condition holds (or that have none), given these answers. */
export function askedQuestions(questions: readonly Question[], values: Values): Set<string> {
  const asked = new Set<string>()
  for (const question of questions)
    if (question.when === undefined || holds(parseWhen(question.when), values))
      asked.add(question.name)
  return asked
}

function readValues(questions: readonly Question[], input: unknown, shown: Shown) {
  const values: Values = Object.create(null)
  const problems: Record<string, Say> = Object.create(null)
  if (!isObject(input)) {
    problems['answer'] = (said) => said.unreadable
    return { values, problems }
  }
  const known = new Map(questions.map((question) => [question.name, question]))
  for (const [name, raw] of Object.entries(input)) {
    const question = known.get(name)
    const edited = question ? undefined : questions.find((one) => asksEdits(one, name))
    if (!question && !edited) {
      problems[name] = (said) => said.notAsked
      continue
    }
    if (raw === undefined || raw === null) continue
    const read: Read = question ? readValue(question, raw, shown) : readEdits(raw, shown.outputs)
    if (read.problem) problems[name] = read.problem
    if (read.value !== undefined) values[name] = read.value
  }
  return { values, problems }
}

function asksEdits(question: Question, name: string): boolean {
  return 'edits' in question && isEditsOf(question, name)
}

type Read = { value?: Value; problem?: Say }

function readValue(question: Question, raw: unknown, shown: Shown): Read {
  if (question.type === 'ranking') return readRanking(question, raw, shown)
  if (question.type === 'span') return readSpans(question, raw, textOf(shown, question.field))
  if (question.of === 'record') return readSingle(question, raw)
  if (!isObject(raw)) return { problem: (said) => said.answerEach }
  const each: Record<string, SingleValue> = {}
  for (const [id, one] of Object.entries(raw)) {
    if (!shown.outputs.includes(id)) return { problem: (said) => said.noSuchOutput }
    if (one === undefined || one === null) continue
    const read = readSingle(question, one)
    if (read.problem) return read
    if (read.value !== undefined) setOwn(each, id, read.value)
  }
  return Object.keys(each).length > 0 ? { value: each } : {}
}

function textOf({ texts }: Shown, field: string): string | undefined {
  const text = texts && Object.hasOwn(texts, field) ? texts[field] : undefined
  return typeof text === 'string' ? text : undefined
}

type SingleQuestion = Exclude<Question, { type: 'ranking' | 'span' }>

function readSingle(
  question: SingleQuestion,
  raw: unknown,
): { value?: SingleValue; problem?: Say } {
  switch (question.type) {
    case 'text': {
      if (typeof raw !== 'string') return { problem: (said) => said.writeText }
      if (raw.trim() === '') return {}
      const length = [...raw].length
      const most = question.max_chars ?? 100_000
      if (raw.includes('\u0000')) return { problem: (said) => said.holdsNul }
      if (!raw.isWellFormed()) return { problem: (said) => said.halfCharacter }
      if (length > most) return { problem: (said) => said.tooLong(most, length) }
      if (question.min_chars !== undefined && raw.trim().length < question.min_chars) {
        const least = question.min_chars
        return { problem: (said) => said.tooShort(least) }
      }
      return { value: raw }
    }
    case 'rating':
      if (typeof raw !== 'number' || !question.options.includes(raw))
        return { problem: (said) => said.oneOf(question.options) }
      return { value: raw }
    case 'label':
      if (typeof raw !== 'string' || !question.options.some((o) => o.value === raw))
        return { problem: (said) => said.oneLabel }
      return { value: raw }
    case 'multi_label': {
      if (!Array.isArray(raw)) return { problem: (said) => said.fromLabels }
      const chosen = question.options.map((o) => o.value).filter((value) => raw.includes(value))
      // Forms tell "None of these" beside labels as a label without a name.
      if (raw.includes('') && chosen.length > 0 && !chosen.includes('')) {
        const texts = question.options.filter((o) => chosen.includes(o.value)).map((o) => o.text)
        return { problem: (said) => said.noneBesides(texts) }
      }
      if (raw.some((one) => typeof one !== 'string' || !chosen.includes(one)))
        return { problem: (said) => said.fromLabels }
      if (chosen.length === 0 && !question.none_option) return {}
      return { value: chosen }
    }
  }
}

function readRanking(question: RankingQuestion, raw: unknown, shown: Shown): Read {
  if (!isObject(raw)) return { problem: (said) => said.rankOutputs }
  const mode = raw['mode'] ?? question.mode
  if (mode !== question.mode) return { problem: (said) => said.otherRanking }
  const unacceptable = raw['all_unacceptable'] === true
  if (unacceptable && !question.unacceptable) return { problem: (said) => said.rankOutputs }
  const given = isObject(raw['ranks']) ? raw['ranks'] : {}
  const ranks: [string, number][] = []
  for (const [id, rank] of Object.entries(given)) {
    if (!shown.outputs.includes(id)) return { problem: (said) => said.rankOfNothing }
    if (rank === undefined || rank === null) continue
    if (typeof rank !== 'number' || !Number.isInteger(rank) || rank < 1)
      return { problem: (said) => said.wholeRank }
    ranks.push([id, rank])
  }
  const strength = raw['strength']
  if (strength !== undefined && !(question.strength && (strength === 1 || strength === 2)))
    return { problem: (said) => said.howMuchBetter }
  if (ranks.length === 0 && !unacceptable) return {}
  const problem = rankingProblem(question, ranks, shown, unacceptable)
  if (problem) return { problem }
  return {
    value: {
      mode: question.mode,
      ranks: dense(ranks),
      ...(strength === 1 || strength === 2 ? { strength } : {}),
      all_unacceptable: unacceptable,
    },
  }
}

function rankingProblem(
  question: RankingQuestion,
  ranks: [string, number][],
  shown: Shown,
  unacceptable: boolean,
): Say | undefined {
  if (unacceptable && ranks.length === 0) return undefined
  const left = shown.outputs.filter((id) => !ranks.some(([ranked]) => ranked === id))
  if (left.length > 0) {
    const letters = left.map((id) => letterOf(shown.outputs.indexOf(id)))
    return (said) => said.unranked(letters)
  }
  const levels = new Map<number, number>()
  for (const [, rank] of ranks) levels.set(rank, (levels.get(rank) ?? 0) + 1)
  const sizes = [...levels].sort(([a], [b]) => a - b).map(([, size]) => size)
  if (question.mode === 'best_only' && (sizes.length !== 2 || sizes[0] !== 1))
    return (said) => said.oneBest
  if (question.mode === 'best_worst' && (sizes[0] !== 1 || sizes.at(-1) !== 1 || sizes.length > 3))
    return (said) => said.oneBestOneWorst
  if (question.mode === 'full' && !question.ties && sizes.some((size) => size > 1))
    return (said) => said.noTies
  return undefined
}

function keepUnfinished(question: Question, raw: unknown, shown: Shown): Value | undefined {
  if (question.type === 'span') return keepSpans(question, raw, textOf(shown, question.field))
  if (question.type === 'ranking') return keepRanking(question, raw, shown)
  if (question.of === 'record') return keepSingle(question, raw)
  if (!isObject(raw)) return undefined
  const each: Record<string, SingleValue> = {}
  for (const id of shown.outputs) {
    const kept = Object.hasOwn(raw, id) ? keepSingle(question, raw[id]) : undefined
    if (kept !== undefined) setOwn(each, id, kept)
  }
  return Object.keys(each).length > 0 ? each : undefined
}

/** A text of any length is somebody's work; any other half of an answer is none. */
function keepSingle(question: SingleQuestion, raw: unknown): SingleValue | undefined {
  // Labels beside "None of these" are reported at the end, not lost in between.
  if (question.type === 'multi_label' && Array.isArray(raw) && raw.includes('')) {
    const chosen = question.options.map((o) => o.value).filter((value) => raw.includes(value))
    return chosen.length > 0 && !chosen.includes('') ? [...chosen, ''] : undefined
  }
  if (question.type !== 'text') return readSingle(question, raw).value
  const { min_chars: _, max_chars: __, ...any } = question
  return readSingle(any, raw).value
}

function keepRanking(
  question: RankingQuestion,
  raw: unknown,
  shown: Shown,
): RankingValue | TappedRanking | undefined {
  if (!isObject(raw)) return undefined
  const given = isObject(raw['ranks']) ? raw['ranks'] : {}
  const ranks: Record<string, number> = {}
  for (const id of [...shown.outputs].sort()) {
    const rank = Object.hasOwn(given, id) ? given[id] : undefined
    if (typeof rank === 'number' && Number.isInteger(rank) && rank >= 1) setOwn(ranks, id, rank)
  }
  const unacceptable = question.unacceptable && raw['all_unacceptable'] === true
  const tapped = readTapped(raw['tapped'], ranks)
  if (Object.keys(ranks).length === 0 && !unacceptable && !tapped) return undefined
  const strength = question.strength ? raw['strength'] : undefined
  return {
    mode: question.mode,
    ranks,
    ...(strength === 1 || strength === 2 ? { strength } : {}),
    all_unacceptable: unacceptable,
    ...(tapped ? { tapped } : {}),
  }
}

/** Reads how a ranking was tapped so far; null when it does not speak of these ranks. */
export function readTapped(raw: unknown, ranks: RankingValue['ranks']): Tapped | null {
  if (!isObject(raw)) return null
  const { order, same, step, at } = raw
  if (!Array.isArray(order) || typeof step !== 'number' || typeof at !== 'number') return null
  const ids = order.filter((id): id is string => typeof id === 'string' && Object.hasOwn(ranks, id))
  if (new Set(ids).size !== order.length || ids.length !== Object.keys(ranks).length) return null
  return { order: ids, same: same === true, step, at }
}

/** 1, 3, 3, 7 becomes 1, 2, 2, 3; keys sorted, so that the same ranking is the same bytes. */
function dense(ranks: [string, number][]): Record<string, number> {
  const levels = [...new Set(ranks.map(([, rank]) => rank))].sort((a, b) => a - b)
  const out: Record<string, number> = {}
  for (const [id, rank] of ranks.sort(([a], [b]) => (a < b ? -1 : 1)))
    setOwn(out, id, levels.indexOf(rank) + 1)
  return out
}

/** Blind names: A, B, … Z, AA, AB. */
export function letterOf(index: number): string {
  const rest = Math.floor(index / 26)
  return (rest > 0 ? letterOf(rest - 1) : '') + String.fromCharCode(65 + (index % 26))
}

/** The place of a blind name, letterOf's inverse. */
export function placeOf(letter: string): number {
  return Array.from(letter).reduce((place, one) => (place + 1) * 26 + one.charCodeAt(0) - 65, -1)
}

function isPartial(question: Question, value: Value, shown: Shown): boolean {
  if (question.type === 'ranking' || question.type === 'span' || question.of === 'record')
    return false
  return shown.outputs.some((id) => !Object.hasOwn(Object(value), id))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Output ids are anybody's text; "__proto__" must stay an ordinary key. */
function setOwn<T>(into: Record<string, T>, key: string, value: T) {
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true })
}
