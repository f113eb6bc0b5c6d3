/**
 * Says which answers train a model (submitted, counted, without a flag that speaks against them, and
 * inside what was asked for) and which records an export keeps.
 */
import { didYouMean } from '../../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid, ParleyError } from '../../errors.ts'
import { mean, median } from '../../quality/measures/consensus/average.ts'
import { majority } from '../../quality/measures/consensus/majority.ts'
import { isTooFast } from '../../quality/measures/labelers/speed.ts'
import { disagreementOf } from '../../quality/result/record-disagreement.ts'
import {
  type Condition,
  holds,
  parseStatistics,
  type Test,
  testsOf,
} from '../../questions/condition.ts'
import type { Question } from '../../questions/question.ts'
import { type StatisticName, statisticProblem } from '../../questions/statistics.ts'
import { recordStatuses } from '../../records/record-status.ts'
import type { ExportFlags } from '../options.ts'
import type { ExportRecord, ExportResponse } from '../source.ts'

const against = ['gold', 'repeat', 'same_person', 'not_blind', 'excluded']

/** Why this answer is left out of training, or null. */
export function unusable(response: ExportResponse): string | null {
  if (response.status !== 'submitted') return response.status
  const flag = against.find((one) => response.flags.includes(one))
  if (flag) return flag
  if (response.repeat > 0) return 'repeat'
  if (!response.counted) return 'surplus'
  return response.outside ?? null
}

/** Why `--since`, `--until`, `--labeler` or `--fast` excludes an answer; null if none does. */
export function openFilter(
  flags: ExportFlags,
): ((response: ExportResponse, record: ExportRecord) => string | null) | null {
  const { since, until, labeler } = flags
  const dropsFast = flags.fast === 'drop'
  const isAsked = since !== undefined || until !== undefined || labeler !== undefined
  if (!isAsked && !dropsFast) return null
  const from = since === undefined ? -Infinity : momentOf(since, 0)
  const before = until === undefined ? Infinity : momentOf(until, 1)
  if (from >= before) throw invalid({ until: `Nothing lies between ${since} and ${until}.` })
  const names = labeler?.split(',').map((name) => name.trim())
  return ({ labeler: name, submitted_at: at, seconds }, { reading }) => {
    if (names && !names.includes(name)) return 'other_labeler'
    if (dropsFast && isFast(seconds, reading)) return 'fast'
    if (since === undefined && until === undefined) return null
    const time = at ? Date.parse(at) : Number.NaN
    if (!(time >= from)) return 'before_since'
    return time < before ? null : 'after_until'
  }
}

/** As the statistics see it; what was not timed is not fast. */
function isFast(
  seconds: number | null | undefined,
  characters: number | null | undefined,
): boolean {
  return typeof seconds === 'number' && isTooFast(seconds, characters ?? 0)
}

/** A day is meant whole, in UTC: `days` 0 is its beginning, 1 its end. */
function momentOf(text: string, days: number): number {
  return Date.parse(text) + (/^\d{4}-\d\d-\d\d$/.test(text) ? days * 86_400_000 : 0)
}

/** The records an export keeps: those for which `--keep` holds. */
export type Keep = (record: ExportRecord) => boolean

/**
 * `mean(clarity) >= 4 and metadata.lang in ("de", "en")`. A statistic is that of the record's usable
 * answers; one that cannot be computed (no answer, agreement of one) makes its comparison false.
 * @throws ParleyError `invalid` when the expression cannot be read, with where and what was meant.
 */
export function parseKeep(text: string | undefined, document: DatasetDocument): Keep {
  if (text === undefined) return () => true
  const condition = readCondition(text)
  for (const test of testsOf(condition)) {
    const problem = statisticProblem(test, document.questions, didYouMean)
    if (problem) throw invalid({ keep: `"${text}": ${problem}` })
  }
  let last: { record: ExportRecord; isKept: boolean } | null = null
  return (record) => {
    if (last?.record !== record) last = { record, isKept: keeps(condition, record, document) }
    return last.isKept
  }
}

/** What a condition may ask of a stored record besides statistics; `metadata.…` too. */
const ownWords = ['status', 'external_id', 'priority', 'votes'] as const

/** A record as `--where` asks about it. */
export type Asked = Pick<ExportRecord, 'external_id' | 'status' | 'metadata' | 'responses'> & {
  priority: number
}

/** A condition that says which records of a dataset are meant. */
export type Where = {
  /** It asks for statistics or votes, so records need their answers. */
  asksAnswers: boolean
  holds(record: Asked): boolean
}

/**
 * The language of `--keep`, for verbs that change records: `status == "rejected"`,
 * `metadata.batch == "may" and votes == 0`. A word that is nothing of a record is refused, because
 * `not statsu == "x"` would mean all of them.
 * @throws ParleyError `invalid` with where and what was meant.
 */
export function parseWhere(text: string, document: DatasetDocument): Where {
  const condition = readCondition(text, 'where')
  const tests = testsOf(condition)
  for (const test of tests) {
    const problem = statisticProblem(test, document.questions, didYouMean) ?? strangeWord(test)
    if (problem) throw invalid({ where: `"${text}": ${problem}` })
  }
  return {
    asksAnswers: tests.some(({ call, path: [first] }) => call !== null || first === 'votes'),
    holds: (record) => {
      const { status, external_id, priority } = record
      return keeps(condition, record, document, { status, external_id, priority })
    },
  }
}

function strangeWord({ call, path, at, value }: Test): string | null {
  const [first = '', ...more] = path
  if (call !== null) return null
  if (first === 'metadata' && more.length > 0) return null
  if (!ownWords.some((word) => word === first) || more.length > 0)
    return `"${path.join('.')}" at character ${at} is nothing of a record.${didYouMean(first, ownWords)} Write metadata.${first} for metadata, or one of ${ownWords.join(', ')}.`
  const statuses: readonly string[] = recordStatuses
  const strange = [value].flat().find((one) => !statuses.includes(String(one)))
  if (first !== 'status' || strange === undefined) return null
  return `"${strange}" is no status of a record.${didYouMean(String(strange), statuses)} There are ${statuses.join(', ')}.`
}

function readCondition(text: string, key: 'keep' | 'where' = 'keep'): Condition {
  try {
    return parseStatistics(text)
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error
    throw invalid({ [key]: error.message.replace(/^when: /, '') }, error)
  }
}

function keeps(
  condition: Condition,
  record: Pick<ExportRecord, 'metadata' | 'responses'>,
  document: DatasetDocument,
  own: Readonly<Record<string, unknown>> = {},
): boolean {
  const usable = record.responses.filter((response) => unusable(response) === null)
  const { metadata } = record
  // Both `lang == "en"` and `metadata.lang == "en"` are what people write.
  const values = { ...metadata, metadata, ...own, votes: usable.length }
  return holds(condition, values, (name, asked) => {
    const question = document.questions.find((one) => one.name === asked)
    const read = Object.entries(reads).find(([one]) => one === name)?.[1]
    if (!question || !read) return undefined
    const answers = usable.flatMap(({ values: given }) =>
      Object.hasOwn(given, asked) ? [given[asked]] : [],
    )
    return read(answers, question) ?? undefined
  })
}

const reads: {
  readonly [Name in StatisticName]: (answers: unknown[], question: Question) => unknown
} = {
  mean: (answers) => mean(numbersIn(answers)).value,
  median: (answers) => median(numbersIn(answers)).value,
  min: (answers) => numbersIn(answers).sort((a, b) => a - b)[0],
  max: (answers) => numbersIn(answers).sort((a, b) => b - a)[0],
  majority: (answers, { of }) => (of === 'outputs' ? null : majority(answers.map(String)).value),
  count: (answers) => answers.length,
  agreement(answers, question) {
    const apart = disagreementOf(question, answers)
    return apart === null ? null : 1 - apart
  },
}

/** The ratings in answers about the record, or about each of its outputs. */
function numbersIn(answers: unknown[]): number[] {
  return answers.flatMap((answer) => {
    if (typeof answer === 'number') return [answer]
    return isObject(answer) ? Object.values(answer).filter((one) => typeof one === 'number') : []
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
