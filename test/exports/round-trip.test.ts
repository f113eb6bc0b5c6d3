/** Nothing is lost on the way out and back in: export(import(export(x))) is export(x), byte by byte. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import type { Parley } from '../../src/parley.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { type Answer, addAnswer, addRecord, cleo, makeDataset, makeLabelers } from './ground.ts'

let here: TestParley
let there: TestParley
let folder: string
let labelers: string[]

beforeAll(async () => {
  here = await startParley({ max: 4 })
  there = await startParley({ max: 4 })
  folder = mkdtempSync(join(tmpdir(), 'parley-round-'))
  labelers = await makeLabelers(here.parley, 5)
})
afterAll(async () => {
  await here.close()
  await there.close()
  rmSync(folder, { recursive: true, force: true })
})

const questions = [
  { type: 'ranking', name: 'preference', title: 'Which is better?', required: false },
  { type: 'rating', name: 'helpful', title: 'How helpful?', of: 'outputs', required: false },
  { type: 'multi_label', name: 'tags', title: 'Tags', options: ['x', 'y'], required: false },
  { type: 'text', name: 'why', title: 'Why?', required: false },
  {
    ...{ type: 'span', name: 'parts', title: 'Parts', field: 'prompt', required: false },
    options: ['PER', 'LOC'],
  },
]

/** Anybody's text: every plane, quotes, backslashes, what ends lines elsewhere; no NUL. */
const nasty = fc.constantFrom(
  '\\n',
  '"',
  '\\',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u0001',
  '\u0003',
  '\n',
  '🙂',
)
const text = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 6 })
  .map((parts) => parts.join('').replaceAll('\u0000', ''))
const id = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', '"', '\\', 'ü', '😀', 'Z', 'a'),
  fc.string({ minLength: 1, maxLength: 5 }).map((some) => `${some}.`),
)
const said = text.map((some) => `${some}x`)

/** A message as the chats of agents have it. */
const message = fc.oneof(
  fc.record({ role: fc.constantFrom('assistant', 'tool'), content: said }),
  fc.record({ role: fc.constant('tool'), content: said, tool_call_id: id, name: id }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.constantFrom(null, '', 'Let me look.'),
    reasoning_content: said,
    tool_calls: fc.array(
      fc.record({
        id,
        function: fc.record({
          name: id,
          arguments: fc.oneof(
            text,
            fc.dictionary(fc.constantFrom('b', 'a', 'ü"'), fc.oneof(text, fc.constant(null))),
          ),
        }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  fc.record({
    role: fc.constant('user'),
    content: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('text'), text }),
        fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url: said }) }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
)

const record = fc.record({
  external_id: id,
  prompt: said,
  outputs: fc.uniqueArray(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ id, text: said }) },
      fc.record({
        id,
        messages: fc.array(message, { minLength: 1, maxLength: 2 }),
        model: text,
      }),
    ),
    { minLength: 2, maxLength: 4, selector: (output) => output.id },
  ),
  suggestions: fc.oneof(
    fc.constant({}),
    fc.record({
      why: fc.record({ value: said, score: fc.double({ min: 0, max: 1, noNaN: true }) }),
    }),
  ),
  metadata: fc.dictionary(
    fc.constantFrom('lang', 'n', 'ü"'),
    fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
    { maxKeys: 3 },
  ),
  priority: fc.integer({ min: 0, max: 9 }),
  isRejected: fc.boolean(),
  answers: fc.array(
    fc.record({
      kind: fc.constantFrom('counted', 'surplus', 'draft', 'discarded', 'gold'),
      ranks: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
      allUnacceptable: fc.boolean(),
      rating: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      tags: fc.option(fc.subarray(['x', 'y'], { minLength: 1 }), { nil: undefined }),
      why: fc.option(said, { nil: undefined }),
      marks: fc.option(fc.array(fc.nat(40), { maxLength: 4 }), { nil: undefined }),
      edits: fc.integer({ min: 0, max: 2 }),
      flags: fc.subarray(['late', 'fast', 'edited_after_reveal']),
      seconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
      rendering: fc.constantFrom(null, 'raw', 'markdown-1', 'markdown-12'),
    }),
    { maxLength: 5 },
  ),
})
type Made = typeof record extends fc.Arbitrary<infer T> ? T : never

describe('happy: export(import(export(x)))', () => {
  test.each(['argilla', 'argilla-flat'])(
    '%s is the same bytes in all of its files, ranks and ties included',
    async (as) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(record, {
            selector: (one) => one.external_id,
            minLength: 1,
            maxLength: 6,
          }),
          async (records) => {
            const dataset = await fill(here.parley, records)
            const [before, lines] = await folderOf(here.parley, dataset, as)
            const copy = await makeDataset(there.parley, dataset.document)
            const report = await importAnswers(there.parley, cleo, {
              dataset: copy.name,
              source: [Buffer.from(lines)],
            })
            expect(report.refused.lines).toEqual([])
            const [after] = await folderOf(there.parley, copy, as)
            expect(after).toEqual(before)
            const raw = await bytesOf(here.parley, dataset, 'raw')
            expect(String(await bytesOf(there.parley, copy, 'raw'))).toBe(String(raw))
          },
        ),
        { numRuns: 20 },
      )
    },
    120_000,
  )

  test.each(['raw', 'records'])(
    '%s is the same bytes, whatever is in it',
    async (as) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(record, {
            selector: (one) => one.external_id,
            minLength: 1,
            maxLength: 6,
          }),
          async (records) => {
            const dataset = await fill(here.parley, records)
            const out = await bytesOf(here.parley, dataset, as)
            const copy = await makeDataset(there.parley, dataset.document)
            const report = await importAnswers(there.parley, cleo, {
              dataset: copy.name,
              source: [out],
            })
            expect(report.refused.lines).toEqual([])
            expect(String(await bytesOf(there.parley, copy, as))).toBe(String(out))
          },
        ),
        { numRuns: 25 },
      )
    },
    120_000,
  )

  test.each(['parquet', 'jsonl'])('records rewritten by DuckDB as %s', async (kind) => {
    const duck = await DuckDBInstance.create(':memory:')
    const connection = await duck.connect()
    const columns = `format: 'BIGINT', external_id: 'VARCHAR', status: 'VARCHAR', fields: 'JSON',
      outputs: 'JSON', metadata: 'JSON', suggestions: 'JSON', priority: 'BIGINT', responses: 'JSON'`
    const records = fc.sample(record, { numRuns: 60, seed: 5 })
    const lines = records.map((one, n) => ({ ...one, external_id: `2024-01-${n + 10}` }))
    const dataset = await fill(here.parley, lines)
    const out = await bytesOf(here.parley, dataset, 'records')
    const name = `again.${kind}`
    const path = join(folder, name)
    // As docs/exports.md has it.
    await connection.run(`copy (select * from read_json('${join(folder, 'out.jsonl')}',
      format = 'newline_delimited', columns = {${columns}}))
      to '${path}' (format ${kind === 'jsonl' ? 'json' : kind})`)
    connection.closeSync()
    duck.closeSync()
    const copy = await makeDataset(there.parley, dataset.document)
    const source = [readFileSync(path)]
    const report = await importAnswers(there.parley, cleo, { dataset: copy.name, source, name })
    expect(report.refused.lines).toEqual([])
    expect(String(await bytesOf(there.parley, copy, 'records'))).toBe(String(out))
  })

  test('every line can be read separately, and only a newline ends it', async () => {
    const lines = fc.sample(record, 20).map((one, n) => ({ ...one, external_id: `r${n}` }))
    const dataset = await fill(here.parley, lines)
    for (const as of ['raw', 'records']) {
      const out = String(await bytesOf(here.parley, dataset, as))
      expect(out).not.toMatch(/[\u2028\u2029\u0085]/)
      for (const line of out.split('\n').slice(0, -1)) expect(JSON.parse(line).format).toBe(1)
    }
  })
})

/** All files of an Argilla folder, and the `records` lines that can be put together from them. */
async function folderOf(
  parley: Parley,
  dataset: Dataset,
  as: string,
): Promise<[files: Record<string, string>, lines: string]> {
  const to = join(folder, 'argilla')
  rmSync(to, { recursive: true, force: true })
  await exportToFile(parley, cleo, { dataset: dataset.name, as, to })
  const data = as === 'argilla' ? 'records.json' : 'train.jsonl'
  const names = [data, 'parley.json', '.argilla/dataset.json', '.argilla/settings.json']
  const files = Object.fromEntries(
    names.map((name) => [name, readFileSync(join(to, name), 'utf8')]),
  )
  const parts = JSON.parse(files['parley.json'] ?? '')
  const shown: { [key: string]: unknown }[] = (files[data] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line.replace(/,$/, '')))
  const lines = shown.map((one, at) => {
    const { responses, ...line } = parts.records[at]
    const from = new Map(Object.entries(as === 'argilla' ? Object(one['fields']) : one))
    const fields = Object.fromEntries(
      parts.dataset.fields.map(({ name }: { name: string }) => [name, from.get(name)]),
    )
    const outputs = line.outputs.map(({ in: place, ...output }: { in?: number }, at: number) => ({
      ...output,
      ...('messages' in output ? {} : { text: from.get(parts.output_fields[place ?? at]) }),
    }))
    return `${JSON.stringify({ ...line, fields, outputs, responses })}\n`
  })
  expect(
    createHash('sha256')
      .update(files[data] ?? '')
      .digest('hex'),
  ).toBe(parts.data_sha256)
  return [files, lines.join('')]
}

async function bytesOf(parley: Parley, dataset: Dataset, as: string): Promise<Buffer> {
  const to = join(folder, 'out.jsonl')
  await exportToFile(parley, cleo, { dataset: dataset.name, as, to })
  return readFileSync(to)
}

async function fill(parley: Parley, records: readonly Made[]): Promise<Dataset> {
  const dataset = await makeDataset(parley, { questions })
  for (const { prompt, answers, isRejected: wasRejected, ...line } of records) {
    const placed = await addRecord(parley, dataset, { ...line, fields: { prompt } })
    // Skips alone reject a record, and an answer is surplus only where no place is left for it.
    const isRejected = wasRejected && answers.some(({ kind }) => kind === 'discarded')
    const isFull = answers.filter(({ kind }) => kind === 'counted').length >= 3
    let counted = 0
    for (const [n, given] of answers.entries()) {
      let { kind } = given
      if (kind === 'counted' && counted === 3) kind = 'surplus'
      if (kind === 'surplus' && !isRejected && !isFull) kind = 'draft'
      if (kind === 'counted') counted += 1
      await addAnswer(parley, dataset, placed, {
        labeler: labelers[n] ?? '',
        ...answerOf(kind, given, line.outputs, prompt),
      })
    }
    if (isRejected)
      await parley.db
        .updateTable('places')
        .set({ rejected: true })
        .where('datasetId', '=', dataset.id)
        .where('recordId', '=', placed.id)
        .execute()
  }
  return dataset
}

function answerOf(
  kind: string,
  given: Made['answers'][number],
  outputs: Made['outputs'],
  prompt: string,
): Omit<Answer, 'labeler'> {
  const ids = outputs.map((output) => output.id)
  const each = <T>(value: (at: number) => T) =>
    Object.fromEntries(ids.map((one, at) => [one, value(at)]))
  const levels = [...new Set(given.ranks.slice(0, ids.length))].sort()
  const ranks = each((at) => levels.indexOf(given.ranks[at] ?? 1) + 1)
  const preference = {
    mode: 'full',
    ranks: given.allUnacceptable ? {} : ranks,
    all_unacceptable: given.allUnacceptable,
  }
  const { rating, tags, why, marks } = given
  const values = {
    preference,
    ...(rating === undefined ? {} : { helpful: each(() => rating) }),
    ...(tags === undefined ? {} : { tags }),
    ...(why === undefined ? {} : { why }),
    ...(marks === undefined ? {} : { parts: spansAt(marks, prompt) }),
  }
  const status = kind === 'draft' || kind === 'discarded' ? kind : 'submitted'
  return {
    status,
    values: kind === 'discarded' ? {} : values,
    ...(kind === 'discarded' ? { reason: 'unclear' } : {}),
    counted: kind === 'counted',
    flags: kind === 'gold' ? [...given.flags, 'gold'] : given.flags,
    shown: ids.toReversed(),
    expanded: ids.slice(0, 1),
    seconds: given.seconds,
    rendering: given.rendering,
    before: Array.from({ length: given.edits }, (_, n) => ({ why: `edit ${n}` })),
  }
}

/** Marks of one or two code points, in the order they are stored. */
function spansAt(marks: readonly number[], prompt: string): { [key: string]: unknown }[] {
  const length = Array.from(prompt).length
  const starts = [...new Set(marks.map((one) => one % length))].sort((a, b) => a - b)
  return starts.map((start, at) => ({
    field: 'prompt',
    start,
    end: Math.min(length, start + 2),
    label: at % 2 === 0 ? 'PER' : 'LOC',
  }))
}
