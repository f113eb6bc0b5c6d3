/** What records say by a key of their metadata, beside the whole. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawStats } from '../../src/cli/stats.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { datasetStats } from '../../src/quality/dataset/stats.ts'
import {
  addAnswer,
  addRecord,
  cleo,
  makeDataset,
  makeLabelers,
  ranked,
  ranking,
} from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
let dataset: Dataset
beforeAll(async () => {
  at = await startParley()
  dataset = await makeDataset(at.parley, {
    questions: [
      ranking,
      { type: 'label', name: 'safe', title: 'Is it safe?', options: ['yes', 'no'] },
    ],
  })
  const labelers = await makeLabelers(at.parley, 2)
  const outputs = ['a', 'b'].map((id) => ({ id, text: `Answer ${id}.`, model: `model ${id}` }))
  for (let n = 0; n < 90; n += 1) {
    const lang = n < 40 ? 'de' : n < 80 ? 'en' : null
    const metadata = { ...(lang && { lang }), nested: { topic: n % 2 }, 'dotted.key': 'x', id: n }
    const record = await addRecord(at.parley, dataset, { external_id: `r${n}`, outputs, metadata })
    for (const [who, labeler] of labelers.entries()) {
      // In German b wins and people agree; in English a wins and they do not.
      const order = lang === 'de' ? (n % 8 ? 'ba' : 'ab') : (n + who) % 8 ? 'ab' : 'ba'
      const safe = lang === 'de' ? (n % 2 ? 'yes' : 'no') : (n + who) % 2 ? 'yes' : 'no'
      await addAnswer(at.parley, dataset, record, {
        labeler,
        values: { ...ranked(...order), safe },
      })
    }
  }
})
afterAll(async () => {
  await at.close()
})

const by = (...key: string[]) =>
  datasetStats(at.parley, cleo, { dataset: dataset.name, resamples: 50, by: key })

describe('happy: by a key of metadata', () => {
  test('each group has its own agreement and order; records without the key are one of their own', async () => {
    const stats = await by('lang')
    const groups = stats.by?.groups ?? []
    expect(stats.by).toMatchObject({ key: 'metadata.lang', more: 0 })
    expect(groups.map(({ value, records, answers }) => [value, records, answers])).toEqual([
      ['de', 40, 80],
      ['en', 40, 80],
      [null, 10, 20],
    ])
    const [german, english, none] = groups.map(({ questions }) => questions)
    expect(german?.[1]?.agreement).toMatchObject({ value: 1, metric: 'alpha (nominal)' })
    expect(english?.[1]?.agreement.value).toBeLessThan(0)
    expect(german?.[0]?.strength?.value?.map(({ model }) => model)).toEqual(['model b', 'model a'])
    expect(english?.[0]?.strength?.value?.map(({ model }) => model)).toEqual(['model a', 'model b'])
    expect(none?.[1]?.agreement.too_few).toContain('Only 10 records')
    // The whole is what it is without.
    const { by: _, ...rest } = stats
    const whole = await datasetStats(at.parley, cleo, { dataset: dataset.name, resamples: 50 })
    expect(rest).toEqual(whole)
  })

  test('a group is what a dataset of its records alone would say', async () => {
    const { by: found } = await by('lang')
    const german = found?.groups[0]?.questions[1]
    expect(german?.raw_agreement).toMatchObject({ value: 1 })
    expect(german?.overlap).toEqual({ records: 40, answers: 80 })
  })

  test('keys within keys, keys with dots, and values that are no texts', async () => {
    const values = async (...key: string[]) =>
      (await by(...key)).by?.groups.map(({ value }) => value)
    expect(await values('nested', 'topic')).toEqual(['0', '1'])
    expect(await values('dotted', 'key')).toEqual(['x'])
    await expect(values('nowhere')).rejects.toThrow('No record has "nowhere" in its metadata.')
  })

  test('of more groups than a page holds the largest are told apart, and it is said', async () => {
    const stats = await by('id')
    expect(stats.by?.groups).toHaveLength(50)
    expect(stats.by?.more).toBe(40)
    expect(drawStats(stats)).toContain('40 smaller groups not told apart.')
  })

  test('the terminal prints a line a group', async () => {
    const lines = drawStats(await by('lang')).split('\n')
    const start = lines.indexOf('By metadata.lang')
    expect(lines[start + 1]).toMatch(/metadata\.lang +question +records +answers +agreement/)
    expect(lines[start + 2]).toMatch(/de +preference +40 +80 .* model b .*; model a /)
    expect(lines[start + 6]).toMatch(/\(none\) .*too few to rely on/)
  })
})
