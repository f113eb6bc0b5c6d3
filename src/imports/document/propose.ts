/**
 * Reads a file of records and prints a dataset document that fits it, to edit. The printed document is
 * valid and accepts the file: the file is read the way an import reads it.
 */
import { parseDocument } from '../../datasets/parse.ts'
import { invalid } from '../../errors.ts'
import { isObject, type JsonObject, type LineProblem } from '../../json.ts'
import { readLine } from '../readers/json.ts'
import type { Line } from '../readers/lines.ts'
import { type RowsInput, readRows, unitOf } from '../readers/rows.ts'
import { shapeReader } from '../shapes/reader.ts'
import { drawDocument } from './draw-document.ts'
import { emptyFacts, type Facts, noteLine, noteRecord } from './facts.ts'

/** Rows by which the shape is recognised; then the whole of an ordinary file is read. */
const firstLook = 200
const mostLooked = 200_000

type Row = { number: number; value: JsonObject }
type Field = Parameters<typeof shapeReader>[0]['fields'][number]

/** @throws ParleyError `invalid` when no line of the file can be a record. */
export async function inferDocument(
  input: { name: string; file?: string } & Omit<RowsInput, 'name'>,
): Promise<string> {
  const { name: _, file, ...given } = input
  const rows = file === undefined ? given : { ...given, name: file }
  const looked = {
    first: [] as Row[],
    fields: null as Field[] | null,
    guessed: null as string | null,
  }
  const facts = emptyFacts(unitOf(rows))
  let read: ReturnType<typeof shapeReader> | null = null
  const begin = () => {
    const { fields, guessed } = chooseFields(looked.first)
    looked.fields = fields
    looked.guessed = guessed
    read = shapeReader({ fields })
    for (const row of looked.first) note(facts, read, row)
  }
  for await (const lines of readRows(rows)) {
    for (const { number, problem, row } of lines.map(rowOf)) {
      if (!row) noteLine(facts, number, problem)
      else if (read) note(facts, read, row)
      else if (looked.first.push(row) >= firstLook) begin()
    }
    if (facts.lines >= mostLooked) {
      facts.isWhole = false
      break
    }
  }
  if (!read) begin()
  if (facts.records === 0) throw invalid({ file: whyNone(facts) })
  const text = drawDocument(input.name, facts, looked.fields ?? [], looked.guessed)
  // The printed document must be accepted unchanged.
  parseDocument(text)
  return text
}

type Looked = { number: number; problem: LineProblem | null; row?: Row }

/** A line that cannot be read is reported as the import will report it; an empty one is skipped. */
function rowOf(line: Line): Looked {
  const { number, problem } = line
  if (problem) return { number, problem: { path: '', ...problem } }
  const parsed = readLine(line)
  if ('problem' in parsed) return { number, problem: parsed.problem }
  const { value } = parsed
  if (isObject(value)) return { number, problem: null, row: { number, value } }
  const shaped = shapeReader({ fields: [] })(value)
  return { number, problem: 'problem' in shaped ? shaped.problem : null }
}

function note(facts: Facts, read: ReturnType<typeof shapeReader>, { number, value }: Row) {
  const shaped = read(value)
  noteLine(facts, number, 'problem' in shaped ? shaped.problem : null)
  if ('records' in shaped) for (const one of shaped.records) noteRecord(facts, one, value)
}

function whyNone({ problems, unit }: Facts): string {
  const [first] = problems
  if (!first) return 'The file holds no records. Give one JSON object a line, e.g. {"prompt": "…"}.'
  const { number, problem } = first
  return `No ${unit} can be a record. ${unit} ${number} ${sayProblem(problem)}`
}

export function sayProblem({ path, message, remedy }: LineProblem): string {
  return `${path}${path ? ' ' : ''}${message} ${remedy}`
}

/** The fields by which the file is read: its own, or prompt, system and context by their usual names. */
function chooseFields(rows: readonly Row[]): { fields: Field[]; guessed: string | null } {
  const own = rows.flatMap(({ value }) => (isObject(value['fields']) ? [value['fields']] : []))
  if (own.length > 0) {
    const names = [...new Set(own.flatMap((fields) => Object.keys(fields)))]
    return { fields: names.map((name) => field(name, 'chat')), guessed: null }
  }
  const hasContext = rows.some(({ value }) => typeof value['context'] === 'string')
  const fields = [
    field('prompt', 'chat'),
    field('system', 'text'),
    ...(hasContext ? [field('context', 'text')] : []),
  ]
  const read = shapeReader({ fields })
  const isUsual = rows.some(({ value }) => {
    const shaped = read(value)
    return 'problem' in shaped || shaped.records.some(({ record }) => record.fields['prompt'])
  })
  if (isUsual || rows.length === 0) return { fields, guessed: null }
  const guessed = longestText(rows)
  if (guessed === undefined)
    throw invalid({ file: 'No line holds a text to show. Give each record a "prompt".' })
  return { fields: [field(guessed, 'chat')], guessed }
}

function field(name: string, type: 'text' | 'chat'): Field {
  return { name, title: name, type, required: false }
}

/** Keys that hold names, not texts to show. */
const names =
  /(^|_)(id|ids|uuid|hash|url|lang|language|date|time|timestamp|judge|annotator|worker|user|author|model|source|split|category)(_|$)/i

/** The key with the longest texts, unless all it holds are names. */
function longestText(rows: readonly Row[]): string | undefined {
  const lengths = new Map<string, number>()
  for (const { value } of rows)
    for (const [key, held] of Object.entries(value))
      if (typeof held === 'string' && !names.test(key) && key.length <= 200)
        lengths.set(key, (lengths.get(key) ?? 0) + held.length)
  return [...lengths].sort(([, a], [, b]) => b - a)[0]?.[0]
}
