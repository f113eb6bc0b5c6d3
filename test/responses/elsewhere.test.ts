/** Answers made elsewhere count whole, however many a record wants, and break no promise of the claim. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeMinSubmitted } from '../../src/assignments/distribution.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { insertDataset } from '../../src/datasets/create.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { ballotReader } from '../../src/imports/answers/ballots.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { datasetStats } from '../../src/quality/dataset/stats.ts'
import { getRecord } from '../../src/records/record.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { makeDataset, makeLabeler, setStatus } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { cleo } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let here: TestParley
let there: TestParley
let folder: string
beforeAll(async () => {
  here = await startParley()
  there = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-elsewhere-'))
})
afterAll(async () => {
  await here.close()
  await there.close()
  rmSync(folder, { recursive: true, force: true })
})

let made = 0
function open(more: { records?: number; wanted?: number } = {}): Promise<Dataset> {
  const questions = [{ type: 'ranking', name: 'preference', title: 'Which is better?' }]
  return makeDataset(here.parley, {
    ...{ name: `elsewhere-${++made}`, questions, outputs: 2, records: 1, wanted: 3, discards: 3 },
    ...more,
  })
}

describe('happy: all of them count', () => {
  test('nine ballots, three first for one model and six for the other, make the other the winner', async () => {
    const dataset = await open()
    const report = await bring(dataset, votes(3, 'o1').concat(votes(6, 'o2', 3)))
    expect(report.answers).toEqual({
      ...{ created: 9, changed: 0, unchanged: 0, surplus: 0, refused: 0 },
    })
    const lines = await linesOf(dataset, 'raw')
    expect(lines).toHaveLength(9)
    expect(lines.every(({ counted, flags }) => counted && flags.length === 0)).toBe(true)
    expect(lines.filter(({ ballot }) => ballot)).toHaveLength(6)
    const [pair, ...others] = await linesOf(dataset, 'reward')
    expect(others).toEqual([])
    expect(pair.chosen[0].content).toContain('2')
    expect(pair.margin).toBeCloseTo(1 / 3)
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({
      ...{ completed: 1, pending: 0, submitted: 9, counted: 9, surplus: 0, labelers: 9 },
    })
    const stats = await datasetStats(here.parley, cleo, { dataset: dataset.name })
    expect(stats.questions[0]).toMatchObject({ answers: 9 })
    await holds(dataset)
  })

  test('a record that wants more than there are is asked for the rest, and no more', async () => {
    const dataset = await open()
    await bring(dataset, votes(2, 'o1'))
    expect(await answerAll(dataset, 3)).toBe(1)
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ completed: 1, counted: 3 })
    await holds(dataset)
  })

  test('what people here answered before goes on counting beside them', async () => {
    const dataset = await open()
    expect(await answerAll(dataset, 3)).toBe(3)
    await bring(dataset, votes(6, 'o2'))
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ counted: 9, surplus: 0 })
    await holds(dataset)
  })

  test('more than fifty to one record count, and in batches as at once', async () => {
    const dataset = await open()
    await bring(dataset, votes(70, 'o1'))
    await bring(dataset, votes(90, 'o2', 70))
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ counted: 160, surplus: 0 })
    await holds(dataset)
  })

  test('they count on when the dataset wants fewer, and close the record when it wants more', async () => {
    const dataset = await open()
    await answerAll(dataset, 1)
    await bring(dataset, votes(5, 'o2'))
    for (const wanted of [1, 5, 2]) {
      await changeMinSubmitted(here.parley, dataset, wanted)
      expect(await datasetProgress(here.parley, dataset)).toMatchObject({
        counted: 6,
        completed: 1,
      })
      await holds(dataset)
    }
  })

  test('somebody who was taken out stays out, whatever they send again', async () => {
    const dataset = await open()
    await bring(dataset, votes(5, 'o1'))
    const { labelerId } = await here.parley.db
      .selectFrom('pseudonyms')
      .select('labelerId')
      .where('datasetId', '=', dataset.id)
      .where('pseudonym', '=', 'p1')
      .executeTakeFirstOrThrow()
    await purgeLabeler(here.parley, cleo, { dataset: dataset.name, labeler: labelerId })
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ counted: 4, completed: 1 })
    await bring(dataset, votes(1, 'o2', 1))
    const lines = await linesOf(dataset, 'raw')
    expect(lines.filter(({ counted }) => counted)).toHaveLength(4)
    await holds(dataset)
  })

  test('where some of them are taken out, those left fill places and people here are asked for the rest', async () => {
    const dataset = await open()
    await bring(dataset, votes(4, 'o1'))
    for (const labeler of ['p0', 'p1'])
      await purgeLabeler(here.parley, cleo, { dataset: dataset.name, labeler })
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ counted: 2, pending: 1 })
    await holds(dataset)
    expect(await answerAll(dataset, 3)).toBe(1)
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ counted: 3, completed: 1 })
    await holds(dataset)
  })

  test("a labeler's second ballot that says so is a repeat beside the first", async () => {
    const dataset = await open()
    const [first] = votes(1, 'o1')
    const [second] = votes(1, 'o2')
    const report = await bring(dataset, [first, { ...second, repeat: 1 }])
    expect(report.answers).toMatchObject({ created: 2, changed: 0, surplus: 0 })
    const lines = await linesOf(dataset, 'raw')
    expect(lines.map(({ repeat, counted, flags }) => [repeat, counted, flags])).toEqual([
      [0, true, []],
      [1, false, ['repeat']],
    ])
    expect(await bring(dataset, [first, { ...second, repeat: 1 }])).toMatchObject({
      answers: { created: 0, changed: 0, unchanged: 2 },
    })
    expect(await bring(dataset, [{ ...second, repeat: 0 }])).toMatchObject({
      answers: { created: 0, changed: 1 },
    })
    await holds(dataset)
  })
})

describe('twice', () => {
  test('export raw, import, export raw is the same bytes, whoever answered where and in what order', async () => {
    const step = fc.record({
      record: fc.nat(2),
      who: fc.nat(11),
      first: fc.constantFrom('o1', 'o2'),
      here: fc.boolean(),
      repeat: fc.constantFrom(0, 0, 0, 1),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.constantFrom('raw', 'records'),
        async (steps, as) => {
          const dataset = await open({ records: 3, wanted: 2 })
          for (const one of steps)
            if (one.here) await answerAll(dataset, 1, one.who, 1)
            else await bring(dataset, [vote(`r${one.record + 1}`, one.who, one.first, one.repeat)])
          await holds(dataset)
          const text = await textOf(here, dataset, as)
          const empty = await insertDataset(there.parley, dataset.document)
          const copy = await setStatus(there.parley, empty, 'ready')
          const report = await importAnswers(there.parley, cleo, {
            dataset: copy.name,
            source: [Buffer.from(text)],
          })
          expect(report.refused.lines).toEqual([])
          expect(await textOf(there, copy, as)).toBe(text)
          const drift = await countDrift(there.parley, copy)
          expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
        },
      ),
      { numRuns: 15 },
    )
  }, 120_000)

  test('the same file again changes nothing', async () => {
    const dataset = await open()
    await bring(dataset, votes(7, 'o1'))
    const before = await textOf(here, dataset, 'raw')
    expect((await bring(dataset, votes(7, 'o1'))).answers).toMatchObject({
      ...{ created: 0, changed: 0, unchanged: 7 },
    })
    expect(await textOf(here, dataset, 'raw')).toBe(before)
    expect(await getRecord(here.parley, { dataset: dataset.name, externalId: 'r1' })).toMatchObject(
      { status: 'completed' },
    )
  })
})

function vote(record: string, who: number, first: string, repeat = 0) {
  const ranks = { [first]: 1, [first === 'o1' ? 'o2' : 'o1']: 2 }
  const submitted_at = '2025-01-02T00:00:00Z'
  return {
    external_id: record,
    labeler: `p${who}`,
    ranks,
    submitted_at,
    ...(repeat ? { repeat } : {}),
  }
}

function votes(count: number, first: string, from = 0) {
  return Array.from({ length: count }, (_, at) => vote('r1', from + at, first))
}

function bring(dataset: Dataset, lines: readonly (object | undefined)[]) {
  const source = [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))]
  const read = ballotReader({ source })
  return importForeign(here.parley, cleo, { dataset: dataset.name, read })
}

const people = new Map<number, ReturnType<typeof makeLabeler>>()
function personOf(n: number) {
  const known = people.get(n) ?? makeLabeler(here.parley, `U${n}`)
  people.set(n, known)
  return known
}

/** So many people here answer what they are given; returns how many answers that made. */
async function answerAll(dataset: Dataset, people: number, from = 0, most = 100): Promise<number> {
  let answers = 0
  for (let n = 0; n < people; n++) {
    const labeler = await personOf(from + n)
    for (let left = most; left > 0; left--) {
      const given = await nextAssignment(here.parley, labeler, { dataset })
      if (!given) break
      const values = { preference: { ranks: { o1: 1, o2: 2 } } }
      const { assignmentId } = given
      await submitResponse(here.parley, labeler, {
        ...{ assignmentId, schemaVersion: 1, values, platform: 'slack' },
      })
      answers++
    }
  }
  return answers
}

async function textOf(from: TestParley, dataset: Dataset, as: string): Promise<string> {
  const to = join(folder, `${Math.random()}.jsonl`)
  await exportToFile(from.parley, cleo, { dataset: dataset.name, as, to })
  return readFileSync(to, 'utf8')
}

async function linesOf(dataset: Dataset, as: string) {
  const text = await textOf(here, dataset, as)
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

async function holds(dataset: Dataset): Promise<void> {
  const drift = await countDrift(here.parley, dataset)
  expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
}
