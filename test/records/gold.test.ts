/** Some records have known answers: nobody who labels can tell which, and everybody's accuracy is told. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { reportStats, sayReport } from '../../src/chat/words/stats-lines.ts'
import { drawStats } from '../../src/cli/stats.ts'
import { insertDataset } from '../../src/datasets/create.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Actor } from '../../src/parley.ts'
import { datasetStats } from '../../src/quality/dataset/stats.ts'
import { getRecord } from '../../src/records/record.ts'
import { submitAndNext } from '../../src/responses/submit.ts'
import { makeDataset, makeLabeler, setStatus } from '../assignments/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const cleo: Actor = { type: 'admin', name: 'cleo' }
const questions = [
  { type: 'ranking', name: 'preference', title: 'Which is best?' },
  { type: 'label', name: 'safe', title: 'Is it safe?', options: ['yes', 'no'] },
  { type: 'text', name: 'why', title: 'Why?', required: false },
]
const gold = { preference: ranked(['o1', 'o2', 'o3']), safe: 'yes' }
let here: TestParley
let there: TestParley
let folder: string
let ana: Labeler
let ben: Labeler
let made = 0

beforeAll(async () => {
  here = await startParley()
  there = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-gold-'))
  ana = await makeLabeler(here.parley, 'UANA')
  ben = await makeLabeler(here.parley, 'UBEN')
})
afterAll(async () => {
  await here.close()
  await there.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Four records, the second and the fourth of which have known answers. */
async function makeGold(): Promise<Dataset> {
  const name = `gold-${++made}`
  const dataset = await makeDataset(here.parley, { name, questions, records: 0, wanted: 2 })
  const report = await importLines(
    dataset,
    [1, 2, 3, 4].map((n) => line(n, n % 2 === 0)),
  )
  expect(report).toMatchObject({ created: 4, refused: { count: 0 } })
  return dataset
}

function line(n: number, isGold: boolean, more = {}) {
  return {
    format: 1,
    external_id: `r${n}`,
    fields: { prompt: `Question ${n}` },
    outputs: [1, 2, 3].map((output) => ({ id: `o${output}`, text: `Answer ${output} of ${n}` })),
    ...(isGold ? { gold } : {}),
    ...more,
  }
}

function importLines(dataset: Dataset, lines: readonly object[]) {
  const text = lines.map((one) => JSON.stringify(one)).join('\n')
  return importRecords(here.parley, cleo, { dataset: dataset.name, source: [Buffer.from(text)] })
}

function ranked(order: readonly string[]) {
  const ranks = Object.fromEntries(order.map((id, at) => [id, at + 1]))
  return { mode: 'full', ranks, all_unacceptable: false }
}

/** Answers every record alike and returns all that the labeler was handed on the way. */
async function answerAll(dataset: Dataset, by: Labeler, values: object): Promise<unknown[]> {
  const seen: unknown[] = []
  let held = await nextAssignment(here.parley, by, { dataset })
  while (held) {
    seen.push(held)
    const done = await submitAndNext(here.parley, by, {
      assignmentId: held.assignmentId,
      schemaVersion: 1,
      values,
      platform: 'slack',
    })
    held = done.next
  }
  return seen
}

async function exported(from: TestParley, dataset: Dataset, as: string): Promise<string> {
  const to = join(folder, `${Math.random()}.jsonl`)
  await exportToFile(from.parley, cleo, { dataset: dataset.name, as, to })
  return readFileSync(to, 'utf8')
}

type Line = { record: { external_id: string; gold?: unknown }; flags: string[]; counted: boolean }
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((one) => JSON.parse(one))

describe('happy: records with known answers', () => {
  test('whoever labels is handed nothing that tells them from others', async () => {
    const dataset = await makeGold()
    const seen = await answerAll(dataset, ana, {
      preference: ranked(['o1', 'o2', 'o3']),
      safe: 'yes',
    })
    expect(seen).toHaveLength(4)
    expect(JSON.stringify(seen)).not.toMatch(/gold/i)
    const shapes = seen.map((one) => JSON.stringify(Object.keys(Object(one)).sort()))
    expect(new Set(shapes).size).toBe(1)
  })

  test('answers to them are flagged in raw exports and train nothing, while the record completes', async () => {
    const dataset = await makeGold()
    for (const by of [ana, ben])
      await answerAll(dataset, by, { preference: ranked(['o1', 'o2', 'o3']), safe: 'yes' })
    const raw = linesOf(await exported(here, dataset, 'raw'))
    const flags = raw.map((one) => `${one.record.external_id} ${one.flags} ${one.counted}`)
    expect(flags).toEqual([
      'r1  true',
      'r1  true',
      'r2 gold true',
      'r2 gold true',
      'r3  true',
      'r3  true',
      'r4 gold true',
      'r4 gold true',
    ])
    expect(raw[2]?.record.gold).toEqual(gold)
    expect(raw[0]?.record).not.toHaveProperty('gold')
    const record = await getRecord(here.parley, { dataset: dataset.name, externalId: 'r2' })
    expect(record).toMatchObject({ status: 'completed', gold })
    const pairs = await exported(here, dataset, 'preference')
    expect(pairs).toContain('Answer 1 of 1')
    expect(pairs).not.toContain('Answer 1 of 2')
    expect(pairs).not.toContain('Answer 1 of 4')
  })
})

describe('happy: accuracy on records with known answers', () => {
  test('is told by labeler with its interval, and in words to an admin', async () => {
    const dataset = await makeGold()
    await answerAll(dataset, ana, { preference: ranked(['o1', 'o2', 'o3']), safe: 'yes' })
    await answerAll(dataset, ben, { preference: ranked(['o1', 'o3', 'o2']), safe: 'no' })
    const stats = await datasetStats(here.parley, cleo, { dataset: dataset.name, resamples: 0 })
    expect(stats.left_out).toEqual({ gold: 4 })
    expect(stats.counts).toEqual({ records: 2, answers: 4, labelers: 2 })
    const [preference, safe] = stats.questions
    // Two gold records of three pairs each: Ana has all six, Ben the two that begin with o1.
    expect(preference?.gold).toMatchObject({ count: 10, of: 12 })
    expect(safe?.gold).toMatchObject({ value: 0.5, count: 2, of: 4 })
    const found = stats.labelers.map(({ questions: [one, other] }) => [
      one?.gold.value !== null && one?.gold.count,
      other?.gold,
    ])
    // Wilson's interval of 2 of 2 begins at 2 / (2 + 1.96^2).
    const right = expect.objectContaining({ value: 1, low: expect.closeTo(0.342, 3), of: 2 })
    const wrong = expect.objectContaining({ value: 0, of: 2 })
    expect(found).toHaveLength(2)
    expect(found).toEqual(
      expect.arrayContaining([
        [6, right],
        [4, wrong],
      ]),
    )
    // Two records tell next to nothing, however many people answered them: the interval goes by record.
    expect(drawStats(stats)).toMatch(/known answers +\.50 \(\.00 to 1\.00\) of 4/)
    expect(sayReport(reportStats(stats))).toContain(
      'Known answers: .50 (.00 to 1.00) of 4 were given',
    )
    expect(sayReport(reportStats(stats))).toContain('Left out: 4 on gold records')
  })

  test('whoever answered nothing else is listed too, and "both bad" is no way around it', async () => {
    const name = `gold-${++made}`
    const dataset = await makeDataset(here.parley, { name, questions, records: 0, wanted: 1 })
    await importLines(dataset, [line(1, true)])
    const none = { mode: 'full', ranks: {}, all_unacceptable: true }
    await answerAll(dataset, ana, { preference: none, safe: 'yes' })
    const stats = await datasetStats(here.parley, cleo, { dataset: dataset.name, resamples: 0 })
    expect(stats.counts).toEqual({ records: 0, answers: 0, labelers: 0 })
    expect(stats.labelers).toHaveLength(1)
    expect(stats.labelers[0]?.questions[0]?.gold).toMatchObject({ count: 0, of: 3 })
  })
})

describe('twice: known answers travel and may change', () => {
  test.each(['raw', 'records'])(
    'a %s export brings them into another Parley unchanged',
    async (as) => {
      const dataset = await makeGold()
      await answerAll(dataset, ana, { preference: ranked(['o2', 'o1', 'o3']), safe: 'no' })
      const copy = await setStatus(
        there.parley,
        await insertDataset(there.parley, dataset.document),
        'ready',
      )
      const text = await exported(here, dataset, as)
      for (const _ of [1, 2]) {
        const source = [Buffer.from(text)]
        const report = await importAnswers(there.parley, cleo, { dataset: copy.name, source })
        expect(report.refused).toEqual({ count: 0, lines: [] })
        expect(await exported(there, copy, as)).toBe(text)
      }
    },
  )

  test('importing again changes and takes away what is known, of answered records too', async () => {
    const dataset = await makeGold()
    await answerAll(dataset, ana, { preference: ranked(['o1', 'o2', 'o3']), safe: 'yes' })
    expect(await importLines(dataset, [line(2, true)])).toMatchObject({ unchanged: 1 })
    const changed = [line(1, true), line(2, false), line(4, true, { gold: { safe: 'no' } })]
    expect(await importLines(dataset, changed)).toMatchObject({ updated: 3, refused: { count: 0 } })
    const raw = linesOf(await exported(here, dataset, 'raw'))
    const flagged = raw.filter(({ flags }) => flags.includes('gold'))
    expect(flagged.map(({ record }) => [record.external_id, record.gold])).toEqual([
      ['r1', gold],
      ['r4', { safe: 'no' }],
    ])
  })
})

describe('refused: known answers that are none', () => {
  test.each([
    [{ saef: 'yes' }, 'gold.saef', 'is not a question of this dataset.', /safe/],
    [{ safe: 'maybe' }, 'gold.safe', 'does not answer the question.', /Choose one/],
    [
      { preference: { ranks: { o1: 1 } } },
      'gold.preference',
      'does not answer',
      /B, C have no rank/,
    ],
    [
      { preference: { ranks: { o1: 1, o2: 1, o3: 1 } } },
      'gold.preference',
      'puts no output',
      /better/,
    ],
    [{ why: 'Because.' }, 'gold.why', 'cannot be compared.', /ratings, labels and rankings/],
    [{ safe: null }, 'gold.safe', 'is empty.', /leave it out/],
  ])('%j is told with its key and a remedy', async (wrong, path, message, remedy) => {
    const dataset = await makeDataset(here.parley, { name: `no-${++made}`, questions, records: 0 })
    const report = await importLines(dataset, [line(1, true, { gold: wrong }), line(2, true)])
    expect(report).toMatchObject({ created: 1, refused: { count: 1 } })
    const [refused] = report.refused.lines
    expect(refused).toMatchObject({ line: 1, path })
    expect(refused?.message).toContain(message)
    expect(refused?.remedy).toMatch(remedy)
  })
})
