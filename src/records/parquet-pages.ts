/**
 * Looks through the pages of a Parquet column before they are unpacked. The library that reads them
 * believes what a page's header says of itself, and one byte may stand for two thousand million values.
 * The headers are structs of Thrift's compact protocol (parquet-format, PageHeader).
 */

/** What a page may hold of the column it is of, at most. */
export type PageLimits = {
  /** How many values the column has, by its own metadata. */
  values: number
  /** Entries of a dictionary; not all of them need be used. */
  entries: number
}

/** @throws Error where the pages hold more than they may, or are none. */
export function checkPages(bytes: Uint8Array, { values, entries }: PageLimits): void {
  const at: Cursor = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 }
  let found = 0
  while (at.offset < bytes.length - 1) {
    const header = readHeader(at)
    // What comes after a column's last value is padding.
    if (!header && found >= values) return
    if (!header) throw new Error('A page of the Parquet file has no header.')
    const { [dataPage]: one, [dataPageV2]: two, [dictionaryPage]: dictionary } = header
    if (isStruct(one)) found += numberIn(one, 1)
    if (isStruct(two)) found += numberIn(two, 1)
    if (isStruct(two) && numberIn(two, 2) > numberIn(two, 1))
      throw new Error('A page of the Parquet file holds more nulls than values.')
    if (found > values || (isStruct(dictionary) && numberIn(dictionary, 1) > entries))
      throw new Error('The pages of the Parquet file hold more values than their column.')
    at.offset += numberIn(header, compressedSize)
  }
}

const compressedSize = 3
const dataPage = 5
const dictionaryPage = 7
const dataPageV2 = 8

type Cursor = { view: DataView; offset: number }
/** The numbers and structs among its fields, by their ids. */
type Struct = { [field: number]: number | Struct }

function isStruct(value: number | Struct | undefined): value is Struct {
  return typeof value === 'object'
}

/** A count or a size: never below nothing. */
function numberIn(struct: Struct, field: number): number {
  const value = struct[field]
  if (typeof value !== 'number' || value < 0)
    throw new Error('A page of the Parquet file does not say what it holds.')
  return value
}

/** Null where there is none. */
function readHeader(at: Cursor): Struct | null {
  try {
    return readStruct(at, 0)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** @throws RangeError where the bytes end before it does, or are nothing of the kind. */
function readStruct(at: Cursor, depth: number): Struct {
  if (depth > deepest) throw new RangeError('A header that is nested too deeply.')
  const struct: Struct = {}
  for (let field = 0; ; ) {
    const byte = at.view.getUint8(at.offset++)
    if (byte === 0) return struct
    const delta = byte >> 4
    field = delta === 0 ? readZigZag(at) : field + delta
    const value = readValue(at, byte & 0x0f, depth)
    if (value !== undefined) struct[field] = value
  }
}

const deepest = 8

/** A value of a compact type; of what is neither number nor struct only the bytes are passed over. */
function readValue(at: Cursor, type: number, depth: number): number | Struct | undefined {
  switch (type) {
    case 1:
    case 2:
      return undefined
    case 3:
      return at.view.getInt8(at.offset++)
    case 4:
    case 5:
    case 6:
      return readZigZag(at)
    case 7:
      at.offset += 8
      return undefined
    case 8:
      at.offset += readVarint(at)
      return undefined
    case 12:
      return readStruct(at, depth + 1)
    default:
      throw new RangeError('No page header has a value of this type.')
  }
}

function readZigZag(at: Cursor): number {
  const value = readVarint(at)
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

/** Exact up to 2^53; larger ones stand in statistics only, which nobody reads here. */
function readVarint(at: Cursor): number {
  let value = 0
  for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
    const byte = at.view.getUint8(at.offset++)
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return value
  }
  throw new RangeError('A number that does not end.')
}
