/** Parquet of the formats that are tables: types, nesting, texts, and files without rows. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { openParquet } from '../../src/exports/parquet.ts'
import { hostile, startGround } from './format.ts'
import { answer, makeDataset, ranked, ranking, readRows } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

async function readParquet(path: string) {
  const file = await asyncBufferFromFile(path)
  return {
    rows: await parquetReadObjects({ file, compressors: { ZSTD: (at) => zstdDecompressSync(at) } }),
    metadata: await parquetMetadataAsync(file),
  }
}

let files = 0

/** The same export as Parquet and as JSON lines. */
async function both(dataset: Dataset, as: string, flags: Record<string, unknown> = {}) {
  files += 1
  const table = await ground.export(dataset, as, `${files}.parquet`, flags)
  const lines = await ground.export(dataset, as, `${files}.jsonl`, flags)
  const { counts } = table
  expect(counts).toEqual(lines.counts)
  return { ...(await readParquet(table.path)), lines: readRows(lines.path), counts }
}

const tabular = ['sft', 'preference', 'reward', 'kto', 'prompts'] as const
const columns = {
  sft: ['prompt', 'completion'],
  preference: ['prompt', 'chosen', 'rejected'],
  reward: ['prompt', 'chosen', 'rejected', 'margin', 'group', 'weight'],
  kto: ['prompt', 'completion', 'label'],
  prompts: ['prompt'],
}
const questions = [ranking, answer]

describe('happy', () => {
  test.each(tabular)(
    '%s holds in Parquet what it holds in JSON lines, in both shapes',
    async (as) => {
      const dataset = await makeDataset(ground.parley, { questions })
      for (let place = 0; place < 3; place++)
        await ground.answered(dataset, [{ ...ranked('a', 'b', 'c'), answer: hostile }], {
          external_id: `r${place}`,
          fields: { prompt: `${hostile} ${place}` },
          outputs: [
            { id: 'a', text: hostile },
            { id: 'b', text: '__proto__' },
            { id: 'c', text: '👩‍👩‍👧' },
          ],
        })
      for (const shape of ['messages', 'text']) {
        const { rows, lines, metadata } = await both(dataset, as, { shape })
        expect(lines.length).toBeGreaterThan(0)
        expect(rows).toEqual(lines)
        const codecs = metadata.row_groups.flatMap((group) =>
          group.columns.map((column) => column.meta_data?.codec),
        )
        expect(new Set(codecs)).toEqual(new Set(['ZSTD']))
      }
    },
  )

  test.each(tabular)('%s without rows keeps its columns and their types', async (as) => {
    const dataset = await makeDataset(ground.parley, { questions })
    const { rows, metadata, counts } = await both(dataset, as)
    expect(rows).toEqual([])
    expect(counts.emitted).toBe(0)
    const { schema } = metadata
    expect(schema[0]?.num_children).toBe(columns[as].length)
    expect(schema.map(({ name }) => name).filter((name) => columns[as].includes(name))).toEqual(
      columns[as],
    )
    expect(schema.slice(1, 6)).toMatchObject([
      { name: 'prompt', converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED' },
      { name: 'element', num_children: 2 },
      { name: 'role', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      { name: 'content', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    ])
  })

  test('a split is a folder of train.parquet and test.parquet', async () => {
    const dataset = await makeDataset(ground.parley, { questions })
    for (let place = 0; place < 12; place++)
      await ground.answered(dataset, [ranked('a', 'b')], {
        external_id: `r${place}`,
        fields: { prompt: `Question ${place}?` },
      })
    const flags = { split: 0.5, parquet: 'yes' }
    const { path } = await ground.export(dataset, 'preference', 'split', flags)
    expect(readdirSync(path).sort()).toEqual(['test.parquet', 'train.parquet'])
    const halves = ['train', 'test'].map((half) => readParquet(join(path, `${half}.parquet`)))
    const sizes = (await Promise.all(halves)).map(({ rows }) => rows.length)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(12)
  })

  test('many rows come in groups of 5,000, long ones in smaller groups', async () => {
    const encoder = openParquet([
      { name: 'text', type: 'string' },
      { name: 'place', type: 'double' },
    ])
    const short = Array.from({ length: 12_000 }, (_, place) => ({ text: `t${place}`, place }))
    const long = Array.from({ length: 100 }, (_, place) => ({ text: 'x'.repeat(100_000), place }))
    const bytes = Buffer.concat([
      encoder.add(short.slice(0, 7000)),
      encoder.add(short.slice(7000)),
      encoder.add(long),
      encoder.end(),
    ])
    const file = new Uint8Array(bytes).buffer
    const { row_groups } = await parquetMetadataAsync(file)
    expect(row_groups.map((group) => Number(group.num_rows))).toEqual([5000, 5000, 2080, 20])
    const rows = await parquetReadObjects({
      file,
      compressors: { ZSTD: (at) => zstdDecompressSync(at) },
    })
    expect(rows).toEqual([...short, ...long])
  })
})

describe('twice', () => {
  test('the same state gives the same bytes', async () => {
    const dataset = await makeDataset(ground.parley, { questions })
    await ground.answered(dataset, [ranked('a', 'b', 'c')])
    const one = await ground.export(dataset, 'reward', 'one.parquet')
    const two = await ground.export(dataset, 'reward', 'two.parquet')
    expect(readFileSync(one.path).equals(readFileSync(two.path))).toBe(true)
  })
})

describe('refused', () => {
  test('a format that is no table, and Parquet packed once more', async () => {
    const dataset = await makeDataset(ground.parley, { questions })
    for (const as of ['raw', 'records', 'nemo', 'csv', 'openai-dpo'])
      await expect(ground.export(dataset, as, 'x.parquet')).rejects.toThrow('cannot be written')
    await expect(ground.export(dataset, 'sft', 'x.parquet.gz')).rejects.toThrow('or .parquet')
    const parquet = true
    await expect(ground.export(dataset, 'sft', 'x.jsonl', { parquet })).rejects.toThrow('.parquet')
    const packed = ground.export(dataset, 'sft', 'd', { parquet, gz: true, split: 0.5 })
    await expect(packed).rejects.toThrow('packed already')
  })
})
