/**
 * Converts the values of a Parquet file to JSON, by the types its schema declares. The library that
 * decodes them rounds decimals and times and replaces invalid UTF-8, so it gets the schema without those
 * types, and the values are read here: whatever JSON can hold exactly is a number, and
 * larger or finer ones are text in digits.
 * The types: https://github.com/apache/parquet-format/blob/master/LogicalTypes.md
 */
import { isUtf8 } from 'node:buffer'
import { type FileMetaData, parquetSchema, type SchemaElement, type SchemaTree } from 'hyparquet'
import { invalid } from '../../errors.ts'
import type { LineProblem } from '../../json.ts'
import { parseJson } from './json.ts'
import {
  dateText,
  decimalOf,
  durationText,
  integerOf,
  shortest16,
  shortest32,
  timestampText,
  timeText,
  type Unit,
  wholeOf,
} from './parquet-scalars.ts'

/** The state of the row being read. */
export type RowState = {
  /** Characters it may still have; below zero it is too long. */
  left: number
  /** JSON text may hold whatever our own exports may. */
  anyKey: boolean
  problem: LineProblem | null
}
type ValueReader = (value: unknown, row: RowState) => unknown
export type ColumnReader = { name: string; read: ValueReader }

/** Returns bytes that are text as text, and others unchanged. */
export function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  return isUtf8(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    : bytes
}

/**
 * Takes the types that are read here out of the schema, and returns how each column is read.
 * @throws ParleyError `invalid` for names that JSON cannot distinguish.
 */
export function takeTypes(metadata: FileMetaData): ColumnReader[] {
  const { children } = parquetSchema(metadata)
  const names = children.map(({ element }) => element.name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined)
    throw invalid({ file: `Two columns are called "${twice}". Rename one of them.` })
  return children.map((node) => ({ name: node.element.name, read: readerOf(node) }))
}

function readerOf(node: SchemaTree): ValueReader {
  const { element, children } = node
  if (element.name === '__proto__')
    throw invalid({ file: 'A column is called "__proto__". Rename it.' })
  const declared = element.logical_type?.type
  if (declared === 'VARIANT') return readAnything
  if (declared === 'LIST' || declared === 'MAP') element.converted_type ??= declared
  const single = children.length > 0 ? groupReader(node) : leafReader(node)
  return (value, row) => readNested(value, row, single)
}

/** Unwraps lists of any depth to the type of their values. */
function readNested(value: unknown, row: RowState, single: ValueReader): unknown {
  if (value === null || value === undefined) return null
  if (!Array.isArray(value)) return single(value, row)
  row.left -= value.length
  if (row.left < 0) throw tooLong
  return value.map((one: unknown) => readNested(one, row, single))
}

/** Thrown if a row has too many characters; the rest of it is not read. */
export const tooLong = new Error('The row is too long.')

/**
 * Where chats keep objects whose keys differ from one to the next. A struct has all keys of all rows: the
 * arguments of one tool stand with null among those of every other.
 */
const free = new Set(['tool_calls', 'function_call', 'tools', 'chat_template_kwargs'])

function groupReader({ element, children, path }: SchemaTree): ValueReader {
  const [inner] = children
  if (element.converted_type === 'LIST' && inner) {
    // Three levels, as everybody writes lists today: the one between has no values of its own.
    const [item] = inner.children
    if (item && inner.children.length === 1) return readerOf(item)
    const read = readerOf(inner)
    // Two levels, as writers with Avro's types do: the library takes them for a struct of one list.
    return (value, row) => read(isPlain(value) ? value[inner.element.name] : value, row)
  }
  const [, held] = inner?.children ?? []
  if (element.converted_type?.startsWith('MAP') && held) return mapReader(readerOf(held))
  const isFree = path.some((name) => free.has(name))
  const readers = children.map((child) => ({ name: child.element.name, read: readerOf(child) }))
  return (value, row) => {
    if (!isPlain(value)) return null
    const object: { [name: string]: unknown } = {}
    for (const { name, read } of readers) {
      const held = read(value[name], row)
      if (held !== null || !isFree) object[name] = held
    }
    return object
  }
}

function mapReader(read: ValueReader): ValueReader {
  return (value, row) => {
    if (!isPlain(value)) return null
    const entries = Object.entries(value)
    row.left -= entries.reduce((sum, [key]) => sum + key.length, 0)
    return Object.fromEntries(entries.map(([key, one]) => [key, read(one, row)]))
  }
}

function isPlain(value: unknown): value is { [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
}

function leafReader({ element, path }: SchemaTree): ValueReader {
  const { type } = element
  const read = scalarReader(element)
  if (read) {
    plainly(element)
    return (value, row) => {
      row.left -= 1
      return read(value)
    }
  }
  const declared = element.logical_type?.type
  if (declared === 'UUID') return readAnything
  const isJson = declared === 'JSON' || element.converted_type === 'JSON'
  plainly(element)
  // Known as text, a dictionary is decoded once and not for every row.
  if (type === 'BYTE_ARRAY') element.converted_type = 'UTF8'
  const column = path.join('.')
  return (value, row) => readText(value, row, column, isJson)
}

function plainly(element: SchemaElement) {
  delete element.converted_type
  delete element.logical_type
}

function readText(value: unknown, row: RowState, path: string, isJson: boolean): unknown {
  const text = value instanceof Uint8Array ? textOrBytes(value) : value
  if (typeof text !== 'string') {
    row.problem ??= {
      path,
      message: 'holds bytes that are not text.',
      remedy: 'Write the column as text (UTF-8), or leave it out of the file.',
    }
    return null
  }
  row.left -= text.length
  if (row.left < 0) throw tooLong
  if (!isJson) return text
  const parsed = parseJson(text, { anyKey: row.anyKey })
  if ('value' in parsed) return parsed.value
  const { problem } = parsed
  row.problem ??= { ...problem, path: problem.path === '' ? path : `${path}.${problem.path}` }
  return null
}

/** Null for text. */
function scalarReader(element: SchemaElement): ((value: unknown) => unknown) | null {
  const { type, converted_type: converted, logical_type: logical } = element
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') {
    const scale = (logical?.type === 'DECIMAL' ? logical.scale : element.scale) ?? 0
    return (value) => decimalOf(wholeOf(value), scale)
  }
  if (logical?.type === 'DATE' || converted === 'DATE') return (value) => dateText(Number(value))
  if (type === 'INT96') return (value) => timestampText(wholeOf(value), 'NANOS', true)
  if (logical?.type === 'TIMESTAMP') {
    const { unit, isAdjustedToUTC } = logical
    return (value) => timestampText(wholeOf(value), unit, isAdjustedToUTC)
  }
  if (logical?.type === 'TIME') return (value) => timeText(wholeOf(value), logical.unit)
  const old = /^(TIMESTAMP|TIME)_(MILLIS|MICROS)$/.exec(converted ?? '')
  if (old) {
    const unit: Unit = old[2] === 'MILLIS' ? 'MILLIS' : 'MICROS'
    return old[1] === 'TIME'
      ? (value) => timeText(wholeOf(value), unit)
      : (value) => timestampText(wholeOf(value), unit, true)
  }
  if (converted === 'INTERVAL')
    return (value) => (value instanceof Uint8Array ? durationText(value) : null)
  if (logical?.type === 'FLOAT16') return (value) => shortest16(bytesOf(value))
  if (type === 'FLOAT') return (value) => shortest32(Number(value))
  if (type === 'DOUBLE') return (value) => (Number.isFinite(value) ? value : null)
  if (type === 'BOOLEAN') return (value) => value
  const isUnsigned =
    converted?.startsWith('UINT_') || (logical?.type === 'INTEGER' && !logical.isSigned)
  if (type === 'INT32') return isUnsigned ? (value) => Number(value) >>> 0 : Number
  if (type === 'INT64')
    return (value) => integerOf(isUnsigned ? BigInt.asUintN(64, wholeOf(value)) : wholeOf(value))
  return null
}

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array()
}

/** What the library has made of a type that says for each value what it is. */
function readAnything(value: unknown, row: RowState): unknown {
  if (typeof value === 'bigint') return integerOf(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (value instanceof Uint8Array) return readText(value, row, '', false)
  if (typeof value === 'string') return readText(value, row, '', false)
  if (value instanceof Date) return value.toJSON()
  if (Array.isArray(value)) return value.map((one: unknown) => readAnything(one, row))
  if (!isPlain(value)) return value ?? null
  row.left -= 1
  if (row.left < 0) throw tooLong
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, readAnything(one, row)]),
  )
}
