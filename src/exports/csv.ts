/**
 * The `csv` format: one row for each counted answer, for people who read it in a spreadsheet. No cell
 * is ever a formula (https://owasp.org/www-community/attacks/CSV_Injection): a text that a spreadsheet
 * would calculate begins with an apostrophe.
 */
import { z } from 'zod'
import type { Row, RowFormat } from './formats.ts'
import { answerFlags } from './shape.ts'
import { parseKeep, unusable } from './usable.ts'

export const csv: RowFormat = {
  about: 'a table for spreadsheets: a row for each counted answer, a column for each question',
  takes: [...answerFlags, 'gz'],
  type: 'rows',
  file: 'csv',
  open(document, flags) {
    const keep = parseKeep(flags.keep, document)
    const own = ['record', 'labeler']
    const fields = document.fields.map(({ name }) => ({ name, column: `fields.${name}` }))
    const questions = document.questions.map(({ name }) => {
      return { name, column: own.includes(name) ? `values.${name}` : name }
    })
    const columns = [...own, ...[...fields, ...questions].map(({ column }) => column)]
    return {
      strategies: { rows: 'counted answers', formulas: "begin with '" },
      columns: columns.map((name) => ({ name, type: 'string' })),
      row: z.record(z.string(), z.string()),
      make(record) {
        const rows: Row[] = []
        const dropped: string[] = []
        for (const response of record.responses) {
          const why = unusable(response) ?? (keep(record) ? null : 'not_kept')
          if (why) dropped.push(why)
          else
            rows.push({
              record: record.external_id,
              labeler: response.labeler,
              ...cells(fields, record.fields),
              ...cells(questions, response.values),
            })
        }
        return { rows, dropped }
      },
    }
  },
}

function cells(
  columns: readonly { name: string; column: string }[],
  from: Readonly<Record<string, unknown>>,
): Row {
  return Object.fromEntries(
    columns.map(({ name, column }) => [
      column,
      cell(Object.hasOwn(from, name) ? from[name] : undefined),
    ]),
  )
}

/** Texts and numbers as they are; whatever has parts (a ranking, several labels) as JSON. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
