/**
 * Reads CSV (RFC 4180; commas, semicolons or tabs; with or without a byte order mark) as rows of JSON.
 * Every cell is text as it stands, but where a column holds lists or objects, which are written as
 * JSON. Our own csv exports lose the apostrophe that keeps a spreadsheet from calculating.
 */
import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { invalid } from '../errors.ts'
import { isObject } from './json.ts'
import type { ByteSource, Line, LineLimits } from './lines.ts'

const mostColumns = 1000
const batchRows = 500
const batchLength = 4_000_000

/**
 * Yields rows in batches, numbered as a spreadsheet numbers them: the header is row 1.
 * @throws ParleyError `invalid` when the file as a whole cannot be read.
 */
export async function* readCsv(
  source: ByteSource,
  options: LineLimits & { nested: readonly string[] },
): AsyncGenerator<Line[]> {
  const longest = options.longestLine ?? 10_000_000
  const texts = textsOf(source)
  const head = await headOf(texts)
  const read = Readable.from(after(head, texts))
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(head),
    max_record_size: longest,
    relax_column_count: true,
    skip_empty_lines: true,
    // A stray quotation mark is text; where it moves a cell, the row has too many or too few.
    relax_quotes: true,
  })
  read.on('error', (error) => parser.destroy(error))
  let number = 0
  let rows: Line[] = []
  let length = 0
  let toRow: ((cells: readonly string[], number: number) => Line) | null = null
  try {
    for await (const cells of read.pipe(parser)) {
      number++
      if (!toRow) {
        toRow = rowReader(cells, options.nested)
        continue
      }
      const row = toRow(cells, number)
      rows.push(row)
      length += row.text.length
      if (rows.length < batchRows && length < batchLength) continue
      yield rows
      rows = []
      length = 0
    }
  } catch (cause) {
    if (cause instanceof CsvError) throw unending(cause, longest)
    throw cause
  } finally {
    read.destroy()
    parser.destroy()
  }
  if (rows.length > 0) yield rows
}

function unending(cause: CsvError, longest: number) {
  const line = 'lines' in cause && typeof cause.lines === 'number' ? cause.lines : 1
  const what =
    cause.code === 'CSV_MAX_RECORD_SIZE'
      ? `is longer than ${Math.round(longest / 1e6) || 1} MB`
      : 'does not end'
  return invalid(
    { file: `The row before line ${line} ${what}. Most likely a quotation mark is not closed.` },
    cause,
  )
}

/** Spreadsheets that save in another encoding would garble every letter beyond ASCII, silently. */
async function* textsOf(source: ByteSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch {
      throw invalid({
        file: 'The file is not UTF-8. Save it as "CSV UTF-8" and import it again.',
      })
    }
  }
  for await (const chunk of source) {
    const text = decode(chunk)
    if (text !== '') yield text
  }
  const rest = decode()
  if (rest !== '') yield rest
}

async function headOf(texts: AsyncGenerator<string>): Promise<string> {
  let head = ''
  while (!head.includes('\n') && head.length < 100_000) {
    const { done, value } = await texts.next()
    if (done) break
    head += value
  }
  return head
}

async function* after(head: string, rest: AsyncGenerator<string>) {
  if (head !== '') yield head
  yield* rest
}

/** The one that stands most often in the header, outside quotes. */
function delimiterOf(head: string): string {
  const header = (head.split(/\r?\n/, 1)[0] ?? '').replace(/"[^"]*"/g, '')
  const count = (one: string) => header.split(one).length
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best))
}

function rowReader(header: readonly string[], nested: readonly string[]) {
  if (header.length > mostColumns)
    throw invalid({ file: `The file has more than ${mostColumns} columns. Leave some out.` })
  const names = header.map((name, at) => name.trim() || `column_${at + 1}`)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    throw invalid({ 'row 1': `Two columns are called "${twice}". Rename one of them.` })
  const isOurs = names[0] === 'record' && names[1] === 'labeler'
  const structured = new Set([...nestedColumns, ...nested])
  return (cells: readonly string[], number: number): Line => {
    if (cells.length !== names.length)
      return {
        number,
        text: '',
        problem: {
          message: `has ${cells.length} cells, but the header has ${names.length}.`,
          remedy: 'Put a cell that holds the separator or a line break in quotes.',
        },
      }
    const row: [string, unknown][] = []
    for (const [at, name] of names.entries()) {
      const cell = cells[at] ?? ''
      if (cell === '') continue
      if (structured.has(name) && /^\s*[[{]\s*'/.test(cell))
        return {
          number,
          text: '',
          problem: {
            path: name,
            message: 'is a list as Python prints it, not JSON.',
            remedy: 'Write the column with json.dumps, or save the table as Parquet.',
          },
        }
      row.push([name, readCell(isOurs ? unguarded(cell) : cell, structured.has(name))])
    }
    return { number, text: JSON.stringify(isOurs ? oursOf(row) : Object.fromEntries(row)) }
  }
}

/** Columns that hold lists or objects wherever they come from. */
const nestedColumns = [
  ...['messages', 'conversations', 'conversation', 'chosen', 'rejected', 'metadata', 'fields'],
  ...['outputs', 'completions', 'responses', 'candidates', 'suggestions', 'gold'],
  ...[
    'ranks',
    'values',
    'shown',
    'input',
    'preferred_output',
    'non_preferred_output',
    'format',
    'priority',
  ],
]

function readCell(cell: string, isNested: boolean): unknown {
  if (isNested && /^\d{1,2}$/.test(cell)) return Number(cell)
  if (!/^\s*[[{]/.test(cell)) return cell
  try {
    const value: unknown = JSON.parse(cell)
    return isNested || isChat(value) ? value : cell
  } catch {
    return cell
  }
}

/** A list of messages is one in any column; anything else may just be what somebody wrote. */
function isChat(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => isObject(one) && ('role' in one || 'from' in one))
  )
}

/** Takes off what our own csv export put before a text that a spreadsheet would calculate. */
function unguarded(cell: string): string {
  return /^''*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(cell) ? cell.slice(1) : cell
}

/** A row of our csv export is an answer: its record is what can be imported, the rest stays beside it. */
function oursOf(row: readonly (readonly [string, unknown])[]): object {
  const isField = ([name]: readonly [string, unknown]) => name.startsWith('fields.')
  const fields = row.filter(isField).map(([name, value]) => [name.slice('fields.'.length), value])
  const outputs: Record<string, unknown>[] = []
  for (const [name, value] of row) {
    const [, number, part = ''] = /^output(\d{1,2})\.(id|text|model)$/.exec(name) ?? []
    if (number === undefined) continue
    const key = Array.isArray(value) && part === 'text' ? 'messages' : part
    outputs[Number(number) - 1] = { ...outputs[Number(number) - 1], [key]: value }
  }
  return {
    external_id: row.find(([name]) => name === 'record')?.[1],
    ...Object.fromEntries(fields),
    ...(outputs.length > 0 ? { outputs: outputs.filter(Boolean) } : {}),
  }
}
