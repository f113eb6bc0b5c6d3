/**
 * Reads structs of Thrift's compact protocol, in which Parquet writes its headers: whole numbers and
 * structs are kept, everything else is skipped by its own length, so that unknown fields cannot shift
 * the ones after them.
 * The types and their layouts: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

export type Cursor = { view: DataView; offset: number }
/** The whole numbers and structs among its fields, by their ids. */
export type Struct = { [field: number]: number | Struct }

const typeOf = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  uuid: 13,
} as const

const deepest = 16

export function isStruct(value: number | Struct | undefined): value is Struct {
  return typeof value === 'object'
}

/**
 * @throws RangeError where the bytes end before the struct does, or hold no struct.
 * @throws Error for a struct that other readers may take, but which nobody writes.
 */
export function readStruct(at: Cursor, depth = 0): Struct {
  if (depth > deepest) throw new Error('A struct that is nested too deeply.')
  const struct: Struct = {}
  for (let field = 0; ; ) {
    const byte = at.view.getUint8(at.offset++)
    if (byte === 0) return struct
    const delta = byte >> 4
    const type = byte & 0x0f
    field = delta === 0 ? readZigZag(at) : field + delta
    // A boolean field is its type and has no bytes of its own.
    if (type === typeOf.true || type === typeOf.false) continue
    const value = readValue(at, type, depth)
    if (value !== undefined) struct[field] = value
  }
}

/** The value in a struct, a list or a map; undefined for anything but numbers and structs. */
function readValue(at: Cursor, type: number, depth: number): number | Struct | undefined {
  switch (type) {
    case typeOf.true:
    case typeOf.false:
      return skip(at, 1)
    case typeOf.byte:
      return at.view.getInt8(at.offset++)
    case typeOf.i16:
    case typeOf.i32:
    case typeOf.i64:
      return readZigZag(at)
    case typeOf.double:
      return skip(at, 8)
    case typeOf.binary:
      // The length moves the cursor itself, so it is read first.
      return skip(at, readVarint(at))
    case typeOf.list:
    case typeOf.set:
      return skipList(at, depth)
    case typeOf.map:
      return skipMap(at, depth)
    case typeOf.struct:
      return readStruct(at, depth + 1)
    case typeOf.uuid:
      return skip(at, 16)
    default:
      throw new RangeError(`A value of the type ${type}, which there is not.`)
  }
}

function skip(at: Cursor, bytes: number): undefined {
  if (at.offset + bytes > at.view.byteLength) throw new RangeError('A value that is cut off.')
  at.offset += bytes
}

/** A size above 14 does not fit beside the type and follows it. */
function skipList(at: Cursor, depth: number): undefined {
  const byte = at.view.getUint8(at.offset++)
  const size = byte >> 4 === 15 ? readVarint(at) : byte >> 4
  skipAll(at, [byte & 0x0f], size, depth)
}

/** The types of keys and values follow the size; an empty map has none. */
function skipMap(at: Cursor, depth: number): undefined {
  const size = readVarint(at)
  if (size === 0) return
  const byte = at.view.getUint8(at.offset++)
  skipAll(at, [byte >> 4, byte & 0x0f], size, depth)
}

function skipAll(at: Cursor, types: readonly number[], size: number, depth: number) {
  if (depth > deepest) throw new Error('A list that is nested too deeply.')
  // Each value takes a byte at least: no size can make this run longer than the bytes are.
  for (let left = size; left > 0; left--) for (const type of types) readValue(at, type, depth + 1)
}

function readZigZag(at: Cursor): number {
  const value = readVarint(at)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

/** Exact up to 2^53; larger ones occur only in statistics, which are not read here. */
function readVarint(at: Cursor): number {
  let value = 0
  for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
    const byte = at.view.getUint8(at.offset++)
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
  }
  throw new Error('A number that does not end.')
}
