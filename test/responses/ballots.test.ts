/** Rankings made elsewhere count as answers here, under the names they came with, and stay so. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { ballotReader } from '../../src/imports/answers/ballots.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { cleo, makeDataset } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let here: TestParley
let folder: string
beforeAll(async () => {
  here = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-ballots-'))
})
afterAll(async () => {
  await here.close()
  rmSync(folder, { recursive: true, force: true })
})

const questions = [
  { type: 'ranking', name: 'preference', title: 'Which is better?', required: false },
  { type: 'text', name: 'why', title: 'Why?', required: false },
]

describe('happy: a file of ballots', () => {
  test('fills the free places, counts beyond them too, and completes the record', async () => {
    const dataset = await filled(['r1', 'r2'])
    const report = await importBallots(dataset, [
      {
        external_id: 'r1',
        labeler: 'ann',
        ranks: { o1: 2, o2: 1, o3: 2 },
        submitted_at: '2025-01-02T00:00:00Z',
      },
      {
        external_id: 'r1',
        labeler: 'ben',
        ranks: ['o2', ['o1', 'o3']],
        submitted_at: '2025-01-01T00:00:00Z',
      },
      {
        external_id: 'r1',
        labeler: 'cat',
        ranks: ['o2', 'o1'],
        submitted_at: '2025-01-04T00:00:00Z',
      },
      {
        external_id: 'r1',
        labeler: 'dan',
        ranks: ['o1', 'o2', 'o3'],
        submitted_at: '2025-01-03T00:00:00Z',
      },
      {
        external_id: 'r1',
        labeler: 'ann',
        values: { why: 'clearer' },
        submitted_at: '2025-01-02T00:00:00Z',
      },
    ])
    expect(report.refused.lines).toEqual([])
    expect(report.answers).toEqual({ created: 4, changed: 1, unchanged: 0, surplus: 0, refused: 0 })
    const lines = await rawOf(dataset)
    expect(lines.map(({ labeler, counted, flags }) => [labeler, counted, flags])).toEqual(
      expect.arrayContaining([
        ['ben', true, []],
        ['ann', true, []],
        ['dan', true, []],
        ['cat', true, []],
      ]),
    )
    const ann = lines.find(({ labeler, revision }) => labeler === 'ann' && revision === 2)
    expect(ann.values).toEqual({
      preference: { mode: 'full', ranks: { o1: 2, o2: 1, o3: 2 }, all_unacceptable: false },
      why: 'clearer',
    })
    expect(ann.record.status).toBe('completed')
    const cat = lines.find(({ labeler }) => labeler === 'cat')
    expect(cat.shown.order).toEqual(['o1', 'o2'])
  })

  test('whatever was ranked, export raw carries it, and a second import changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.record({
            external_id: fc.constantFrom('r1', 'r2', 'r3'),
            labeler: fc.constantFrom('a', 'b', 'c', 'd', '__proto__'),
            levels: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
          }),
          { selector: (one) => JSON.stringify([one.external_id, one.labeler]) },
        ),
        async (all) => {
          const dataset = await filled(['r1', 'r2', 'r3'])
          const ballots = all.map(({ levels, ...one }) => ({
            ...one,
            question: 'preference',
            ranks: Object.fromEntries(levels.map((level, at) => [`o${at + 1}`, level])),
          }))
          await importBallots(dataset, ballots)
          const lines = await rawOf(dataset)
          const said = lines.map((line) => [
            line.record.external_id,
            line.labeler,
            line.values.preference.ranks,
          ])
          const meant = ballots.map(({ external_id, labeler, ranks }) => [
            external_id,
            labeler,
            dense(ranks),
          ])
          expect(sorted(said)).toEqual(sorted(meant))
          for (const id of ['r1', 'r2', 'r3']) {
            const own = lines.filter(({ record }) => record.external_id === id)
            expect(own.filter(({ counted }) => counted)).toHaveLength(own.length)
          }
          const again = await importBallots(dataset, ballots)
          expect(again.answers).toEqual({
            created: 0,
            changed: 0,
            unchanged: ballots.length,
            surplus: 0,
            refused: 0,
          })
          expect(await rawOf(dataset)).toEqual(lines)
        },
      ),
      { numRuns: 12 },
    )
  }, 120_000)
})

describe('refused: a ballot that means nothing here', () => {
  test('is told with its line and what to do; the others are kept', async () => {
    const dataset = await filled(['r1'])
    const report = await importBallots(dataset, [
      { external_id: 'nowhere', labeler: 'a', ranks: { o1: 1 } },
      { external_id: 'r1', labeler: 'a', ranks: { o9: 1 } },
      { external_id: 'r1', labeler: 'a', question: 'taste', ranks: { o1: 1 } },
      { external_id: 'r1', ranks: { o1: 1 } },
      { external_id: 'r1', labeler: 'a', rank: 3 },
      { external_id: 'r1', labeler: 'b', ranks: ['o3', 'o2', 'o1'] },
    ])
    expect(report.answers.created).toBe(1)
    expect(report.refused.lines.map(({ line, path }) => [line, path])).toEqual([
      [1, 'external_id'],
      [2, 'preference'],
      [3, 'question'],
      [4, 'labeler'],
      [5, 'rank'],
    ])
  })
})

async function filled(ids: readonly string[]): Promise<Dataset> {
  const dataset = await makeDataset(here.parley, { questions })
  const lines = ids.map((id) => ({ id, prompt: 'p', outputs: ['x', 'y', 'z'] }))
  const source = [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))]
  await importRecords(here.parley, cleo, { dataset: dataset.name, source })
  return dataset
}

function importBallots(dataset: Dataset, lines: readonly object[]) {
  const source = [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))]
  return importForeign(here.parley, cleo, {
    dataset: dataset.name,
    read: ballotReader({ source }),
  })
}

async function rawOf(dataset: Dataset) {
  const to = join(folder, 'raw.jsonl')
  await exportToFile(here.parley, cleo, { dataset: dataset.name, as: 'raw', to })
  return readFileSync(to, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

function dense(ranks: Record<string, number>) {
  const levels = [...new Set(Object.values(ranks))].sort()
  return Object.fromEntries(
    Object.entries(ranks).map(([id, rank]) => [id, levels.indexOf(rank) + 1]),
  )
}

function sorted(all: readonly unknown[]): string[] {
  return all.map((one) => JSON.stringify(one)).sort()
}
