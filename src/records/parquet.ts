/**
 * Reads Parquet as rows of JSON, one row group at a time: memory is that of a group. Whatever its
 * sizes claim is checked before anything is unpacked, and again while it is.
 */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { parquetMetadataAsync, parquetReadObjects, type RowGroup } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { invalid, ParleyError } from '../errors.ts'
import { type ByteSource, type Line, type LineLimits, tooLongLine } from './lines.ts'
import { checkPages } from './parquet-pages.ts'

/** A file of which any part can be read. */
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
  const left = { bytes: limits.mostUnpacked ?? 64e9 }
  let before = 0
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows)
    const bytes = group.columns.reduce(
      (sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0),
      0,
    )
    const values = group.columns.reduce(
      (sum, { meta_data }) => sum + Number(meta_data?.num_values ?? 0),
      0,
    )
    if (rows > mostGroupRows || bytes > mostGroupBytes || values > mostGroupValues)
      throw invalid({
        file: `A row group of the Parquet file unpacks to more than ${mostGroupBytes / 1e6} MB or holds more than ${mostGroupRows} rows or ${mostGroupValues} values. Write it with smaller ones, e.g. row_group_size=10000.`,
      })
    const found = await sound(() =>
      parquetReadObjects({
        file: checkedFor(group, file),
        metadata,
        rowStart: before,
        rowEnd: before + rows,
        compressors: bounded(left),
      }),
    )
    let lines: Line[] = []
    let length = 0
    for (const row of found) {
      const line = lineOf(before + 1, row, longest)
      before++
      lines.push(line)
      length += line.text.length
      // A dictionary holds a text once, however many rows have it.
      left.bytes -= line.text.length
      if (left.bytes < 0) throw tooMuch()
      if (lines.length < batchRows && length < batchLength) continue
      yield lines
      lines = []
      length = 0
    }
    if (lines.length > 0) yield lines
  }
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
  const end = new DataView(await file.slice(file.byteLength - 8))
  const isWhole = end.getUint32(4) === 0x50415231
  const length = end.getUint32(0, true)
  if (!isWhole || length > file.byteLength - 12) throw damaged()
  if (length > longestFooter)
    throw invalid({ file: 'The footer of the Parquet file is too large. Write it anew.' })
  const metadata = await sound(() => parquetMetadataAsync(file))
  if (metadata.schema.length > mostColumns)
    throw invalid({ file: `The file has more than ${mostColumns} columns. Leave some out.` })
  return metadata
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

/** What the library throws at a damaged file says nothing to whoever gave it. */
async function sound<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (cause) {
    throw cause instanceof ParleyError ? cause : damaged(cause)
  }
}

function damaged(cause?: unknown) {
  return invalid(
    { file: 'This is no Parquet file, or it is damaged or cut off. Write it anew.' },
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
          return unpack(input, size)
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

function lineOf(number: number, row: object, longest: number): Line {
  // Lists may hold one text a million times: they are not written out to see how long that is.
  let length = 0
  const counted = (key: string, value: unknown) => {
    length += typeof value === 'string' ? value.length : 1
    if (length > longest) throw tooLong
    return plain(key, value)
  }
  try {
    const text = JSON.stringify(row, counted)
    if (text.length <= longest) return { number, text }
  } catch (error) {
    if (error !== tooLong) throw error
  }
  return tooLongLine(number, longest)
}

const tooLong = new Error('The row is too long.')

/** What JSON has no word for: large integers and bytes become text, numbers that are none null. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (ArrayBuffer.isView(value) && Symbol.iterator in value) return Array.from(listOf(value))
  return value
}

function listOf(value: object): Iterable<unknown> {
  return value as Iterable<unknown>
}
