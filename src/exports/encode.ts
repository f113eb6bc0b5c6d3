/**
 * Turns rows into the bytes of one file: JSON lines, one JSON array, CSV, or Parquet. It takes rows as
 * they come and returns the bytes that can be written so far, so that nothing has to be kept.
 */
import { stringify } from 'csv-stringify/sync'
import { asDouble } from './double.ts'
import type { Encoder } from './encoder.ts'
import type { Column, FileKind, Row } from './formats/format.ts'
import { openParquet } from './parquet.ts'

export function openEncoder(kind: FileKind, columns: readonly Column[]): Encoder {
  switch (kind) {
    case 'jsonl':
      return openLines(openPrinter(columns))
    case 'json':
      return openArray(openPrinter(columns))
    case 'csv':
      return openCsv(columns)
    case 'parquet':
      return openParquet(columns)
  }
}

/** Prints one row as JSON, its doubles always with a fraction. */
type Printer = (row: Row) => string

function openPrinter(columns: readonly Column[]): Printer {
  if (!columns.some(holdsDoubles)) return (row) => JSON.stringify(row)
  return (row) => JSON.stringify(withDoubles(row, columns))
}

function holdsDoubles(column: Column): boolean {
  if ('fields' in column) return column.fields.some(holdsDoubles)
  return column.type === 'double'
}

function withDoubles(row: object, columns: readonly Column[]): object {
  const printed: Row = { ...row }
  for (const column of columns.filter(holdsDoubles)) {
    const value = printed[column.name]
    if (!('fields' in column)) printed[column.name] = asDouble(value)
    else if (Array.isArray(value))
      printed[column.name] = value.map((one: object) => withDoubles(one, column.fields))
    else if (typeof value === 'object' && value !== null)
      printed[column.name] = withDoubles(value, column.fields)
  }
  return printed
}

function openLines(print: Printer): Encoder {
  return {
    add: (rows) => printJson(rows.map((row) => `${print(row)}\n`).join('')),
    end: () => nothing,
  }
}

/** One row a line, so that it can be read with the eye and cut with a knife. */
function openArray(print: Printer): Encoder {
  let before = '[\n'
  return {
    add(rows) {
      let text = ''
      for (const row of rows) {
        text += `${before}${print(row)}`
        before = ',\n'
      }
      return printJson(text)
    },
    end: () => Buffer.from(before === '[\n' ? '[]\n' : '\n]\n'),
  }
}

/**
 * RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180): a header, CRLF, and quotes around every cell that
 * holds a comma, a quote or any part of a line break. The byte order mark marks it as UTF-8
 * for spreadsheets, which otherwise assume the local code page.
 */
function openCsv(columns: readonly Column[]): Encoder {
  const names = columns.map(({ name }) => name)
  const print = (lines: readonly (readonly unknown[])[]) =>
    stringify(
      lines.map((line) => line.map((cell) => guardCell(String(cell ?? '')))),
      csvOptions,
    )
  let before = `\ufeff${print([names])}`
  const take = () => {
    const header = before
    before = ''
    return header
  }
  return {
    add: (rows) => Buffer.from(take() + print(rows.map((row) => names.map((name) => row[name])))),
    end: () => Buffer.from(take()),
  }
}

const csvOptions = { record_delimiter: 'windows', quoted_match: /[\r\n]|^\s|\s$/ }

/** A small table as one CSV, written as exports are; numbers stay numbers, negative ones too. */
export function printTable(
  names: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cellOf = (cell: string | number | null) =>
    typeof cell === 'number' ? String(cell) : guardCell(cell ?? '')
  const lines = [names, ...rows].map((row) => row.map(cellOf))
  return `\ufeff${stringify(lines, csvOptions)}`
}

/**
 * What a spreadsheet would calculate gets an apostrophe before it, and so does what looks like a cell
 * that got one: taking one apostrophe off every cell that matches `guarded` gives each text back.
 */
function guardCell(text: string): string {
  return guarded.test(`'${text}`) ? `'${text}` : text
}

/** A cell with a guard: one apostrophe, and then a formula's opening, or apostrophes and one. */
const guarded = /^''*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

const nothing = Buffer.alloc(0)

function printJson(text: string): Buffer {
  return escapeSeparators(Buffer.from(text))
}

/**
 * Escapes characters that some readers treat as line ends (U+0085, U+2028, U+2029); in JSON they occur
 * only inside strings. The bytes are whole lines, so no character is cut.
 */
export function escapeSeparators(bytes: Buffer): Buffer {
  const isClean = separators.every(({ raw }) => !bytes.includes(raw))
  if (isClean) return bytes
  let text = bytes.toString('latin1')
  for (const { raw, escaped } of separators) text = text.replaceAll(raw.toString('latin1'), escaped)
  return Buffer.from(text, 'latin1')
}

const separators = ['\u2028', '\u2029', '\u0085'].map((character) => ({
  raw: Buffer.from(character),
  escaped: `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
}))
