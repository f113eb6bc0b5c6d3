/**
 * Reads files in which one person has answered already: prompts with the completions they wrote, pairs
 * of which they chose one, tables with a column for each question. What shapes.ts takes for a
 * model's output is their answer here; a row's own `labeler` goes before the name that was given.
 */
import type { Dataset } from '../datasets/shape.ts'
import type { Question } from '../questions/question.ts'
import { isObject, type JsonObject, type LineProblem } from '../records/json.ts'
import type { RowsInput } from '../records/rows.ts'
import type { RecordLine } from '../records/shape.ts'
import { contentHash, shapeReader } from '../records/shapes.ts'
import { foreignRows } from './foreign-rows.ts'
import type { ForeignReader } from './import-foreign.ts'

export function answeredReader(
  input: RowsInput & { labeler: string; map?: Readonly<Record<string, string>> },
): ForeignReader {
  return (dataset) => {
    const { questions } = dataset.document
    const readShape = shapeReader(dataset.document, input.map)
    const nested = [...Object.values(input.map ?? {}), ...questions.map(({ name }) => name)]
    return foreignRows({ ...input, nested }, (value, number) => {
      const { rest, labeler, values } = takeAnswers(dataset, value)
      const shaped = readShape(rest)
      if ('problem' in shaped) return { number, problem: shaped.problem, answers: 1 }
      const isSaid = Object.keys(values).length > 0
      const read = isSaid ? { ...shaped, values } : readShown(questions, shaped.record)
      if ('problem' in read) return { number, problem: read.problem, answers: 1 }
      return {
        number,
        externalId: read.record.external_id,
        record: read.record,
        answers: [{ labeler: labeler ?? input.labeler, status: 'submitted', values: read.values }],
      }
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
    if (!question) rest[key] = value
    else if (value !== null && value !== '') values[key] = typed(question, value)
  }
  return { rest, labeler: nameOf(labeler), values }
}

/** A name or a number that stands for somebody; null where the row does not say. */
function nameOf(labeler: unknown): string | null {
  return typeof labeler === 'string' || typeof labeler === 'number'
    ? String(labeler).trim() || null
    : null
}

/** Cells of a table are texts. */
function typed(question: Question, value: unknown): unknown {
  const isNumber = question.type === 'rating' && typeof value === 'string'
  return isNumber && /^\s*\d+\s*$/.test(value) ? Number(value) : value
}

type Shown = { record: RecordLine; values: JsonObject } | { problem: LineProblem }

/** The only completion of a row, or which of two was chosen, answers the one question it can be to. */
function readShown(questions: readonly Question[], record: RecordLine): Shown {
  const { outputs } = record
  const [only, second] = outputs
  const asked = (type: Question['type']) => {
    const all = questions.filter((one) => one.type === type && one.of === 'record')
    const required = all.filter((one) => one.required)
    const [first, another] = required.length > 0 ? required : all
    return another ? undefined : first
  }
  const text = asked('text')
  if (text && only?.text !== undefined && !second) {
    const bare = { ...record, outputs: [] }
    const isHash = record.external_id === contentHash(record.fields, outputs)
    const external_id = isHash ? contentHash(record.fields, []) : record.external_id
    return { record: { ...bare, external_id }, values: { [text.name]: only.text } }
  }
  const ranking = questions.find(({ type }) => type === 'ranking')
  const sides = outputs.map(({ metadata }) => metadata?.['source'])
  if (ranking && only && second && sides.join() === 'chosen,rejected')
    return { record, values: { [ranking.name]: { ranks: { [only.id]: 1, [second.id]: 2 } } } }
  return {
    problem: {
      path: '',
      message: 'holds no answer.',
      remedy: `Give it a key for a question (${questions.map(({ name }) => name).join(', ')}), one completion, or chosen and rejected; or leave --answers-by out.`,
    },
  }
}
