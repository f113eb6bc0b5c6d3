/**
 * Checks the pages of a Parquet column before they are decompressed. The library that reads them trusts
 * a page's header, and one byte may claim two thousand million values.
 * The fields of a header: https://github.com/apache/parquet-format, PageHeader.
 */
import { type Cursor, isStruct, readStruct, type Struct } from './thrift.ts'

/** The limits of a column's page. */
export type PageLimits = {
  /** How many values the column has, by its own metadata. */
  values: number
  /** Entries of a dictionary; not all of them need be used. */
  entries: number
}

/** @throws Error if the pages exceed the limits or are not pages. */
export function checkPages(bytes: Uint8Array, { values, entries }: PageLimits): void {
  const at: Cursor = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 }
  let found = 0
  while (at.offset < bytes.length - 1) {
    const header = readHeader(at)
    const { [dataPage]: one, [dataPageV2]: two, [dictionaryPage]: dictionary } = header ?? {}
    // What comes after a column's last value is padding.
    if (!one && !two && !dictionary && found >= values) return
    if (!header) throw new Error('A page of the Parquet file has no header.')
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
    return readStruct(at)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
