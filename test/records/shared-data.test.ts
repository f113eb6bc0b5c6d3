/** Real files of others import as they are. The files lie beside the repository, not in it. */
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { inferDocument } from '../../src/imports/document/propose.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const folder = fileURLToPath(new URL('../../../shared/data/', import.meta.url))
const present = existsSync(folder)

const files = [
  { name: 'vicuna80_x7', rows: 80, outputs: 7, template: 'comparison' },
  { name: 'gsm8k_test1319_x4', rows: 1319, outputs: 4, template: 'comparison' },
  { name: 'gsm8k_8792_prompts', rows: 8792, outputs: 0, template: 'completion' },
  { name: 'selfinstruct252_x8', rows: 252, outputs: 8, template: 'comparison' },
] as const

describe.skipIf(!present)('happy: real files (skipped where ../shared/data is absent)', () => {
  let parleys: TestParley
  beforeAll(async () => {
    parleys = await startParley()
  })
  afterAll(() => parleys.close())

  test.each(files)(
    '$name imports whole and again unchanged',
    async ({ name, rows, outputs, template }) => {
      const admin = { type: 'admin', name: 'cleo' } as const
      const file = `${folder}${name}.jsonl`
      const text = await inferDocument({ name, source: createReadStream(file) })
      const document = parseDocument(text)
      expect(document.template).toBe(template)
      const { id } = await createDataset(parleys.parley, admin, { document })
      const run = () =>
        importRecords(parleys.parley, admin, { dataset: name, source: createReadStream(file) })
      const report = await run()
      expect(report).toMatchObject({ lines: rows, created: rows, refused: { count: 0 } })
      expect(report.warnings.byKind['too few outputs']).toBeUndefined()
      expect(await run()).toMatchObject({ created: 0, updated: 0, unchanged: rows })
      const stored = await parleys.parley.db
        .selectFrom('records')
        .selectAll()
        .where('datasetId', '=', id)
        .execute()
      const byId = new Map(stored.map((record) => [record.externalId, record]))
      for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
        const { id: externalId, prompt, candidates = [], ...rest } = JSON.parse(line)
        const record = byId.get(externalId)
        expect(record?.fields).toEqual({ prompt })
        expect(record?.metadata).toEqual(rest)
        expect(record?.outputs).toHaveLength(outputs)
        expect(record?.outputs.map((output) => output.text)).toEqual(
          candidates.map((candidate: { text: string }) => candidate.text),
        )
      }
    },
  )

  test('empty and identical outputs of selfinstruct are counted as warnings', async () => {
    const admin = { type: 'admin', name: 'cleo' } as const
    const document = parseDocument('name: lint\ntemplate: comparison')
    await createDataset(parleys.parley, admin, { document })
    const report = await importRecords(parleys.parley, admin, {
      dataset: 'lint',
      source: createReadStream(`${folder}selfinstruct252_x8.jsonl`),
    })
    expect(report.warnings.byKind['empty output']).toBe(51)
    expect(report.warnings.byKind['identical outputs']).toBeGreaterThanOrEqual(87)
  })
})
