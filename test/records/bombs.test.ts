/** Small files that unpack to far more than there is memory: they are read, or refused, in 128 MB or less. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const reader = fileURLToPath(new URL('./read-rows.ts', import.meta.url))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-bombs-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(name: string, megabytes = 128) {
  const args = [`--max-old-space-size=${megabytes}`, reader, join(folder, name)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let out = ''
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes
  })
  const [code] = await once(child, 'close')
  return { code, said: out === '' ? null : JSON.parse(out) }
}

const nested = '['.repeat(4_900_000)
const text = 'y'.repeat(9_000_000)

describe('refused, and the rest is read', () => {
  test.each([
    ['five million lists within each other', `${nested}${']'.repeat(4_900_000)}`, /100 levels/],
    ['as many that never close', nested, /100 levels/],
    ['three million objects in a line', `{"a":[${'{},'.repeat(3_200_000)}{}]}`, /500000 values/],
    ['a line without an end, packed', `{"a":"${text}${text}`, /longer than 10 MB/],
  ])(
    '%s',
    async (_, line, said) => {
      writeFileSync(join(folder, 'bomb.jsonl.gz'), gzipSync(`${line}\n{"prompt":"p"}\n`))
      expect(await read('bomb.jsonl.gz')).toEqual({
        code: 0,
        said: { rows: 2, problems: 1, said: expect.stringMatching(said) },
      })
    },
    120_000,
  )
})

describe('happy: large rows, a few at a time', () => {
  test('a table whose rows together are more than there is memory', async () => {
    const rows = `a,b\n${`x,${text}\n`.repeat(10)}`
    writeFileSync(join(folder, 'fat.csv.gz'), gzipSync(rows))
    expect(await read('fat.csv.gz', 80)).toEqual({
      code: 0,
      said: { rows: 10, problems: 0, said: '' },
    })
  }, 120_000)

  test('a Parquet file that holds one text once for all of its rows', async () => {
    await duck(`copy (select repeat('y', 9000000) as a from range(20)) to '${folder}/fat.parquet'
      (format parquet, compression zstd)`)
    expect(await read('fat.parquet')).toEqual({
      code: 0,
      said: { rows: 20, problems: 0, said: '' },
    })
  }, 120_000)
})

describe('refused: Parquet whose nothing takes up memory', () => {
  test('four hundred thousand rows of a hundred empty columns', async () => {
    const columns = Array.from({ length: 100 }, (_, at) => `null::int as c${at}`)
    await duck(`copy (select ${columns.join(', ')} from range(400000)) to '${folder}/empty.parquet'
      (format parquet, row_group_size 400000)`)
    expect(await read('empty.parquet')).toMatchObject({
      code: 0,
      said: { rows: 0, said: expect.stringContaining('20000000 values') },
    })
  }, 120_000)
})

describe('refused: Parquet whose pages say more than their column has', () => {
  test('twenty thousand values that a page calls a thousand million', async () => {
    await duck(`copy (select 'x' as a from range(20000)) to '${folder}/lie.parquet'
      (format parquet, compression uncompressed)`)
    const hex = readFileSync(join(folder, 'lie.parquet'), 'hex')
    // The page's header, its levels and its values each say that they are 20,000.
    const page = '1500151a151a2c15c0b802150415061506000004000000c0b8020101c0b80200'
    const size = '16c0b80216641664'
    expect(hex).toContain(page)
    expect(hex).toContain(size)
    const lie = page
      .replaceAll('c0b802', '80a8d6b907')
      .replace('151a151a', '15221522')
      .replace('04000000', '06000000')
    const whole = hex.replace(page, lie).replace(size, '16c0b80216701670')
    writeFileSync(join(folder, 'lie.parquet'), Buffer.from(whole, 'hex'))
    expect(await read('lie.parquet')).toMatchObject({
      code: 0,
      said: { rows: 0, said: expect.stringContaining('damaged') },
    })
  }, 120_000)
})

async function duck(query: string) {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(query)
  connection.closeSync()
  instance.closeSync()
}
