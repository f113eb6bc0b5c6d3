/**
 * Reads Parquet as rows of JSON, one row group at a time: memory is that of a group. Whatever its
 * sizes claim is checked before anything is unpacked, and again while it is.
 */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import {
  type ColumnMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type RowGroup,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { invalid, ParleyError } from '../../errors.ts'
import type { JsonObject } from '../../json.ts'
import { type ByteSource, type Line, type LineLimits, lengthOf, tooLongLine } from './lines.ts'
import { checkPages } from './parquet-pages.ts'
import {
  type ColumnReader,
  type RowState,
  takeTypes,
  textOrBytes,
  tooLong,
} from './parquet-values.ts'

/** A file with random access. */
export type RandomSource = {
  size: number
  read(start: number, end: number): Promise<Uint8Array>
}

const mostHeld = 100_000_000
const longestFooter = 50_000_000
const mostColumns = 1000
const mostGroupBytes = 500_000_000
const mostGroupRows = 2_000_000
/** Empty ones take no place in the file, but in memory. */
const mostGroupValues = 20_000_000
const batchRows = 500
const batchLength = 4_000_000

/** @throws ParleyError `invalid` when the file as a whole cannot be read. */
export async function* readParquet(
  source: RandomSource | ByteSource,
  limits: LineLimits = {},
): AsyncGenerator<Line[]> {
  const random = isRandom(source) ? source : await hold(source)
  const longest = limits.longestLine ?? 10_000_000
  const file = {
    byteLength: random.size,
    slice: async (start: number, end = random.size) => bufferOf(await random.read(start, end)),
  }
  const metadata = await readFooter(file)
  const columns = takeTypes(metadata)
  const mostValues = limits.mostGroupValues ?? mostGroupValues
  const left = { bytes: limits.mostUnpacked ?? 64e9 }
  let before = 0
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows)
    requireSmall(group, mostValues)
    const found = await sound(() =>
      parquetReadObjects({
        file: checkedFor(group, file),
        metadata,
        rowStart: before,
        rowEnd: before + rows,
        compressors: bounded(left),
        parsers: {
          stringFromBytes: textOrBytes,
          // The old type of timestamps has no other way past the library.
          timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds,
        },
      }),
    )
    let lines: Line[] = []
    let length = 0
    for (const row of found) {
      const line = lineOf(before + 1, row, columns, { ...limits, longestLine: longest })
      before++
      lines.push(line)
      length += lengthOf(line)
      // A dictionary holds a text once, however many rows have it.
      left.bytes -= lengthOf(line)
      if (left.bytes < 0) throw tooMuch()
      if (lines.length < batchRows && length < batchLength) continue
      yield lines
      lines = []
      length = 0
    }
    if (lines.length > 0) yield lines
  }
}

/** @throws ParleyError `invalid` for a group that takes more memory than one may. */
function requireSmall({ num_rows: rows, columns }: RowGroup, mostValues: number): void {
  const sum = (sizeOf: (column: ColumnMetaData) => bigint) =>
    columns.reduce((all, { meta_data }) => all + Number(meta_data ? sizeOf(meta_data) : 0), 0)
  const bytes = sum((column) => column.total_uncompressed_size)
  const values = sum((column) => column.num_values)
  if (Number(rows) > mostGroupRows || bytes > mostGroupBytes || values > mostValues)
    throw invalid({
      file: `A row group of the Parquet file unpacks to more than ${mostGroupBytes / 1e6} MB or holds more than ${mostGroupRows} rows or ${mostValues} values. Write it with smaller ones, e.g. row_group_size=10000.`,
    })
}

function isRandom(source: RandomSource | ByteSource): source is RandomSource {
  return 'read' in source && 'size' in source
}

/** Parquet is read from its end, so what comes as a stream has to be held. */
async function hold(source: ByteSource): Promise<RandomSource> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > mostHeld)
      throw invalid({
        file: `A Parquet file of more than ${mostHeld / 1e6} MB cannot be piped in. Name the file itself.`,
      })
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  return { size, read: async (start, end) => bytes.subarray(start, end) }
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length)
  new Uint8Array(copy).set(bytes)
  return copy
}

type File = { byteLength: number; slice(start: number, end?: number): Promise<ArrayBuffer> }

async function readFooter(file: File) {
  if (file.byteLength < 12) throw damaged()
  const [start, end] = [await file.slice(0, 4), await file.slice(file.byteLength - 8)]
  const [first, last] = [latin1(start), latin1(end).slice(4)]
  if (last === 'PARE') throw encrypted()
  if (first.startsWith('\x1f\x8b'))
    throw invalid({ file: 'The Parquet file is packed with gzip. Unpack it first: gunzip FILE.' })
  if (first === 'PAR1' && last !== 'PAR1')
    throw invalid({ file: 'The Parquet file is cut off: its end is missing. Copy it once more.' })
  const length = new DataView(end).getUint32(0, true)
  if (last !== 'PAR1' || length > file.byteLength - 12) throw damaged()
  if (length > longestFooter)
    throw invalid({ file: 'The footer of the Parquet file is too large. Write the file again.' })
  // Nothing here uses a column's bounds, and some writers cut them within a character.
  const parsers = { stringFromBytes: () => '', jsonFromBytes: () => null }
  const metadata = await sound(() => parquetMetadataAsync(file, { parsers, geoparquet: false }))
  if (metadata.schema.length > mostColumns)
    throw invalid({ file: `The file has more than ${mostColumns} columns. Leave some out.` })
  const chunks = metadata.row_groups.flatMap(({ columns }) => columns)
  if (chunks.some((chunk) => chunk.crypto_metadata !== undefined)) throw encrypted()
  return metadata
}

function latin1(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('latin1')
}

function encrypted() {
  return invalid({ file: 'The Parquet file is encrypted. Write it without encryption.' })
}

/** The file as this row group is read from it: no column is unpacked whose pages were not looked at. */
function checkedFor(group: RowGroup, file: File): File {
  const columns = group.columns.map(({ meta_data }) => {
    const start = Number(meta_data?.dictionary_page_offset || meta_data?.data_page_offset)
    const end = start + Number(meta_data?.total_compressed_size)
    if (!(start >= 0 && start <= end && end <= file.byteLength)) throw damaged()
    return { start, end, values: Number(meta_data?.num_values) }
  })
  return {
    byteLength: file.byteLength,
    async slice(start, end = file.byteLength) {
      const bytes = await file.slice(start, end)
      for (const column of columns)
        if (start <= column.start && column.end <= end) {
          const pages = new Uint8Array(bytes, column.start - start, column.end - column.start)
          checkPages(pages, { values: column.values, entries: mostGroupValues })
        }
      return bytes
    },
  }
}

/** The library’s errors about damaged files would mean nothing to the person who gave the file. */
async function sound<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof ParleyError) throw cause
    const said = cause instanceof Error ? cause.message : ''
    const [, unknown] = /^parquet unsupported (compression codec|encoding): (.+)$/.exec(said) ?? []
    if (unknown === undefined) throw damaged(cause)
    const what = said.replace('parquet unsupported ', '')
    throw invalid(
      { file: `The Parquet file uses what is not read here (${what}). Write it with zstd.` },
      cause,
    )
  }
}

function damaged(cause?: unknown) {
  return invalid(
    { file: 'This is not a Parquet file, or it is damaged or cut off. Write the file again.' },
    cause,
  )
}

function tooMuch() {
  return invalid({ file: 'The Parquet file unpacks to too much. Split it into smaller files.' })
}

/** A page that unpacks to more than it says, or a file to more than it may, is a bomb. */
function bounded(left: { bytes: number }): typeof compressors {
  const check = (size: number) => {
    left.bytes -= size
    if (size > mostGroupBytes || left.bytes < 0) throw tooMuch()
    return { maxOutputLength: Math.max(1, size) }
  }
  const all = Object.entries(compressors).map(
    ([codec, unpack]) =>
      [
        codec,
        (input: Uint8Array, size: number) => {
          check(size)
          // A dictionary of a column without values: LZ4 has a byte for it that the library stumbles over.
          return size === 0 ? new Uint8Array() : unpack(input, size)
        },
      ] as const,
  )
  return {
    ...Object.fromEntries(all),
    GZIP: (input, size) => gunzipSync(input, check(size)),
    BROTLI: (input, size) => brotliDecompressSync(input, check(size)),
    ZSTD: (input, size) => zstdDecompressSync(input, check(size)),
  }
}

/** A row, or its problem. */
function lineOf(
  number: number,
  values: { [column: string]: unknown },
  columns: readonly ColumnReader[],
  { longestLine: longest, anyKey = false }: LineLimits & { longestLine: number },
): Line {
  // Lists may hold one text a million times: they are not written out to see how long that is.
  const row: RowState = { left: longest, anyKey, problem: null }
  try {
    const value: JsonObject = {}
    for (const { name, read } of columns) value[name] = read(values[name], row)
    if (row.problem) return { number, text: '', problem: row.problem }
    if (row.left >= 0) return { number, text: '', row: { value, length: longest - row.left } }
  } catch (error) {
    if (error !== tooLong) throw error
  }
  return tooLongLine(number, longest)
}
