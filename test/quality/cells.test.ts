/** Cells of COPY's binary rows, as Postgres writes them and a network cuts them. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Cells,
  hasRow,
  openChunk,
  readDouble,
  readIntegers,
  readText,
  readTruth,
  readWhole,
  skipRow,
  startCells,
  startTexts,
} from '../../src/quality/dataset/cells.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let house: TestParley
beforeAll(async () => {
  house = await startParley()
})
afterAll(() => house.close())

/** All bytes of a statement's rows. */
async function bytesOf(text: string): Promise<Buffer> {
  const { parley } = house
  const snapshot = await parley.openSnapshot()
  const chunks: Buffer[] = []
  const query = { compile: () => sql.raw(text).compile(parley.db) }
  for await (const chunk of snapshot.binary(query)) chunks.push(chunk)
  await snapshot.close()
  return Buffer.concat(chunks)
}

/** Reads rows out of bytes that arrive in pieces of these sizes, again and again. */
function readAll<Row>(bytes: Buffer, sizes: readonly number[], read: (cells: Cells) => Row): Row[] {
  const cells = startCells(startTexts())
  const rows: Row[] = []
  for (let start = 0, piece = 0; start < bytes.length; piece += 1) {
    const size = sizes[piece % sizes.length] ?? 1
    openChunk(cells, bytes.subarray(start, start + size))
    start += size
    while (hasRow(cells)) {
      // Asked twice, it is the same row.
      expect(hasRow(cells)).toBe(true)
      rows.push(read(cells))
    }
  }
  return rows
}

describe('happy: cells', () => {
  test('numbers, texts, lists and nothing at all, however the bytes are cut', async () => {
    const bytes = await bytesOf(`
      select * from (values
        (1::int8, -7::int4, 3::int2, 2.5::float8, 'o1', '{12,345}'::int[], true),
        (9007199254740991, null, null, null, null, null, null),
        (-9007199254740991, 2147483647, -1, 'NaN', '', '{}', false),
        (4, 0, 0, -0.125, 'drei Öle 🙂 und ein langer Text', '{7}', true)) v`)
    const rows = [
      [1, -7, 3, 2.5, 'o1', [12, 345], true],
      [9007199254740991, null, null, null, '', null, false],
      [-9007199254740991, 2147483647, -1, Number.NaN, '', [], false],
      [4, 0, 0, -0.125, 'drei Öle 🙂 und ein langer Text', [7], true],
    ]
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1 }), (sizes) => {
        const found = readAll(bytes, sizes, (cells) => [
          readWhole(cells),
          readWhole(cells),
          readWhole(cells),
          readDouble(cells),
          readText(cells),
          readIntegers(cells),
          readTruth(cells),
        ])
        expect(found).toEqual(rows)
      }),
    )
  })

  test('a row that is left in the middle is followed by the next one', async () => {
    const bytes = await bytesOf(
      `select n::int8, 'text ' || n, n::int4 from generate_series(1, 50) n`,
    )
    const found = readAll(bytes, [37], (cells) => {
      const first = readWhole(cells)
      skipRow(cells)
      return first
    })
    expect(found).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
  })

  test('more different texts than are remembered, some of them long', async () => {
    const text = (n: number) => `${n % 9000} ${'x'.repeat(n % 1000 === 0 ? 9000 : n % 40)}`
    const bytes = await bytesOf(`
      select n % 9000 || ' ' || repeat('x', case when n % 1000 = 0 then 9000 else n % 40 end)
      from generate_series(0, 29999) n`)
    const found = readAll(bytes, [65_536, 1], readText)
    expect(found).toEqual(Array.from({ length: 30_000 }, (_, n) => text(n)))
  })

  test('no rows at all', async () => {
    expect(readAll(await bytesOf('select 1 where false'), [5], readWhole)).toEqual([])
  })
})
