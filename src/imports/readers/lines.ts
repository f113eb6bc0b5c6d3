/**
 * Cuts a stream of bytes (plain or gzip) into lines with flat memory. A line that is too long or is
 * not UTF-8 becomes a problem, and reading continues with the next one.
 */
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { invalid } from '../../errors.ts'
import type { JsonObject } from '../../json.ts'

/** One line with its number (from 1); `problem` says why it cannot be used. */
export type Line = {
  number: number
  /** JSON; empty where the row comes from a table whose columns have types. */
  text: string
  /** Such a row: written as JSON it would only be read again. `length` is in characters. */
  row?: { value: JsonObject; length: number }
  problem?: { path?: string; message: string; remedy: string }
}

export type LineLimits = {
  /** Bytes of one line; the default is 10 MB. */
  longestLine?: number
  /** Bytes a gzip file may unpack to; the default is 64 GB. */
  mostUnpacked?: number
  /** Values a row group of Parquet may hold; the default is 20 million. */
  mostGroupValues?: number
  /** The rows are our own export: all its keys and numbers are ours (json.ts). */
  anyKey?: boolean
}

export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Characters of what it holds. */
export function lengthOf({ text, row }: Line): number {
  return row ? row.length : text.length
}

/** The same source; calls `onBytes` with the number of bytes just read. */
export async function* counted(
  source: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    onBytes(chunk.length)
    yield chunk
  }
}

/**
 * Yields the lines of each chunk together, empty ones left out.
 * @throws ParleyError `invalid` when the file as a whole cannot be read (UTF-16, damaged gzip).
 */
export async function* splitLines(
  source: ByteSource,
  limits: LineLimits = {},
): AsyncGenerator<Line[]> {
  const longest = limits.longestLine ?? 10_000_000
  let number = 0
  // Bytes of the current line; null while a line that is too long is skipped.
  let carried: Uint8Array[] | null = []
  let size = 0
  let isFirst = true
  for await (const chunk of unpacked(source, limits.mostUnpacked ?? 64e9)) {
    if (isFirst && isUtf16(chunk))
      throw invalid({ file: 'The file is UTF-16. Save it as UTF-8 and import it again.' })
    const last = chunk.lastIndexOf(10)
    let at = 0
    const lines: Line[] = []
    if (last >= 0 && (carried === null || carried.length > 0 || isFirst)) {
      // The first line of this chunk began in an earlier one, or in a byte order mark.
      const end = chunk.indexOf(10)
      const tooLong = carried === null || size + end > longest
      const bytes = Buffer.concat([...(tooLong ? [] : (carried ?? [])), chunk.subarray(0, end)])
      number++
      if (tooLong) lines.push(tooLongLine(number, longest))
      else pushLine(lines, number, withoutMark(bytes, isFirst))
      at = end + 1
      carried = []
      size = 0
      isFirst = false
    }
    if (last >= at) {
      number = pushLines(lines, number, chunk.subarray(at, last), longest)
      at = last + 1
    }
    if (at < chunk.length) {
      size += chunk.length - at
      if (size > longest) carried = null
      else carried?.push(chunk.subarray(at))
    }
    if (lines.length > 0) yield lines
  }
  if (carried === null) yield [tooLongLine(number + 1, longest)]
  else if (size > 0) {
    const lines: Line[] = []
    pushLine(lines, number + 1, withoutMark(Buffer.concat(carried), isFirst))
    if (lines.length > 0) yield lines
  }
}

/** Whole lines at once: decoding a chunk together is several times faster than line by line. */
function pushLines(lines: Line[], before: number, bytes: Uint8Array, longest: number): number {
  let number = before
  if (bytes.length <= longest && isUtf8(bytes)) {
    for (const text of textOf(bytes).split('\n')) {
      number++
      const bare = text.endsWith('\r') ? text.slice(0, -1) : text
      if (bare.trim() !== '') lines.push({ number, text: bare })
    }
    return number
  }
  let at = 0
  while (at <= bytes.length) {
    const found = bytes.indexOf(10, at)
    const end = found < 0 ? bytes.length : found
    number++
    if (end - at > longest) lines.push(tooLongLine(number, longest))
    else pushLine(lines, number, bytes.subarray(at, end))
    at = end + 1
  }
  return number
}

function pushLine(lines: Line[], number: number, bytes: Uint8Array) {
  if (!isUtf8(bytes)) {
    lines.push(notUtf8(number))
    return
  }
  const text = textOf(bytes)
  const bare = text.endsWith('\r') ? text.slice(0, -1) : text
  if (bare.trim() !== '') lines.push({ number, text: bare })
}

export function tooLongLine(number: number, longest: number): Line {
  return {
    number,
    text: '',
    problem: {
      message: `is longer than ${Math.round(longest / 1e6) || 1} MB.`,
      remedy: 'Split the record, or leave out what nobody reads.',
    },
  }
}

export function notUtf8(number: number): Line {
  return {
    number,
    text: '',
    problem: { message: 'is not UTF-8 text.', remedy: 'Save the file as UTF-8.' },
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function withoutMark(bytes: Uint8Array, isFirst: boolean): Uint8Array {
  const marked = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return marked ? bytes.subarray(3) : bytes
}

function isUtf16(chunk: Uint8Array): boolean {
  return (chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff)
}

/**
 * The bytes themselves, or unpacked if they begin with gzip's magic number.
 * @throws ParleyError `invalid` when it is damaged, or unpacks to more than `most` bytes.
 */
export async function* unpacked(source: ByteSource, most: number): AsyncGenerator<Uint8Array> {
  const chunks = chunksOf(source)
  // The magic number has two bytes; the first chunk may have one.
  let head: Uint8Array = new Uint8Array()
  while (head.length < 2) {
    const { done, value } = await chunks.next()
    if (done) break
    head = head.length === 0 ? value : Buffer.concat([head, value])
  }
  if (!(head[0] === 0x1f && head[1] === 0x8b)) {
    if (head.length > 0) yield head
    yield* chunks
    return
  }
  const packed = Readable.from(prefixed(head, chunks), { objectMode: false })
  const gunzip = createGunzip()
  packed.on('error', (error) => gunzip.destroy(error))
  let bytes = 0
  try {
    for await (const chunk of packed.pipe(gunzip)) {
      bytes += chunk.length
      if (bytes > most)
        throw invalid({
          file: `The gzip file unpacks to more than ${most} bytes. Split it into smaller files.`,
        })
      yield chunk
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_'))
      throw invalid({
        file: 'The gzip file is damaged or cut off. Check it with gzip -t and import it again.',
      })
    throw cause
  } finally {
    packed.destroy()
    gunzip.destroy()
  }
}

async function* prefixed(head: Uint8Array, rest: AsyncGenerator<Uint8Array>) {
  yield head
  yield* rest
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) if (chunk.length > 0) yield chunk
}
