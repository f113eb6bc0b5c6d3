/**
 * Reads files in which one person has answered already: prompts with the completions they wrote, pairs
 * of which they chose one, tables with a column for each question. What shapes/ reads as a
 * model's output is the person's answer here; a row's own `labeler` takes precedence over the given name.
 */
import type { Dataset } from '../../datasets/document.ts'
import { isObject, type JsonObject, type LineProblem } from '../../json.ts'
import type { LabelQuestion, Question } from '../../questions/question.ts'
import type { RecordLine } from '../../records/record-line.ts'
import { declaredColumns } from '../readers/csv-cells.ts'
import type { RowsInput } from '../readers/rows.ts'
import type { Said } from '../shapes/line.ts'
import { contentHash, shapeReader } from '../shapes/reader.ts'
import type { ForeignReader, ForeignRow } from './foreign.ts'
import { foreignRows } from './foreign-rows.ts'

export function answeredReader(
  input: RowsInput & { labeler: string; map?: Readonly<Record<string, string>> },
): ForeignReader {
  return (dataset) => {
    const { questions } = dataset.document
    const readShape = shapeReader(dataset.document, input.map)
    const declared = declaredColumns(dataset.document, input.map)
    // Written answers are text, even if they look like a list; other answers may be lists.
    const listed = questions.filter(({ type }) => type !== 'text').map(({ name }) => name)
    const columns = { ...declared, json: [...(declared.json ?? []), ...listed] }
    return foreignRows({ ...input, columns }, (value, number) => {
      const { rest, labeler, values } = takeAnswers(dataset, value)
      const shaped = readShape(rest)
      if ('problem' in shaped) return { number, problem: shaped.problem, answers: 1 }
      return shaped.records.map(({ record: whole, said: tell, warnings }): ForeignRow => {
        const said = tell()
        const isTold = Object.keys(values).length > 0
        const read = isTold ? { record: whole, values } : readShown(questions, whole, said)
        if ('problem' in read) {
          // An unranked part of a tree is a record without answers.
          if (shaped.records.length > 1)
            return { number, externalId: whole.external_id, record: whole, answers: [], warnings }
          return { number, problem: read.problem, answers: 1 }
        }
        const { record } = read
        const by = labeler ?? said.labeler ?? input.labeler
        return {
          number,
          externalId: record.external_id,
          record,
          answers: [{ labeler: by, status: 'submitted', values: aboutOutputs(questions, read) }],
          warnings,
        }
      })
    })
  }
}

/** Keys that are named as questions are answers to them. */
function takeAnswers(
  { document }: Dataset,
  given: unknown,
): { rest: unknown; labeler: string | null; values: JsonObject } {
  if (!isObject(given)) return { rest: given, labeler: null, values: {} }
  const { labeler, ...row } = given
  const rest: JsonObject = {}
  const values: JsonObject = {}
  for (const [key, value] of Object.entries(row)) {
    const question = document.questions.find(({ name }) => name === key)
    // Published tables call a plain choice (1 or 2) a preference too: it is read with the outputs.
    const isChoice = question?.type === 'ranking' && !isObject(value)
    if (!question || isChoice) rest[key] = value
    else if (value !== null && value !== '') values[key] = typed(question, value)
  }
  return { rest, labeler: nameOf(labeler), values }
}

/** A name or number that identifies a person; null if the row has none. */
function nameOf(labeler: unknown): string | null {
  return typeof labeler === 'string' || typeof labeler === 'number'
    ? String(labeler).trim() || null
    : null
}

/** Cells of a table are texts; class labels are often numbers. */
function typed(question: Question, value: unknown): unknown {
  if (question.type === 'label' && question.of === 'record' && typeof value !== 'object')
    return String(value)
  const isNumber = question.type === 'rating' && typeof value === 'string'
  return isNumber && /^\s*\d+\s*$/.test(value) ? Number(value) : value
}

type Shown = { record: RecordLine; values: JsonObject } | { problem: LineProblem }

/** If a record has one output, a column about the record is about that output. */
function aboutOutputs(
  questions: readonly Question[],
  { record, values }: { record: RecordLine; values: JsonObject },
): JsonObject {
  const [only, second] = record.outputs
  if (!only || second) return values
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const question = questions.find((one) => one.name === name)
      const isBare = question?.of === 'outputs' && !isObject(value)
      return [name, isBare ? { [only.id]: value } : value]
    }),
  )
}

/**
 * The answer in a row that names no question: which output was chosen, how all were ranked or rated, or
 * that one is good; otherwise the row's only completion is what a person wrote.
 */
function readShown(questions: readonly Question[], record: RecordLine, said: Said): Shown {
  const values = saidValues(questions, said)
  if (Object.keys(values).length > 0) return { record, values }
  const { outputs } = record
  const [only, second] = outputs
  const texts = questions.filter(({ type, of }) => type === 'text' && of === 'record')
  const required = texts.filter((one) => one.required)
  const [text, another] = required.length > 0 ? required : texts
  if (text && !another && only?.text !== undefined && !second) {
    const bare = { ...record, outputs: [] }
    const isHash = record.external_id === contentHash(record.fields, outputs)
    const external_id = isHash ? contentHash(record.fields, []) : record.external_id
    return { record: { ...bare, external_id }, values: { [text.name]: only.text } }
  }
  return {
    problem: {
      path: '',
      message: 'holds no answer.',
      remedy: `Give it a key for a question (${questions.map(({ name }) => name).join(', ')}), one completion, or chosen and rejected; or leave --answers-by out.`,
    },
  }
}

function saidValues(questions: readonly Question[], said: Said): JsonObject {
  const values: JsonObject = {}
  const { ranks, bothBad, strength, ratings = {}, labels } = said
  const ranking = questions.find(({ type }) => type === 'ranking')
  if (ranking?.type === 'ranking' && (ranks || bothBad))
    values[ranking.name] = {
      ranks: ranks ?? {},
      ...(bothBad ? { all_unacceptable: true } : {}),
      ...(ranking.strength && strength ? { strength } : {}),
    }
  for (const { type, of, name } of questions) {
    const rated = Object.hasOwn(ratings, name) ? ratings[name] : undefined
    if (type === 'rating' && rated) values[name] = of === 'outputs' ? rated : onlyOf(rated)
  }
  const label = questions.find(({ type, of }) => type === 'label' && of === 'outputs')
  if (label?.type === 'label' && labels) {
    const [good, bad] = goodAndBad(label)
    values[label.name] = Object.fromEntries(
      Object.entries(labels).map(([id, isGood]) => [id, isGood ? good : bad]),
    )
  }
  return values
}

function onlyOf(rated: Readonly<Record<string, number>>): number | undefined {
  const [only, second] = Object.values(rated)
  return second === undefined ? only : undefined
}

/** The option that counts as desirable, and the first that does not. */
function goodAndBad({ options, desirable = [] }: LabelQuestion): (string | undefined)[] {
  const names = options.map(({ value }) => value)
  const good = names.find((name) => desirable.includes(name)) ?? names[0]
  return [good, names.find((name) => name !== good && !desirable.includes(name))]
}
