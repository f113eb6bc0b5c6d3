/**
 * Files that would take up more than there is, in small: every limit is turned down, so that the same
 * guard meets an input that could do no harm without it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRows } from '../../src/cli/import/source.ts'
import { parseJson } from '../../src/imports/readers/json.ts'
import type { LineLimits } from '../../src/imports/readers/lines.ts'
import { type RowsInput, readRows } from '../../src/imports/readers/rows.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-limits-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(input: RowsInput, limits: LineLimits = {}) {
  const batches = []
  for await (const lines of readRows({ ...input, limits })) batches.push(lines)
  return batches
}

const packed = (...lines: string[]): RowsInput => ({
  name: 'a.jsonl.gz',
  source: [gzipSync(lines.join('\n'))],
})

describe('refused, and the rest is read', () => {
  const deep = `${'['.repeat(120)}${']'.repeat(120)}`
  test.each([
    ['lists within each other', deep, /100 levels/],
    ['lists that never close', '['.repeat(120), /100 levels/],
    ['many empty objects', `{"a":[${'{},'.repeat(60)}{}]}`, /50 values/],
  ])('%s', (_, line, said) => {
    const parsed = parseJson(line, { mostValues: line.startsWith('[') ? 1000 : 50, longText: 10 })
    expect(parsed).toEqual({ problem: expect.objectContaining({ message: expect.any(String) }) })
    expect('problem' in parsed && parsed.problem.message).toMatch(said)
    expect(parseJson('{"prompt":"p"}', { mostValues: 50, longText: 10 })).toHaveProperty('value')
  })

  test('a line that goes on beyond its limit, packed', async () => {
    const input = packed(`{"a":"${'y'.repeat(2000)}"}`, '{"prompt":"p"}')
    const lines = (await read(input, { longestLine: 1000 })).flat()
    expect(lines.map(({ problem }) => problem?.message)).toEqual([
      expect.stringMatching(/longer than/),
      undefined,
    ])
  })

  test('a file that unpacks to more than it may, at the first byte too many', async () => {
    const input = packed(...Array.from({ length: 500 }, (_, i) => `{"prompt":"p${i}"}`))
    await expect(read(input, { mostUnpacked: 1000 })).rejects.toThrow(/unpacks to more than 1000/)
  })
})

describe('happy: rows come while the file is still read', () => {
  test('the first rows of a table are there before its last are asked for', async () => {
    let asked = 0
    async function* source() {
      yield Buffer.from('a,b\n')
      for (asked = 1; asked <= 1000; asked++) yield Buffer.from(`x,${'y'.repeat(20_000)}\n`)
    }
    const rows = readRows({ name: 'a.csv', source: source() })
    await rows.next()
    expect(asked).toBeLessThan(1000)
    await rows.return(undefined)
  })

  test('a Parquet file that holds one text once for all of its rows counts it for each', async () => {
    await duck(`copy (select repeat('y', 20000) as a from range(40)) to '${folder}/same.parquet'
      (format parquet, compression zstd)`)
    const rows = await openRows(join(folder, 'same.parquet'))
    expect((await read(rows)).flat()).toHaveLength(40)
    await expect(read(rows, { mostUnpacked: 200_000 })).rejects.toThrow(/unpacks to too much/)
  })
})

describe('refused: Parquet whose nothing takes up memory', () => {
  test('rows of empty columns are values too', async () => {
    const columns = Array.from({ length: 100 }, (_, at) => `null::int as c${at}`)
    await duck(`copy (select ${columns.join(', ')} from range(20)) to '${folder}/empty.parquet'
      (format parquet)`)
    const rows = await openRows(join(folder, 'empty.parquet'))
    await expect(read(rows, { mostGroupValues: 1000 })).rejects.toThrow(/1000 values/)
    expect((await read(rows, { mostGroupValues: 2000 })).flat()).toHaveLength(20)
  })
})

describe('refused: Parquet whose pages say more than their column has', () => {
  test('twenty values that a page calls thirty', async () => {
    await duck(`copy (select 'x' as a from range(20)) to '${folder}/lie.parquet'
      (format parquet, compression uncompressed)`)
    const hex = readFileSync(join(folder, 'lie.parquet'), 'hex')
    // A page's header (type, sizes), and in it how many values there are: 20 and 30, as zigzag.
    const page = /(1500(?:15[0-9a-f]{2}){2}2c15)28/
    expect(hex).toMatch(page)
    writeFileSync(join(folder, 'lie.parquet'), Buffer.from(hex.replace(page, '$13c'), 'hex'))
    await expect(read(await openRows(join(folder, 'lie.parquet')))).rejects.toThrow(/damaged/)
  })
})

async function duck(query: string) {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(query)
  connection.closeSync()
  instance.closeSync()
}
