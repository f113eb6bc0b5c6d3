/** Files that end too early: what was read is kept and told, and the whole file brings the rest. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { cleo, makeDataset } from '../exports/ground.ts'
import { environmentOf, typeCommand } from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
let folder: string
beforeAll(async () => {
  at = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-cut-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await at.close()
})

const rows = 3000
/** Texts that hardly pack, so that the file is unpacked in many pieces. */
const noise = (n: number) =>
  Array.from({ length: 40 }, (_, at) =>
    (((n * 48_271 + at * 69_621) * 40_692) % 2147483647).toString(36),
  ).join('')
const values = Array.from({ length: rows }, (_, n) => ({ id: `r${n}`, prompt: `${n} ${noise(n)}` }))
const files = {
  'a.jsonl.gz': values.map((one) => JSON.stringify(one)).join('\n'),
  'a.json.gz': JSON.stringify(values),
  'a.csv.gz': `id,prompt\n${values.map(({ id, prompt }) => `${id},${prompt}`).join('\n')}\n`,
}
const half = (text: string) => {
  const packed = gzipSync(text)
  return packed.subarray(0, packed.length >> 1)
}

async function countOf(datasetId: string): Promise<number> {
  const { count } = await at.parley.db
    .selectFrom('records')
    .select((select) => select.fn.countAll().as('count'))
    .where('datasetId', '=', datasetId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

describe('refused: the rest of a packed file that is cut off', () => {
  test.each(Object.entries(files))(
    '%s: what came before is kept, counted and not asked for twice',
    async (name, text) => {
      const dataset = await makeDataset(at.parley, {})
      const input = { dataset: dataset.name, name }
      const report = await importRecords(at.parley, cleo, { ...input, source: [half(text)] })
      expect(report.broken?.message).toContain('cut off')
      expect(report.refused.count).toBe(0)
      expect(report.created).toBeGreaterThan(500)
      expect(report.created).toBeLessThan(rows)
      expect(await countOf(dataset.id)).toBe(report.created)
      const again = await importRecords(at.parley, cleo, { ...input, source: [gzipSync(text)] })
      expect(again).toMatchObject({ created: rows - report.created, unchanged: report.created })
      expect(again.broken).toBeUndefined()
    },
  )

  test('all or nothing is nothing', async () => {
    const dataset = await makeDataset(at.parley, {})
    const source = [half(files['a.jsonl.gz'])]
    const input = { dataset: dataset.name, name: 'a.jsonl.gz', source, allOrNothing: true }
    await expect(importRecords(at.parley, cleo, input)).rejects.toThrow('cut off')
    expect(await countOf(dataset.id)).toBe(0)
  })

  test('a file of which nothing can be read', async () => {
    const dataset = await makeDataset(at.parley, {})
    const source = [gzipSync('{"prompt":"x"}\n').subarray(0, 12)]
    const input = { dataset: dataset.name, name: 'a.jsonl.gz', source }
    await expect(importRecords(at.parley, cleo, input)).rejects.toThrow('cut off')
  })

  test('an export with answers: the last record, of which lines may be missing, is left for the next time', async () => {
    const dataset = await makeDataset(at.parley, {})
    const text = values
      .map(({ id, prompt }) =>
        JSON.stringify({ format: 1, external_id: id, fields: { prompt }, responses: [] }),
      )
      .join('\n')
    const report = await importAnswers(at.parley, cleo, {
      dataset: dataset.name,
      source: [half(text)],
    })
    expect(report.broken?.message).toContain('cut off')
    expect(await countOf(dataset.id)).toBe(report.created)
  })

  test('in the terminal it is told with what was kept, and ends with 2', async () => {
    const { name, id } = await makeDataset(at.parley, {})
    const file = join(folder, 'a.jsonl.gz')
    writeFileSync(file, half(files['a.jsonl.gz']))
    const house = { folder, databaseUrl: at.database.url, secret: at.parley.secret }
    const said = await typeCommand(['import', name, file], {
      env: environmentOf(house, {}),
      cwd: folder,
    })
    expect(said).toMatchObject({
      code: 2,
      out: expect.stringContaining(`${await countOf(id)} created`),
      err: expect.stringMatching(/cut off[\s\S]*What is counted here is kept/),
    })
  })
})
