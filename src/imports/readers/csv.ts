/**
 * Reads CSV (RFC 4180; commas, semicolons, tabs or bars; UTF-8 or marked UTF-16; any line
 * endings, even mixed) as rows of JSON. csv-cells.ts interprets the cells.
 */
import { Readable } from 'node:stream'
import { CsvError, type InfoRecord, parse } from 'csv-parse'
import { invalid } from '../../errors.ts'
import { type DeclaredColumns, rowReader } from './csv-cells.ts'
import { headLength, readHead, textDecoder } from './csv-head.ts'
import type { ByteSource, Line, LineLimits } from './lines.ts'

const mostColumns = 1000
const batchRows = 500
const batchLength = 4_000_000
/** Rows inspected before the first is returned. */
const sampleRows = 100
const sampleLength = 1_000_000

type Parsed = { cells: string[]; number: number; line: number; length: number }

/**
 * Yields rows in batches, numbered as a spreadsheet numbers them: the header is row 1.
 * @throws ParleyError `invalid` when the file as a whole cannot be read.
 */
export async function* readCsv(
  source: ByteSource,
  options: LineLimits & { columns?: DeclaredColumns },
): AsyncGenerator<Line[]> {
  const parsed = parseRows(source, options.longestLine ?? 10_000_000)
  const header = await parsed.next()
  if (header.done) return
  const names = readHeader(header.value.cells)
  const sample: Parsed[] = []
  for (let length = 0; sample.length < sampleRows && length < sampleLength; ) {
    const { done, value } = await parsed.next()
    if (done) break
    sample.push(value)
    length += value.length
  }
  const cells = sample.map((row) => row.cells)
  const toRow = rowReader(names, cells, options.columns ?? {})
  let lines: Line[] = []
  let length = 0
  for await (const { cells, number, line } of both(sample, parsed)) {
    const row = toRow(cells, number, line)
    lines.push(row)
    length += row.text.length
    if (lines.length < batchRows && length < batchLength) continue
    yield lines
    lines = []
    length = 0
  }
  if (lines.length > 0) yield lines
}

async function* both(first: Parsed[], rest: AsyncGenerator<Parsed>) {
  yield* first.splice(0)
  yield* rest
}

async function* parseRows(source: ByteSource, longest: number): AsyncGenerator<Parsed> {
  const texts = textsOf(source)
  const { head, isWhole } = await headOf(texts)
  const { skipped, separator, isSpaced, ends } = readHead(head, isWhole)
  const read = Readable.from(after(head.slice(skipped), texts))
  const before = head.slice(0, skipped).trim() === '' ? 0 : 1
  const parser = parse({
    delimiter: separator,
    record_delimiter: [...ends],
    max_record_size: longest,
    relax_column_count: true,
    skip_empty_lines: true,
    ltrim: isSpaced,
    // A stray quotation mark is text; where it moves a cell, the row has too many or too few.
    relax_quotes: true,
    info: true,
  })
  read.on('error', (error) => parser.destroy(error))
  try {
    // Spreadsheets leave rows with only separators at the end of a sheet: skip them.
    for await (const { record, info } of read.pipe(parser))
      if (record.some((cell: string) => cell !== '')) yield placed(record, info, before)
  } catch (cause) {
    if (cause instanceof CsvError) throw unending(cause, longest)
    throw cause
  } finally {
    read.destroy()
    parser.destroy()
  }
}

/** A line that is empty is a row of a spreadsheet too. */
function placed(cells: string[], info: InfoRecord, before: number): Parsed {
  return {
    cells,
    number: info.records + info.empty_lines,
    line: info.lines - breaksIn(cells) + before,
    length: cells.reduce((sum, cell) => sum + cell.length, 0),
  }
}

function breaksIn(cells: readonly string[]): number {
  let breaks = 0
  for (const cell of cells)
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) breaks++
  return breaks
}

function unending(cause: CsvError, longest: number) {
  const line = 'lines' in cause && typeof cause.lines === 'number' ? cause.lines : 1
  const long = Math.round(longest / 1e6) || 1
  const said =
    cause.code === 'CSV_MAX_RECORD_SIZE'
      ? `The row before line ${line} is longer than ${long} MB. Most likely a quotation mark is not closed.`
      : `The row before line ${line} does not end. Most likely a quotation mark is not closed.`
  return invalid({ file: said }, cause)
}

async function* textsOf(source: ByteSource): AsyncGenerator<string> {
  let decode: ReturnType<typeof textDecoder> | null = null
  let start: Uint8Array = new Uint8Array()
  for await (const chunk of source) {
    // The mark of an encoding has two bytes.
    const bytes = start.length > 0 ? Buffer.concat([start, chunk]) : chunk
    start = new Uint8Array()
    if (!decode && bytes.length < 2) {
      start = bytes
      continue
    }
    decode ??= textDecoder(bytes)
    const text = decode(bytes)
    if (text !== '') yield text
  }
  decode ??= textDecoder(start)
  const rest = decode(start) + decode()
  if (rest !== '') yield rest
}

async function headOf(texts: AsyncGenerator<string>) {
  let head = ''
  while (head.length < headLength) {
    const { done, value } = await texts.next()
    if (done) return { head, isWhole: true }
    head += value
  }
  return { head, isWhole: false }
}

async function* after(head: string, rest: AsyncGenerator<string>) {
  if (head !== '') yield head
  yield* rest
}

function readHeader(header: readonly string[]): string[] {
  if (header.length > mostColumns)
    throw invalid({ file: `The file has more than ${mostColumns} columns. Leave some out.` })
  const names = header.map((name, at) => name.trim() || `column_${at + 1}`)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    throw invalid({ 'row 1': `Two columns are called "${twice}". Rename one of them.` })
  return names
}
