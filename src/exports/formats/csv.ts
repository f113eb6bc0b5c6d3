/**
 * The `csv` format: one row for each counted answer, for people who read it in a spreadsheet. Answers
 * about an output are in that output's columns: `output1.preference.rank` beside
 * `output1.text` and `output1.model`, in the order of the record. No cell is ever a formula
 * (https://owasp.org/www-community/attacks/CSV_Injection): a text that a spreadsheet would calculate
 * begins with an apostrophe (encode.ts).
 */
import { z } from 'zod'
import type { DatasetDocument } from '../../datasets/document.ts'
import { readRanks } from '../../quality/result/record-disagreement.ts'
import { editsIn } from '../../questions/edits.ts'
import type { Question } from '../../questions/question.ts'
import type { RecordOutput } from '../../records/record-line.ts'
import { answerFlags } from '../options.ts'
import { parseKeep, unusable } from '../pairs/usable.ts'
import { type ExportRecord, type ExportResponse, mostOutputs } from '../source.ts'
import type { Row, RowFormat } from './format.ts'

export const csv: RowFormat = {
  takes: [...answerFlags, 'gz'],
  type: 'rows',
  file: 'csv',
  open(document, flags) {
    const keep = parseKeep(flags.keep, document)
    let cells = planCells(document, 0)
    return {
      strategies: { rows: 'counted answers', formulas: "begin with '" },
      async columnsOf(source) {
        cells = planCells(document, await mostOutputs(source))
        return cells.map(({ column }) => ({ name: column, type: 'string' }))
      },
      row: z.record(z.string(), z.string()),
      make(record) {
        const rows: Row[] = []
        const dropped: string[] = []
        for (const response of record.responses) {
          const why = unusable(response) ?? (keep(record) ? null : 'not_kept')
          if (why) dropped.push(why)
          else
            rows.push(
              Object.fromEntries(
                cells.map(({ column, read }) => [column, printCell(read(record, response))]),
              ),
            )
        }
        return { rows: rows.map((row) => ({ row, chat: null })), dropped }
      },
    }
  },
}

/** One column: its name, and its cell for an answer; undefined leaves the cell empty. */
type Cell = { column: string; read(record: ExportRecord, response: ExportResponse): unknown }

const own = ['record', 'labeler']

/** The columns of a dataset whose records have at most `outputs` outputs. */
function planCells({ fields, questions }: DatasetDocument, outputs: number): Cell[] {
  return [
    { column: 'record', read: ({ external_id }) => external_id },
    { column: 'labeler', read: (_, { labeler }) => labeler },
    ...fields.map(
      ({ name }): Cell => ({
        column: `fields.${name}`,
        read: (record) => lookUp(record.fields, name),
      }),
    ),
    ...Array.from({ length: outputs }, (_, at) => outputCells(questions, at)).flat(),
    ...questions.flatMap(answerCells),
  ]
}

/** Columns of an output: its id, text and model, and the answers about it. */
function outputCells(questions: readonly Question[], at: number): Cell[] {
  const named = (
    column: string,
    read: (output: RecordOutput, given: ExportResponse) => unknown,
  ) => ({
    column: `output${at + 1}.${column}`,
    read: ({ outputs }: ExportRecord, response: ExportResponse) => {
      const output = outputs[at]
      return output && read(output, response)
    },
  })
  return [
    named('id', ({ id }) => id),
    named('text', ({ text, messages }) => text ?? messages),
    named('model', ({ model }) => model),
    ...questions.flatMap((question) =>
      'edits' in question && question.edits
        ? named(`${question.name}.edit`, ({ id }, { values }) =>
            lookUp(lookUp(editsIn(questions, values), id), 'text'),
          )
        : [],
    ),
    ...questions.flatMap(({ name, type, of }) => {
      if (type === 'ranking')
        return named(`${name}.rank`, ({ id }, { values }) =>
          lookUp(readRanks(lookUp(values, name))?.ranks, id),
        )
      return of === 'outputs'
        ? named(name, ({ id }, { values }) => lookUp(lookUp(values, name), id))
        : []
    }),
  ]
}

/** Answers about the record as a whole. */
function answerCells(question: Question): Cell[] {
  const { name, type, of } = question
  const part = (key: string): Cell => ({
    column: `${name}.${key}`,
    read: (_, { values }) => lookUp(lookUp(values, name), key),
  })
  if (type === 'ranking')
    return [
      ...(question.unacceptable ? [part('all_unacceptable')] : []),
      ...(question.strength ? [part('strength')] : []),
    ]
  if (of === 'outputs') return []
  const column = own.includes(name) ? `values.${name}` : name
  return [{ column, read: (_, { values }) => lookUp(values, name) }]
}

function lookUp(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null
    ? Object.getOwnPropertyDescriptor(from, name)?.value
    : undefined
}

/** Texts and numbers as they are; whatever has parts (a chat, several labels) as JSON. */
function printCell(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
