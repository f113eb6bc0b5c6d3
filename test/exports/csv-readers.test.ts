/**
 * The table for spreadsheets as programs read it that are not ours: Python's `csv` and DuckDB, with the
 * arguments docs/exports.md names. Whatever people write, a row is a record, and each cell their text.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGround } from './format.ts'
import { answer, makeDataset } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
let path: string
/** Prompt and answer of each record, by its id. */
const written = new Map<string, [prompt: string, answer: string]>()

const pieces = [
  ...['\n', '\r', '\r\n', '"', "'", ',', ';', '\t', ' ', '\\', '\u2028', '\u0085', '\ufeff'],
  ...[
    '=',
    '+',
    '-',
    '@',
    '\uff1d',
    '\uff20',
    '=1+1',
    '@x',
    'a',
    'ü',
    '名',
    '👩‍👧',
    'NA',
    'null',
    '007',
  ],
  ...['1e5', '2024-01-01', 'true', '#', '"""', '\v', '\f', '\u0001'],
]
const texts = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((all) => all.join('')),
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 30 })
    .map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(...pieces),
)

/** As docs/exports.md says: one apostrophe goes from each cell that has a guard. */
const bare = (cell: string) => cell.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, '')

beforeAll(async () => {
  ground = await startGround()
  const dataset = await makeDataset(ground.parley, { questions: [answer] })
  const sample = fc.sample(fc.tuple(texts, texts), { numRuns: 200, seed: 14 })
  for (const [at, [prompt, said]] of sample.entries()) {
    const id = `r${String(at).padStart(3, '0')}`
    written.set(id, [prompt, said])
    const record = { external_id: id, fields: { prompt }, outputs: [] }
    await ground.answered(dataset, [{ answer: said }], record)
  }
  path = (await ground.export(dataset, 'csv', 'odd.csv')).path
})
afterAll(() => ground.close())

type Read = { record: string; 'fields.prompt': string | null; answer: string | null }

function expectSame(rows: readonly Read[]) {
  expect(rows).toHaveLength(written.size)
  for (const row of rows) {
    const cells = [row['fields.prompt'], row.answer].map((cell) => cell ?? '')
    for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/)
    expect(cells.map(bare)).toEqual(written.get(row.record))
  }
}

const hasPython = spawnSync('python3', ['--version']).status === 0

describe('happy: every cell is equal once the guard is taken off', () => {
  test.skipIf(!hasPython)("Python's csv", () => {
    const program = `
import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8-sig') as file:
    json.dump(list(csv.DictReader(file, strict=True)), sys.stdout)`
    const ran = spawnSync('python3', ['-c', program, path], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    })
    expect(ran.stderr).toBe('')
    expectSame(JSON.parse(ran.stdout))
  })

  test('DuckDB', async () => {
    const duck = await DuckDBInstance.create(':memory:')
    const connection = await duck.connect()
    const reader = await connection.runAndReadAll(
      // In hex, since the client for Node takes a byte order mark off the beginning of a text.
      `select record, hex("fields.prompt") as "fields.prompt", hex(answer) as answer
         from read_csv('${path}', all_varchar = true, header = true, delim = ',', quote = '"',
           escape = '"', new_line = '\\r\\n')`,
    )
    const text = (hex: unknown) => Buffer.from(String(hex ?? ''), 'hex').toString('utf8')
    const rows = reader.getRowObjectsJson().map((row) => ({
      record: String(row['record']),
      'fields.prompt': text(row['fields.prompt']),
      answer: text(row['answer']),
    }))
    connection.closeSync()
    duck.closeSync()
    expectSame(rows)
  })

  test('spreadsheets see at the first bytes that it is UTF-8', () => {
    expect(readFileSync(path).subarray(0, 3).toString('hex')).toBe('efbbbf')
  })
})
