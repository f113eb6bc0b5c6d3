/** What an admin sees of an export before it starts: its options, and its first rows. */

import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { firstRows } from '../../src/exports/first-rows.ts'
import { fullyOfferedFormats } from '../../src/exports/offered.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { addAnswer, addRecord, cleo, makeDataset, makeLabelers, ranked } from './ground.ts'

let at: TestParley
let dataset: Dataset
beforeAll(async () => {
  at = await startParley()
  dataset = await makeDataset(at.parley)
  const labelers = await makeLabelers(at.parley, 3)
  for (let number = 0; number < 7; number++) {
    const record = await addRecord(at.parley, dataset, {
      external_id: `r${number}`,
      fields: { prompt: `Question ${number}, "quoted",\nof two lines` },
    })
    for (const labeler of labelers)
      await addAnswer(at.parley, dataset, record, {
        ...{ labeler, values: { ...ranked('a', 'b', 'c'), answer: 'Because.' } },
      })
  }
})
afterAll(() => at.close())

const offered = () => fullyOfferedFormats(dataset.document)

describe('happy: the first rows', () => {
  test('every format that is offered shows five rows, and they are those the file begins with', async () => {
    // No program asked anything here, so there are no battles.
    const names = offered()
      .map(({ name }) => name)
      .filter((name) => name !== 'arena')
    expect(names).toEqual(expect.arrayContaining(['raw', 'preference', 'csv', 'argilla', 'verl']))
    for (const as of names) {
      const { rows, kind } = await firstRows(at.parley, cleo, { dataset: dataset.name, as })
      expect([as, rows.length]).toEqual([as, kind === 'csv' ? 6 : 5])
      if (kind === 'json') for (const row of rows) JSON.parse(row)
    }
    for (const as of ['raw', 'preference']) {
      const to = new PassThrough()
      const [whole] = await Promise.all([
        text(to),
        exportToFile(at.parley, cleo, { dataset: dataset.name, as, to }).then(() => to.end()),
      ])
      const { rows } = await firstRows(at.parley, cleo, { dataset: dataset.name, as })
      expect(whole.split('\n').slice(0, 5)).toEqual(rows)
    }
  })

  test('options change them, and what only packs or divides does not', async () => {
    const all = await firstRows(at.parley, cleo, {
      ...{
        dataset: dataset.name,
        as: 'preference',
        flags: { shape: 'text', split: '0.5', gz: 'yes' },
      },
    })
    expect(JSON.parse(all.rows[0] ?? '')).toMatchObject({
      prompt: expect.stringContaining('Question 0'),
    })
  })
})

describe('refused: the first rows', () => {
  test('an option that the format does not take is refused in the words of the export', async () => {
    const asked = firstRows(at.parley, cleo, {
      dataset: dataset.name,
      as: 'raw',
      flags: { pairs: 'all' },
    })
    await expect(asked).rejects.toThrow('The format raw does not take this option')
  })

  test('somebody who is no admin sees none', async () => {
    const labeler = { type: 'labeler', name: 'ana' } as never
    const asked = firstRows(at.parley, labeler, { dataset: dataset.name, as: 'raw' })
    await expect(asked).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('happy: what a page asks of each format', () => {
  test('only what it takes, with what is done where nothing is chosen', () => {
    const options = Object.fromEntries(
      offered().map(({ name, options: all }) => [
        name,
        all.map((one) => `${one.name}=${one.usual}`),
      ]),
    )
    expect(options['raw']).toEqual(['gz=no'])
    expect(options['preference']).toEqual(
      expect.arrayContaining(['pairs=best-worst', 'split=null', 'seed=0', 'parquet=no', 'gz=no']),
    )
    expect(options['verl']).toContain('parquet=yes')
    expect(options['argilla']).toEqual([])
  })
})
