/** What our own export writes for Argilla comes back whole: export(import(export(x))) is export(x), byte by byte. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertDataset } from '../../src/datasets/create.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { findArgilla } from '../../src/imports/argilla/folder.ts'
import { sidecarLines } from '../../src/imports/argilla/sidecar.ts'
import type { Parley } from '../../src/parley.ts'
import { addAnswer, addRecord, cleo, makeDataset, makeLabelers } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let here: TestParley
let there: TestParley
let folder: string
let people: string[]
beforeAll(async () => {
  here = await startParley({ max: 4 })
  there = await startParley({ max: 4 })
  folder = mkdtempSync(join(tmpdir(), 'parley-argilla-round-'))
  people = await makeLabelers(here.parley, 4)
})
afterAll(async () => {
  await here.close()
  await there.close()
  rmSync(folder, { recursive: true, force: true })
})

const labels = { options: ['x', 'y'], required: false }
const questions = [
  { type: 'ranking', name: 'preference', title: 'Which is better?', required: false, edits: true },
  { type: 'rating', name: 'helpful', title: 'How helpful?', of: 'outputs', required: false },
  { type: 'label', name: 'kind', title: 'Kind', ...labels },
  { type: 'multi_label', name: 'tags', title: 'Tags', none_option: true, ...labels },
  { type: 'text', name: 'why', title: 'Why?', required: false },
  { type: 'span', name: 'odd', title: 'Odd?', field: 'prompt', ...labels },
]

const text = fc
  .string({ unit: 'binary', maxLength: 8 })
  .map((some) => `${some.replaceAll('\u0000', '')}\n\u2028"x`)
const id = fc.oneof(fc.constantFrom('__proto__', 'ü', '😀', 'a'), fc.uuid())
const answer = fc.record(
  {
    preference: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
    helpful: fc.integer({ min: 1, max: 5 }),
    improved: text,
    kind: fc.constantFrom('x', 'y'),
    tags: fc.subarray(['x', 'y']),
    why: text,
    odd: fc.constant([{ field: 'prompt', start: 0, end: 1, label: 'x' }]),
  },
  { requiredKeys: ['why'] },
)
const record = fc.record({
  external_id: id,
  prompt: text,
  context: fc.option(text, { nil: undefined }),
  outputs: fc.uniqueArray(fc.record({ id, text }), {
    maxLength: 3,
    selector: ({ id: one }) => one,
  }),
  metadata: fc.dictionary(fc.constantFrom('lang', 'n'), fc.oneof(text, fc.boolean(), fc.nat())),
  priority: fc.integer({ min: 0, max: 9 }),
  suggested: fc.option(text, { nil: undefined }),
  answers: fc.array(
    fc.record({ values: answer, status: fc.constantFrom('submitted', 'draft', 'discarded') }),
    { maxLength: 3 },
  ),
})
type Made = typeof record extends fc.Arbitrary<infer T> ? T : never

describe('happy: export(import(export(x)))', () => {
  test.each(['argilla', 'argilla-flat'])(
    '%s of one Parley, imported into another, is the same bytes there, and its counts agree',
    async (as) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(record, { maxLength: 5, selector: ({ external_id }) => external_id }),
          async (records) => {
            const dataset = await fill(records)
            const before = await exported(here.parley, dataset, as)
            const sidecar = await sidecarOf(before.path)
            const copy = await insertDataset(there.parley, sidecar.head.dataset)
            const take = () =>
              importAnswers(there.parley, cleo, {
                dataset: copy.name,
                source: sidecarLines(sidecar.file, sidecar.head),
              })
            const report = await take()
            const answers = records.reduce((sum, one) => sum + one.answers.length, 0)
            expect(report).toMatchObject({
              ...{ lines: records.length, created: records.length, refused: { count: 0 } },
              answers: { created: answers, changed: 0, unchanged: 0 },
            })
            expect(await take()).toMatchObject({
              ...{ created: 0, updated: 0, unchanged: records.length },
              answers: { created: 0, changed: 0, unchanged: answers },
            })
            expect((await exported(there.parley, copy, as)).files).toEqual(before.files)
          },
        ),
        { numRuns: 12 },
      )
    },
    120_000,
  )
})

describe('refused', () => {
  test('data that were changed since do not go with the sidecar any more', async () => {
    const dataset = await fill(fc.sample(record, 1))
    const { path } = await exported(here.parley, dataset, 'argilla')
    const { file, head } = await sidecarOf(path)
    const data = join(path, 'records.json')
    writeFileSync(data, readFileSync(data, 'utf8').replace('"pending"', '"completed"').concat('\n'))
    const take = () =>
      importAnswers(here.parley, cleo, { dataset: dataset.name, source: sidecarLines(file, head) })
    await expect(take()).rejects.toMatchObject({
      problems: { 'records.json': expect.stringContaining('changed since') },
    })
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20))
    await expect(take()).rejects.toMatchObject({
      problems: { 'parley.json': expect.stringContaining('cut off') },
    })
  })
})

async function sidecarOf(path: string) {
  const found = await findArgilla(path)
  if (!found?.sidecar) throw new Error('There is no sidecar.')
  return found.sidecar
}

async function exported(parley: Parley, dataset: Dataset, as: string) {
  const path = join(folder, 'out')
  rmSync(path, { recursive: true, force: true })
  await exportToFile(parley, cleo, { dataset: dataset.name, as, to: path })
  const data = as === 'argilla' ? 'records.json' : 'train.jsonl'
  const names = [data, 'parley.json', '.argilla/dataset.json', '.argilla/settings.json']
  return { path, files: names.map((name) => readFileSync(join(path, name), 'utf8')) }
}

async function fill(records: readonly Made[]): Promise<Dataset> {
  const dataset = await makeDataset(here.parley, {
    questions,
    fields: [
      { name: 'prompt', title: 'Prompt' },
      { name: 'context', title: 'Context', required: false },
    ],
  })
  for (const { prompt, context, answers, suggested, ...line } of records) {
    const placed = await addRecord(here.parley, dataset, {
      ...line,
      fields: { prompt, ...(context === undefined ? {} : { context }) },
      suggestions: suggested === undefined ? {} : { why: { value: suggested, score: 0.5 } },
    })
    for (const [at, { values, status }] of answers.entries())
      await addAnswer(here.parley, dataset, placed, {
        ...{ labeler: people[at] ?? '', status, shown: line.outputs.map((output) => output.id) },
        values: valuesOf(values, line.outputs),
        ...(status === 'discarded' ? { reason: 'other' } : {}),
      })
  }
  return dataset
}

function valuesOf(given: Made['answers'][number]['values'], outputs: Made['outputs']) {
  const { preference, helpful, improved, ...values } = given
  const [first] = outputs
  const each = <T>(value: (at: number) => T) =>
    Object.fromEntries(outputs.map((output, at) => [output.id, value(at)]))
  const levels = [...new Set(preference?.slice(0, outputs.length))].sort()
  const ranks = each((at) => levels.indexOf(preference?.[at] ?? 1) + 1)
  return {
    ...values,
    ...(preference && outputs.length > 1
      ? { preference: { mode: 'full', ranks, all_unacceptable: false } }
      : {}),
    ...(improved !== undefined && first
      ? { 'preference.edits': Object.fromEntries([[first.id, { text: improved, distance: 3 }]]) }
      : {}),
    ...(helpful && outputs.length > 0 ? { helpful: each(() => helpful) } : {}),
  }
}
