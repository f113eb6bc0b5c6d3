/** A records export that another program wrote anew, as the docs say to, comes back as the same bytes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataset } from '../exports/ground.ts'
import { environmentOf, typeCommand } from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
let folder: string
let whole: string
beforeAll(async () => {
  at = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-travelled-'))
  const { name } = await makeDataset(at.parley, {})
  const lines = fc
    .sample(record, 300)
    .map((one, n) => JSON.stringify({ ...one, external_id: `r${n}` }))
  writeFileSync(join(folder, 'made.jsonl'), lines.join('\n'))
  expect(await parley('import', name, 'made.jsonl')).toMatchObject({ code: 0 })
  expect(await parley('export', name, '--as', 'records', '--to', 'whole.jsonl')).toMatchObject({
    code: 0,
  })
  whole = readFileSync(join(folder, 'whole.jsonl'), 'utf8')
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await at.close()
})

const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 30 })
  .map((one) => `x${one.replaceAll('\u0000', '')}`)
const record = fc.record({
  format: fc.constant(1),
  fields: fc.record({ prompt: text }),
  outputs: fc
    .array(
      fc.record(
        {
          text,
          model: text,
          metadata: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null))),
        },
        { requiredKeys: ['text'] },
      ),
      { minLength: 2, maxLength: 4 },
    )
    .map((outputs) => outputs.map((one, n) => ({ id: `o${n}`, ...one }))),
  metadata: fc.dictionary(
    text,
    fc.oneof(
      text,
      fc.integer(),
      fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
      fc.constant(null),
      fc.array(text),
    ),
  ),
  priority: fc.nat(9),
})

const columns = `{format: 'INTEGER', external_id: 'VARCHAR', status: 'VARCHAR', priority: 'INTEGER', fields: 'JSON',
  outputs: 'JSON', metadata: 'JSON', suggestions: 'JSON', gold: 'JSON', responses: 'JSON'}`

describe('happy', () => {
  test.each([
    ['anew.parquet', 'format parquet'],
    ['anew.csv', 'format csv, header true'],
    ['anew.jsonl', 'format json'],
  ])('DuckDB writes it as %s', async (file, how) => {
    await duck(`copy (select * from read_json('${folder}/whole.jsonl', format = 'newline_delimited', columns = ${columns}))
      to '${folder}/${file}' (${how})`)
    await expectSame(file)
  })

  test('a table whose lists and objects are texts of JSON', async () => {
    await duck(`copy (select * replace (fields::varchar as fields, outputs::varchar as outputs, metadata::varchar as metadata,
        suggestions::varchar as suggestions, responses::varchar as responses)
      from read_json('${folder}/whole.jsonl', format = 'newline_delimited', columns = ${columns}))
      to '${folder}/texts.parquet' (format parquet)`)
    await expectSame('texts.parquet')
  })
})

async function expectSame(file: string) {
  const { name } = await makeDataset(at.parley, {})
  expect(await parley('import', name, file, '--from', 'parley')).toMatchObject({
    code: 0,
    out: expect.stringContaining('300 created'),
  })
  expect(await parley('export', name, '--as', 'records', '--to', `${name}.jsonl`)).toMatchObject({
    code: 0,
  })
  expect(readFileSync(join(folder, `${name}.jsonl`), 'utf8')).toBe(whole)
}

function parley(...args: string[]) {
  const house = { folder, databaseUrl: at.database.url, secret: at.parley.secret }
  return typeCommand(args, { env: environmentOf(house, {}), cwd: folder })
}

async function duck(query: string) {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(query)
  connection.closeSync()
  instance.closeSync()
}
