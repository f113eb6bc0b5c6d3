/** An import tells what came of every record and of every answer, whatever kind of file it was. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { datasetProgress } from '../../src/assignments/progress.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { answeredReader } from '../../src/imports/answers/answered-rows.ts'
import { ballotReader } from '../../src/imports/answers/ballots.ts'
import type { ForeignReader } from '../../src/imports/answers/foreign.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { cleo, makeDataset } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let here: TestParley
beforeAll(async () => {
  here = await startParley()
})
afterAll(() => here.close())

const questions = [
  { type: 'ranking', name: 'preference', title: 'Which is better?', required: false },
  { type: 'text', name: 'answer', title: 'Answer', required: false },
]

describe('happy: what happened is told', () => {
  test('ballots onto forty records made forty answers and no record', async () => {
    const dataset = await filled(40)
    const said = await ballots(dataset, 40)
    expect(said).toMatchObject({
      lines: 40,
      ...{ created: 0, updated: 0, unchanged: 40, repeated: 0, refused: { count: 0 } },
      answers: { created: 40, changed: 0, unchanged: 0, surplus: 0, refused: 0 },
    })
    expect(await ballots(dataset, 40)).toMatchObject({
      ...{ created: 0, updated: 0, unchanged: 40 },
      answers: { created: 0, changed: 0, unchanged: 40, surplus: 0, refused: 0 },
    })
  })

  test('a record is counted once, however far apart the lines about it stand', async () => {
    const dataset = await filled(300)
    const lines = ['ann', 'ben', 'cat'].flatMap((labeler) =>
      Array.from({ length: 300 }, (_, at) => ballot(at, labeler)),
    )
    expect(await bring(dataset, lines)).toMatchObject({
      ...{ lines: 900, created: 0, updated: 0, unchanged: 300 },
      answers: { created: 900 },
    })
  })

  test('metadata that a file of answers changes are told, with what else of the record was', async () => {
    const dataset = await makeDataset(here.parley, { questions })
    const row = (at: number, more: object) => ({
      id: `r${at}`,
      prompt: `Why ${at}?`,
      answer: 'So.',
      ...more,
    })
    const rows = (more: object) => answered(dataset, [row(0, more), row(1, {}), row(2, more)])
    expect(await rows({})).toMatchObject({ created: 3, answers: { created: 3 } })
    expect(await rows({})).toMatchObject({ updated: 0, unchanged: 3, answers: { unchanged: 3 } })
    expect(await rows({ lang: 'en' })).toMatchObject({
      ...{ created: 0, updated: 2, unchanged: 1, parts: { metadata: 2 } },
      answers: { created: 0, changed: 0, unchanged: 3 },
    })
    const held = await importLines(dataset, [
      { format: 1, external_id: 'r0', fields: { prompt: 'Why 0?' }, metadata: {}, priority: 4 },
    ])
    expect(held).toMatchObject({ updated: 1, parts: { metadata: 1, priority: 1 } })
  })

  test('answers beyond what their records want are told apart', async () => {
    const dataset = await filled(1)
    const text = await moved(dataset)
    const line = { ...text, labeler: 'x', counted: false, flags: ['surplus'] }
    const lines = ['a', 'b', 'c', 'd', 'e'].map((labeler) => ({ ...line, labeler }))
    const report = await native(dataset, lines)
    expect(report.answers).toEqual({
      ...{ created: 5, changed: 0, unchanged: 0, surplus: 2, refused: 0 },
    })
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ counted: 3, surplus: 2 })
  })

  test('a raw line that tells other metadata changes them and leaves priority and known answers', async () => {
    const dataset = await makeDataset(here.parley, { questions })
    const gold = { preference: { ranks: { o1: 1, o2: 2 } } }
    const outputs = [
      { id: 'o1', text: 'x' },
      { id: 'o2', text: 'y' },
    ]
    const record = { external_id: 'r0', fields: { prompt: 'p' }, outputs }
    await importLines(dataset, [{ format: 1, ...record, gold, priority: 7 }])
    const line = {
      ...(await moved(dataset)),
      record: { ...record, status: 'pending', metadata: { a: 1 }, suggestions: {} },
    }
    expect(await native(dataset, [line])).toMatchObject({
      ...{ created: 0, updated: 1, parts: { metadata: 1 } },
      answers: { created: 1 },
    })
    expect(await native(dataset, [line])).toMatchObject({ updated: 0, unchanged: 1 })
    const kept = await here.parley.db
      .selectFrom('places')
      .innerJoin('outlines', 'outlines.recordId', 'places.recordId')
      .select(['priority', 'gold'])
      .where('places.datasetId', '=', dataset.id)
      .executeTakeFirstOrThrow()
    expect(kept).toMatchObject({ priority: 7, gold: { preference: expect.anything() } })
  })
})

describe('refused: what could not be kept is told with its line', () => {
  test('a changed text of an answered record is refused with the answer to it, in every kind of file', async () => {
    const dataset = await makeDataset(here.parley, { questions })
    const row = { id: 'r0', prompt: 'Why?', answer: 'So.' }
    await answered(dataset, [row])
    const changed = await answered(dataset, [{ ...row, prompt: 'Why not?', answer: 'No.' }])
    expect(changed).toMatchObject({
      ...{ lines: 1, created: 0, updated: 0, unchanged: 0 },
      refused: {
        count: 1,
        lines: [
          { line: 1, path: 'fields', message: 'changes a record that people have answered.' },
        ],
      },
      answers: { created: 0, changed: 0, unchanged: 0, surplus: 0, refused: 1 },
    })
    const record = {
      external_id: 'r0',
      fields: { prompt: 'Why not?' },
      outputs: [],
      metadata: {},
      suggestions: {},
    }
    const raw = { ...(await moved(dataset)), record: { ...record, status: 'pending' } }
    expect(await native(dataset, [raw])).toMatchObject({
      ...{ created: 0, updated: 0, unchanged: 0, refused: { count: 1 } },
      answers: { created: 0, refused: 1 },
    })
  })

  test('one answer of several that means nothing does not take the others with it', async () => {
    const dataset = await filled(1)
    const read: ForeignReader = async function* () {
      const answer = { status: 'submitted' as const, at: null }
      yield [
        {
          ...{ number: 1, externalId: 'r0', record: null },
          answers: [
            { ...answer, labeler: 'ann', values: { preference: { ranks: { o1: 1, o2: 2 } } } },
            { ...answer, labeler: 'ben', values: { preference: { ranks: { o7: 1 } } } },
          ],
        },
      ]
    }
    const report = await importForeign(here.parley, cleo, { dataset: dataset.name, read })
    expect(report).toMatchObject({
      ...{ unchanged: 1, refused: { count: 0 }, refusedParts: 1 },
      answers: { created: 1, refused: 1 },
    })
    expect(report.refused.lines).toMatchObject([{ line: 1, path: 'answer of ben, preference' }])
  })

  test('the answers of lines that cannot be read are counted as refused', async () => {
    const dataset = await filled(1)
    const report = await bring(dataset, [
      ballot(0, 'ann'),
      { external_id: 'r0', labeler: 'b', rank: 1 },
    ])
    expect(report).toMatchObject({ refused: { count: 1 }, answers: { created: 1, refused: 1 } })
  })
})

async function filled(records: number): Promise<Dataset> {
  const dataset = await makeDataset(here.parley, { questions })
  const lines = Array.from({ length: records }, (_, at) => ({
    id: `r${at}`,
    prompt: 'p',
    outputs: ['x', 'y'],
  }))
  await importLines(dataset, lines)
  return dataset
}

const bytes = (lines: readonly object[]) => [
  Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')),
]

function importLines(dataset: Dataset, lines: readonly object[]) {
  return importRecords(here.parley, cleo, { dataset: dataset.name, source: bytes(lines) })
}

function ballot(at: number, labeler: string) {
  return {
    external_id: `r${at}`,
    labeler,
    ranks: { o1: 1, o2: 2 },
    submitted_at: '2025-01-02T00:00:00Z',
  }
}

function ballots(dataset: Dataset, count: number) {
  return bring(
    dataset,
    Array.from({ length: count }, (_, at) => ballot(at, 'ann')),
  )
}

function bring(dataset: Dataset, lines: readonly object[]) {
  const read = ballotReader({ source: bytes(lines) })
  return importForeign(here.parley, cleo, { dataset: dataset.name, read })
}

function answered(dataset: Dataset, lines: readonly object[]) {
  const read = answeredReader({ source: bytes(lines), labeler: 'ann' })
  return importForeign(here.parley, cleo, { dataset: dataset.name, read })
}

function native(dataset: Dataset, lines: readonly object[]) {
  return importAnswers(here.parley, cleo, { dataset: dataset.name, source: bytes(lines) })
}

/** A raw line to the first record, as an export writes it. */
async function moved(dataset: Dataset) {
  const outputs = [
    { id: 'o1', text: 'x' },
    { id: 'o2', text: 'y' },
  ]
  return {
    ...{ format: 1, dataset: dataset.name },
    record: {
      ...{ external_id: 'r0', status: 'pending', fields: { prompt: 'p' }, outputs },
      ...{ metadata: {}, suggestions: {} },
    },
    ...{ labeler: 'zoe', platform: 'slack', repeat: 0, status: 'submitted', reason: null },
    ...{ revision: 1, counted: true, values: { answer: 'x' } },
    shown: { order: [], expanded: [], suggestions: false, at: null },
    ...{ seconds: null, submitted_at: '2025-01-01T00:00:00.000Z' },
    ...{ schema_version: 1, guidelines_version: 1, flags: [] },
  }
}
