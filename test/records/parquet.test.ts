/**
 * Parquet as other programs write it: the files beside this test are by pyarrow, pandas, polars, DuckDB,
 * fastparquet, Arrow Rust and Spark (scripts/real/parquet_fixtures.py), and what they hold is known.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openRows } from '../../src/cli/import/source.ts'
import { readLine } from '../../src/imports/readers/json.ts'
import { checkPages } from '../../src/imports/readers/parquet-pages.ts'
import { decimalOf, shortest16, shortest32 } from '../../src/imports/readers/parquet-scalars.ts'
import { readRows } from '../../src/imports/readers/rows.ts'
import { readStruct } from '../../src/imports/readers/thrift.ts'
import type { JsonObject } from '../../src/json.ts'

const folder = join(import.meta.dirname, 'parquet')
const files = readdirSync(folder).filter((name) => name.endsWith('.parquet'))
const of = (rows: string) => files.filter((name) => name.startsWith(`${rows}.`))

const known: { [rows: string]: JsonObject[] } = {
  ...Object.fromEntries(
    ['scalars', 'nested', 'maps'].map((rows) => [
      rows,
      JSON.parse(readFileSync(join(folder, `${rows}.json`), 'utf8')),
    ]),
  ),
  many: Array.from({ length: 500 }, (_, n) => ({
    id: `r${n}`,
    prompt: `Ask ${'x'.repeat(n % 7)}${n}`,
    same: 'always',
    label: n % 3 === 0 ? null : n % 3 === 1,
    score: n % 5 === 0 ? null : n / 4,
    n: n * 1_000_003,
    chat: Array.from({ length: n % 3 }, (_, k) => ({ role: 'user', content: `m${k}` })),
  })),
}

describe('happy: whoever wrote the table, its rows are what they were', () => {
  test.each(['scalars', 'nested', 'maps', 'many'].flatMap(of))('%s', async (name) => {
    const rows = await valuesOf(join(folder, name))
    const [kind = ''] = name.split('.')
    const wanted = known[kind] ?? []
    if (name.includes('-empty')) return expect(rows).toEqual([])
    // Old pyarrow puts moments before 1970 into INT96 wrongly, and that row was left out.
    expect(rows).toHaveLength(name === 'scalars.pyarrow18-int96.parquet' ? 2 : wanted.length)
    for (const [at, row] of rows.entries()) {
      const { prompt_key: _, ...columns } = row
      const isInt96 = /pyarrow\d*-int96/.test(name)
      for (const [column, value] of Object.entries(columns)) {
        const want = wanted[at]?.[column]
        // The old type of timestamps means a moment, whatever it was made from.
        const isLocal = isInt96 && typeof want === 'string' && /^at_u?s$/.test(column)
        expect([column, value]).toEqual([column, isLocal ? `${want}Z` : want])
      }
    }
  })

  test.each(['pyarrow', 'pyarrow18', 'pandas', 'polars', 'duckdb', 'rust', 'spark'])(
    '%s wrote tables with scalars and with lists of structs',
    (writer) => {
      expect(of('scalars').filter((name) => name.includes(`.${writer}-`))).not.toEqual([])
      expect(of('nested').filter((name) => name.includes(`.${writer}-`))).not.toEqual([])
    },
  )

  test("DuckDB's own types: intervals, JSON, enums and ids", async () => {
    expect(await valuesOf(join(folder, 'special.duckdb-default.parquet'))).toEqual([
      expect.objectContaining({
        uuid: '0123abcd-0000-4000-8000-00000000000a',
        span: 'P1M2DT3.5S',
        json: { a: [1, { b: null }], big: 'x' },
        enum: 'yes',
        timetz: '02:04:05',
      }),
    ])
  })
})

describe('happy: no digit is lost', () => {
  test('a decimal is the number it says, or its digits', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }),
        fc.nat(30),
        (whole, scale) => {
          const [before = '', after = ''] = String(decimalOf(whole, scale)).split('.')
          expect(BigInt(`${before}${after.padEnd(scale, '0')}`)).toBe(whole)
        },
      ),
    )
  })

  test('the short form of a float is the same float', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const short = shortest32(value)
        expect(Math.fround(short ?? Number.NaN)).toBe(value)
        expect(String(short).length).toBeLessThanOrEqual(String(value).length)
      }),
    )
    expect(shortest32(Math.fround(0.1))).toBe(0.1)
  })

  test('every half float is read, each as a number of its own', () => {
    const numbers = Array.from({ length: 0x7c00 }, (_, bits) =>
      shortest16(Uint8Array.of(bits & 0xff, bits >> 8)),
    )
    expect(new Set(numbers).size).toBe(0x7c00)
    expect(numbers).toEqual(numbers.toSorted((a, b) => (a ?? 0) - (b ?? 0)))
    expect(shortest16(Uint8Array.of(0, 0x7c))).toBeNull()
  })
})

describe('refused: what is no text, and what cannot be read', () => {
  test.each(of('untext'))(
    '%s: the row and its column are named, the other is read',
    async (name) => {
      const [first, second] = await linesOf(join(folder, name))
      expect(first?.problem).toBeUndefined()
      expect(second).toMatchObject({
        number: 2,
        problem: {
          path: name.includes('latin') ? 'prompt' : 'raw',
          message: 'holds bytes that are not text.',
          remedy: expect.stringContaining('UTF-8'),
        },
      })
    },
  )

  test.each(of('encrypted'))('%s', async (name) => {
    await expect(linesOf(join(folder, name))).rejects.toThrow('is encrypted')
  })

  test.each(['many.pyarrow-pages1.parquet', 'nested.spark-default.parquet'])(
    '%s, cut off wherever it may be',
    async (name) => {
      const whole = readFileSync(join(folder, name))
      for (let at = 1; at < 20; at++) {
        const part = whole.subarray(0, Math.floor((whole.length * at) / 20))
        await expect(rowsOf({ name: 'a.parquet', source: [part] })).rejects.toThrow(/cut off/)
      }
    },
  )

  test('a file that was packed once more', async () => {
    const source = [Buffer.from('1f8b080000000000000a00000000000000', 'hex')]
    await expect(rowsOf({ name: 'a.parquet', source })).rejects.toThrow('gunzip')
  })
})

describe('refused: rows of a table that could not be lines either', () => {
  const table = (value: JsonObject) => ({ text: '', row: { value, length: 0 } })
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) })

  test.each<[string, JsonObject, RegExp]>([
    ['a NUL character', { prompt: 'a\u0000b' }, /NUL/],
    ['a number that a double rounds', { n: 123456789012345680000 }, /too large a number/],
    ['a key that changes its object', JSON.parse('{"m":{"__proto__":1}}'), /__proto__|not allowed/],
    ['more levels than anybody reads', { m: deep(101) }, /levels deep/],
  ])('%s', (_, value, said) => {
    const read = readLine(table(value))
    expect('problem' in read && read.problem.message).toMatch(said)
  })

  test('more values than a row may have', () => {
    const value = { list: Array(20).fill(1) }
    expect(readLine(table(value), { mostValues: 21 })).toEqual({ value })
    expect(readLine(table(value), { mostValues: 20 })).toMatchObject({
      problem: { message: 'holds more than 20 values.' },
    })
  })

  test('any row is read as the line of JSON that holds the same', () => {
    const name = fc.constantFrom('a', 'b', '__proto__', 'c\u0000')
    const leaf = fc.oneof(fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.constant(2 ** 70))
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(leaf, fc.array(tie('tree')), fc.dictionary(name, tie('tree'))),
    }))
    const row = fc.dictionary(fc.string(), tree)
    fc.assert(
      fc.property(row, (value) => {
        const kept = (read: ReturnType<typeof readLine>) =>
          'problem' in read ? read.problem.path.split('.')[0] : read.value
        expect(kept(readLine(table(value)))).toEqual(
          kept(readLine({ text: JSON.stringify(value) })),
        )
      }),
    )
  })
})

describe('refused: headers of pages that say more than their column has', () => {
  const page = (values: number) => [
    // type 0, sizes 0, and the header of a data page with statistics between its counts.
    ...[0x15, 0, 0x15, 0, 0x15, 0, 0x2c, 0x15, values * 2, 0x15, 0, 0x15, 0, 0x15, 0],
    ...[0x1c, 0x18, 3, 9, 9, 9, 0x18, 0, 0x16, 0, 0, 0, 0],
  ]
  const dictionary = (entries: number) => [
    ...[0x15, 4, 0x15, 0, 0x15, 0, 0x4c, 0x15, entries * 2, 0x15, 0, 0, 0],
  ]

  test.each([
    ['as many values as there are', [...page(3), ...page(2)], null],
    ['a dictionary and padding', [...dictionary(4), ...page(5), 0, 0, 0, 0], null],
    ['one value more', [...page(3), ...page(3)], 'more values'],
    [
      'a dictionary of more entries than it may have',
      [...dictionary(5), ...page(5)],
      'more values',
    ],
    ['a value less, and something else', [...page(4), 0, 0, 0], 'does not say'],
    ['a struct within structs without end', [...page(5), ...Array(20).fill(0x1c), 0, 0], 'nested'],
    ['a number without end', [...page(5), 0x15, ...Array(12).fill(0xff), 0, 0], 'does not end'],
  ])('%s', (_, bytes, said) => {
    const check = () => checkPages(Uint8Array.from(bytes), { values: 5, entries: 4 })
    if (said === null) expect(check).not.toThrow()
    else expect(check).toThrow(said)
  })
})

/** A struct as the protocol writes it, of any types, and what is to be kept of it. */
type Written = { type: number; bytes: number[]; kept?: unknown }
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]
const ofSize = (size: number) =>
  fc.array(fc.integer({ min: 0, max: 255 }), { minLength: size, maxLength: size })
const { value: anyValue } = fc.letrec<{ value: Written; struct: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.nat(2 ** 30).map((n) => ({ type: 5, bytes: varint(n * 2), kept: n })),
    fc.nat(2 ** 30).map((n) => ({ type: 6, bytes: varint(n * 2 + 1), kept: -n - 1 })),
    fc.integer({ min: -128, max: 127 }).map((n) => ({ type: 3, bytes: [n & 255], kept: n })),
    ofSize(8).map((bytes) => ({ type: 7, bytes })),
    ofSize(16).map((bytes) => ({ type: 13, bytes })),
    fc
      .nat(300)
      .chain(ofSize)
      .map((bytes) => ({ type: 8, bytes: [...varint(bytes.length), ...bytes] })),
    fc.boolean().map((value) => ({ type: value ? 1 : 2, bytes: [value ? 1 : 2] })),
    tie('struct'),
    fc
      .tuple(fc.constantFrom(9, 10), tie('value'), fc.nat(20))
      .map(([type, { type: held, bytes }, size]) => ({
        type,
        bytes: [
          ...(size < 15 ? [(size << 4) | held] : [0xf0 | held, ...varint(size)]),
          ...Array.from({ length: size }, () => bytes).flat(),
        ],
      })),
    fc.tuple(tie('value'), tie('value'), fc.nat(3)).map(([key, held, size]) => ({
      type: 11,
      bytes:
        size === 0
          ? [0]
          : [
              size,
              (key.type << 4) | held.type,
              ...Array.from({ length: size }, () => [...key.bytes, ...held.bytes]).flat(),
            ],
    })),
  ),
  struct: fc.array(tie('value'), { maxLength: 5 }).map((fields) => ({
    type: 12,
    bytes: [...fields.flatMap(({ type, bytes }) => [0x10 | type, ...(type < 3 ? [] : bytes)]), 0],
    kept: Object.fromEntries(
      fields.flatMap(({ kept }, at) => (kept === undefined ? [] : [[at + 1, kept]])),
    ),
  })),
}))

describe("happy: Thrift's compact protocol", () => {
  test('what follows a value of any type is read from the right place', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 6 }), (values) => {
        const bytes = [
          ...values.flatMap(({ type, bytes }) => [0x10 | type, ...(type < 3 ? [] : bytes)]),
          // The last field is numbered in full and not by its distance.
          ...[0x05, ...varint(200), 0x54, 0],
        ]
        const at = { view: new DataView(Uint8Array.from(bytes).buffer), offset: 0 }
        expect(readStruct(at)).toEqual({
          ...Object.fromEntries(
            values.flatMap(({ kept }, at) => (kept === undefined ? [] : [[at + 1, kept]])),
          ),
          100: 42,
        })
        expect(at.offset).toBe(bytes.length)
      }),
      { numRuns: 300 },
    )
  })
})

async function linesOf(file: string) {
  return rowsOf(await openRows(file))
}

async function rowsOf(input: Parameters<typeof readRows>[0]) {
  const all = []
  for await (const lines of readRows(input)) all.push(...lines)
  return all
}

async function valuesOf(file: string): Promise<JsonObject[]> {
  return (await linesOf(file)).map(({ row, problem }) => {
    expect(problem).toBeUndefined()
    return row?.value ?? {}
  })
}
