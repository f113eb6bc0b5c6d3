/** A team leaves Argilla with its files: the folder of Argilla 2, its flat columns, the tables of Argilla 1. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openUsers } from '../../src/argilla/users.ts'
import { openRows } from '../../src/cli/import/source.ts'
import { insertDataset } from '../../src/datasets/create.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { type ExportRecord, readRecords, openSource as viewOf } from '../../src/exports/source.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { documentOf } from '../../src/imports/argilla/document.ts'
import { findArgilla } from '../../src/imports/argilla/folder.ts'
import { openOrders } from '../../src/imports/argilla/orders.ts'
import { argillaReader, argillaRecords } from '../../src/imports/argilla/reader.ts'
import { parseUserMap } from '../../src/imports/argilla/user-file.ts'
import { cleo, makeDataset } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let here: TestParley
let folder: string
beforeAll(async () => {
  here = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-argilla-'))
})
afterAll(async () => {
  await here.close()
  rmSync(folder, { recursive: true, force: true })
})

const [ann, ben] = ['11111111-0000-4000-8000-000000000000', '22222222-0000-4000-8000-000000000000']
const known = new Map([[ann, 'ann']])

/** As Argilla 2's SDK wrote them; the options of "tags" are those of the sample, which has one. */
const option = (value: string) => ({ value, text: value, description: null })
const settings = {
  guidelines: 'Rank the responses.',
  questions: [
    {
      ...{ id: 'q1', inserted_at: '2024-11-05T10:00:00', name: 'preference', title: 'Preference' },
      settings: { type: 'ranking', options: ['response_a', 'response_b'].map(option) },
      ...{ description: null, required: true, dataset_id: 'aaaaaaaa', type: 'ranking' },
    },
    {
      name: 'clarity',
      settings: { type: 'rating', options: [1, 2, 3, 4, 5].map((value) => ({ value })) },
      ...{ title: 'Clarity', description: '1 low', required: true, type: 'rating' },
    },
    {
      name: 'comment',
      settings: { type: 'text', use_markdown: false },
      ...{ title: 'Comment', description: null, required: false, type: 'text' },
    },
    {
      name: 'tags',
      settings: {
        ...{ type: 'multi_label_selection', options: [option('safe')] },
        ...{ visible_options: 3, options_order: 'natural' },
      },
      ...{ required: false, type: 'multi_label_selection' },
    },
  ],
  fields: [
    {
      ...{ name: 'prompt', settings: { type: 'chat', use_markdown: true }, title: 'Prompt' },
      ...{ required: true, description: null, type: 'chat' },
    },
    ...['a', 'b'].map((one) => ({
      name: `response_${one}`,
      settings: { type: 'text', use_markdown: true },
      ...{ title: `Response ${one.toUpperCase()}`, required: true, type: 'text' },
    })),
  ],
  vectors: [{ name: 'emb', title: 'Emb', dimensions: 3 }],
  metadata: [{ name: 'source', settings: { type: 'terms' }, type: 'terms', title: 'Source' }],
  allow_extra_metadata: false,
  distribution: { strategy: 'overlap', min_submitted: 2 },
  mapping: null,
}
const record = {
  id: 'ext-1',
  fields: {
    prompt: [{ role: 'user', content: 'Capital of France?' }],
    ...{ response_a: 'Lyon', response_b: 'Paris' },
  },
  metadata: { source: 'web' },
  suggestions: { clarity: { value: 3, score: 0.8, agent: 'gpt-4o' } },
  responses: {
    preference: [ann, ben].map((user_id) => ({ value: ['response_a', 'response_b'], user_id })),
    clarity: [
      { value: 5, user_id: ann },
      { value: 4, user_id: ben },
    ],
    comment: [{ value: 'ok', user_id: ann }],
  },
  ...{ vectors: { emb: [0.1, 0.2, 0.3] }, status: 'completed', _server_id: '0000' },
}
const v2 = {
  '.argilla/settings.json': JSON.stringify(settings),
  '.argilla/dataset.json': JSON.stringify({ name: 'prefs', status: 'ready' }),
  'records.json': JSON.stringify([record], null, 2),
}
const flatRow = {
  ...{ id: 'ext-1', status: 'completed', _server_id: '0000' },
  ...record.fields,
  'preference.responses': [['response_b', 'response_a'], ['response_a']],
  'preference.responses.users': [ann, ben],
  'preference.responses.status': ['submitted', 'draft'],
  'preference.suggestion': null,
  'clarity.responses': [5, 1],
  'clarity.responses.users': [ann, ben],
  'clarity.responses.status': ['submitted', 'discarded'],
  'clarity.suggestion': 3,
  'clarity.suggestion.score': 0.8,
  'clarity.suggestion.agent': 'gpt-4o',
  'tags.suggestion': [0],
  ...{ source: 'web', emb: [0.1] },
}
const yaml = `
fields:
- {name: prompt, title: Prompt, required: true, type: text, use_markdown: false}
- {name: response-1, title: Response 1, required: true, type: text}
- {name: response-2, title: Response 2, required: true, type: text}
- {name: response-3, title: Response 3, required: false, type: text}
questions:
- name: preference
  title: Order the responses
  description: 1 = best. Ties are allowed.
  required: true
  type: ranking
  values: {response-1: Response 1, response-2: Response 2, response-3: Response 3}
- {name: topic, title: Topic, required: false, type: label_selection, labels: [maths, prose], visible_labels: 20}
guidelines: Be kind.
metadata_properties: null
allow_extra_metadata: true
vectors_settings: null
`
const v1Row = {
  ...{ prompt: 'Why?', 'response-1': 'A.', 'response-2': 'B.', 'response-3': null },
  preference: [
    {
      ...{ user_id: ann, status: 'submitted' },
      value: { rank: [2, 2, 1], value: ['response-1', 'response-2', 'response-3'] },
    },
    {
      ...{ user_id: ben, status: 'submitted' },
      value: [
        { rank: 3, value: 'response-1' },
        { rank: 1, value: 'response-2' },
        { rank: 2, value: 'response-3' },
      ],
    },
  ],
  'preference-suggestion': { rank: [1, 2], value: ['response-1', 'response-2'] },
  'preference-suggestion-metadata': { type: 'model', score: 0.5, agent: 'm' },
  topic: { user_id: [null], value: ['maths'], status: ['discarded'] },
  'topic-suggestion': 'prose',
  'topic-suggestion-metadata': { type: null, score: null, agent: null },
  ...{ external_id: 'one', metadata: '{"lang":"en"}', vectors: '{}' },
}

describe('happy', () => {
  test("Argilla 2's folder: everything but the ranks, which its SDK has not written", async () => {
    const { path, dataset, report, warned } = await leave('v2', v2)
    expect(dataset.document).toMatchObject({
      name: 'v2',
      guidelines: 'Rank the responses.',
      fields: [{ name: 'prompt', type: 'chat' }],
      distribution: { min_submitted: 2 },
    })
    expect(dataset.document.questions.map(({ name, type }) => [name, type])).toEqual([
      ['preference', 'ranking'],
      ['clarity', 'rating'],
      ['comment', 'text'],
      ['tags', 'multi_label'],
    ])
    expect(warned.join('\n')).toMatch(/"tags" has one option(.|\n)*Vectors.*emb(.|\n)*source/)
    expect(report.warnings.byKind).toMatchObject({ 'ranks unknown': 2, 'vectors left out': 1 })
    const [one] = await recordsOf(dataset)
    expect(one).toMatchObject({
      external_id: 'ext-1',
      fields: record.fields.prompt && { prompt: record.fields.prompt },
      outputs: [
        { id: 'response_a', text: 'Lyon' },
        { id: 'response_b', text: 'Paris' },
      ],
      metadata: { source: 'web' },
    })
    expect(saidOf(one)).toEqual([
      ['ann', 'draft', { clarity: 5, comment: 'ok' }],
      [expect.stringMatching(/^argilla-[0-9a-f]{12}$/), 'draft', { clarity: 4 }],
    ])
    expect(report.warnings.byKind).toMatchObject({ 'status unknown': 2 })
    expect(one?.responses.some(({ counted }) => counted)).toBe(false)
    // Discarded answers look like submitted ones there, so none counts unless somebody says so.
    const later = await again(path, dataset, { unknownAs: 'submitted' })
    expect(later.answers).toMatchObject({ created: 0 })
    const [two] = await recordsOf(dataset)
    expect(saidOf(two).map(([, status]) => status)).toEqual(['submitted', 'submitted'])
    const whole = await leave('v2-whole', v2, { unknownAs: 'submitted', trustOrder: true })
    const [three] = await recordsOf(whole.dataset)
    expect(saidOf(three).map(([, status]) => status)).toEqual(['submitted', 'submitted'])
    // What is known already is not taken back by a file that knows less.
    await again(whole.path, whole.dataset)
    expect(await recordsOf(whole.dataset)).toEqual([three])
  })

  test('an admin who knows that its lists are best first can say so', async () => {
    const { dataset } = await leave('trusted', v2, { trustOrder: true })
    const [one] = await recordsOf(dataset)
    expect(one?.responses[0]?.values['preference']).toMatchObject({
      ranks: { response_a: 1, response_b: 2 },
    })
  })

  test.each(['data/train.jsonl', 'train.json', 'train.csv'])(
    'its flat columns in %s say who submitted, and what was only begun',
    async (file) => {
      const row = file.endsWith('.csv') ? csvOf(flatRow) : JSON.stringify(flatRow)
      const { '.argilla/settings.json': about } = v2
      const text = file.endsWith('.json') ? `[${row}]` : row
      const name = file.replace(/\W/g, '-')
      const { dataset, report } = await leave(
        name,
        { '.argilla/settings.json': about, [file]: text },
        { trustOrder: true, file },
      )
      expect(report.refused.lines).toEqual([])
      const [one] = await recordsOf(dataset)
      expect(one?.metadata).toEqual({ source: 'web' })
      expect(saidOf(one)).toEqual([
        [
          'ann',
          'submitted',
          {
            clarity: 5,
            preference: expect.objectContaining({ ranks: { response_a: 2, response_b: 1 } }),
          },
        ],
        [expect.any(String), 'draft', { clarity: 1, preference: expect.anything() }],
      ])
    },
  )

  test('flat columns without any settings: the questions of the dataset tell them', async () => {
    const dataset = await makeDataset(here.parley, {
      fields: [{ name: 'prompt', title: 'Prompt', type: 'chat' }],
      questions: [
        { type: 'ranking', name: 'preference', title: 'Which?' },
        { type: 'rating', name: 'clarity', title: 'Clear?', required: false },
      ],
    })
    const report = await importText(dataset, JSON.stringify(flatRow), { trustOrder: true })
    expect(report.refused.lines).toEqual([])
    const [one] = await recordsOf(dataset)
    expect(one?.outputs.map(({ id }) => id)).toEqual(['response_a', 'response_b'])
    expect(saidOf(one)[0]).toMatchObject(['ann', 'submitted', { clarity: 5 }])
  })

  test("Argilla 1's tables keep ranks, ties and what was discarded", async () => {
    const { dataset, report } = await leave('v1', {
      'argilla.yaml': yaml,
      'data/train.jsonl': JSON.stringify(v1Row),
    })
    expect(report.refused.lines).toEqual([])
    expect(dataset.document.guidelines).toBe('Be kind.')
    const [one] = await recordsOf(dataset)
    expect(one).toMatchObject({ external_id: 'one', metadata: { lang: 'en' } })
    const ranks = (values: object) => ({ preference: expect.objectContaining({ ranks: values }) })
    expect(saidOf(one)).toEqual(
      expect.arrayContaining([
        ['ann', 'submitted', ranks({ 'response-1': 1, 'response-2': 1 })],
        [
          expect.stringMatching(/^argilla-/),
          'submitted',
          ranks({ 'response-1': 2, 'response-2': 1 }),
        ],
        ['argilla-nobody', 'discarded', { topic: 'maths' }],
      ]),
    )
    const stored = await here.parley.db
      .selectFrom('records')
      .select('suggestions')
      .where('datasetId', '=', dataset.id)
      .executeTakeFirstOrThrow()
    expect(stored.suggestions).toMatchObject({
      preference: {
        value: { ranks: { 'response-1': 1, 'response-2': 2 } },
        score: 0.5,
        agent: 'm',
      },
      topic: { value: 'prose' },
    })
  })

  test("Argilla 1's tables as the Hub keeps them, in Parquet", async () => {
    const path = put('parquet', { 'argilla.yaml': yaml, 'rows.jsonl': JSON.stringify(v1Row) })
    mkdirSync(join(path, 'data'))
    const duck = await (await DuckDBInstance.create(':memory:')).connect()
    const lists = ['"response-1"', '"response-2"', '"response-3"', '"preference-suggestion"']
    await duck.run(
      `copy (select prompt, ${lists.join(', ')}, external_id, metadata,
        [{user_id: '${ann}', status: 'submitted',
          value: [{rank: 1::utinyint, value: 'response-1'}, {rank: 1::utinyint, value: 'response-2'}]}] as preference
        from read_json('${join(path, 'rows.jsonl')}'))
       to '${join(path, 'data', 'train-00000-of-00001.parquet')}' (format parquet)`,
    )
    duck.closeSync()
    rmSync(join(path, 'rows.jsonl'))
    const { dataset, report } = await leave('parquet', {})
    expect(report.refused.lines).toEqual([])
    const [one] = await recordsOf(dataset)
    expect(saidOf(one)).toMatchObject([
      ['ann', 'submitted', { preference: { ranks: { 'response-1': 1, 'response-2': 1 } } }],
    ])
  })

  test('tables of Argilla 1 without suggestions, and records nobody has answered, come too', async () => {
    const { preference, prompt } = v1Row
    const texts = { prompt, 'response-1': 'A.', 'response-2': 'B.' }
    const rows = [
      { ...texts, preference, external_id: 'one' },
      { ...texts, preference: null, external_id: 'two' },
    ]
    const { dataset } = await leave('older', {
      'argilla.yaml': yaml,
      'train.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
    })
    const all = await recordsOf(dataset)
    expect(all.map((one) => [one.external_id, saidOf(one).length, one.metadata])).toEqual([
      ['one', 2, {}],
      ['two', 0, {}],
    ])
  })

  test.each([
    ['users.json', `{"${ann}": "ann"}`],
    ['users.yaml', `${ann}: ann\n`],
    ['users.csv', `id,username,labeler\n${ann},annie,ann\n`],
    ['parley.json', JSON.stringify({ for: 'argilla', users: { [ann]: 'ann' } })],
  ])('who is who is read from %s', async (file, text) => {
    expect((await parseUserMap(text, file)).get(ann)).toBe('ann')
  })
})

describe('refused: lists that are no preference', () => {
  const rowsOf = (...lists: string[][]) => ({
    ...v2,
    'records.json': JSON.stringify(
      lists.map((value, at) => ({
        ...{ ...record, id: `ext-${at}` },
        responses: { preference: [{ value, user_id: ann }] },
      })),
    ),
  })
  const look = async (name: string, files: Record<string, string>) => {
    const path = put(name, files)
    const found = await findArgilla(path)
    const dataset = await makeDataset(here.parley)
    const orders = openOrders()
    for (const file of found?.files ?? [])
      await orders.look(
        argillaRecords(
          { rows: await openRows(file), settings: found?.settings ?? null },
          dataset.document,
        ),
      )
    return orders.check()
  }

  test.each<[string, string[][], RegExp | null]>([
    ['in the order of the settings', Array(3).fill(['response_a', 'response_b']), /All 3 lists/],
    ['one alone in the order of the settings', [['response_a', 'response_b']], /The only list/],
    ['in one other order', Array(2).fill(['response_b', 'response_a']), /the same one/],
    ['one alone in another order', [['response_b', 'response_a']], null],
    [
      'in several orders',
      [
        ['response_b', 'response_a'],
        ['response_a', 'response_b'],
      ],
      null,
    ],
    ['of one option', [['response_a'], ['response_a']], null],
  ])('%s', async (name, lists, said) => {
    const looking = look(`orders-${name.replaceAll(' ', '-')}`, rowsOf(...lists))
    if (said === null) return expect(looking).resolves.toBeUndefined()
    await expect(looking).rejects.toMatchObject({
      problems: { '--trust-ranking-order': expect.stringMatching(said) },
    })
  })
})

describe('twice', () => {
  test('the same files again change nothing, and later ones only what changed', async () => {
    const first = await leave('again', v2)
    expect(first.report.answers).toEqual({
      created: 2,
      changed: 0,
      unchanged: 0,
      surplus: 0,
      refused: 0,
    })
    const second = await again(first.path, first.dataset)
    expect(second).toMatchObject({
      ...{ created: 0, updated: 0, unchanged: 1 },
      answers: { created: 0, changed: 0, unchanged: 2 },
    })
  })
})

describe('refused', () => {
  test('a record that does not fit is reported with its position, and the others are imported', async () => {
    const off = {
      ...record,
      id: 'ext-2',
      responses: { clarity: [{ value: 9, user_id: ann, status: 'submitted' }] },
    }
    const deep = { ...record, id: 'ext-3', fields: { prompt: null } }
    const { report } = await leave('off', {
      ...v2,
      'records.json': JSON.stringify([off, record, deep, 'no record']),
    })
    expect(report.created).toBe(1)
    expect(report.refused.lines.map(({ line, path }) => [line, path])).toEqual([
      [1, 'clarity'],
      [3, 'fields.prompt'],
      [4, ''],
    ])
  })

  test('settings that cannot be read say where', async () => {
    const path = put('broken', { '.argilla/settings.json': '{"fields": [{"title": "x"}]}' })
    await expect(findArgilla(path)).rejects.toMatchObject({
      problems: {
        'settings.json fields.0.name': expect.stringContaining('is missing'),
        'settings.json questions': expect.stringContaining('is missing'),
      },
    })
    const yamlPath = put('broken-1', { 'argilla.yaml': 'fields: [' })
    await expect(findArgilla(yamlPath)).rejects.toMatchObject({ code: 'invalid' })
  })

  test('a dataset that asks none of it takes nothing', async () => {
    const questions = [{ type: 'text', name: 'other', title: 'Something else' }]
    const dataset = await makeDataset(here.parley, { questions })
    await expect(again(put('none', { ...v2 }), dataset)).rejects.toMatchObject({
      problems: { dataset: expect.stringContaining('dataset create --from-argilla') },
    })
  })

  test('a list of users that is none is refused with what to write', async () => {
    for (const [file, text] of [
      ['users.json', '[]'],
      ['users.csv', 'a,b\n1,2\n'],
      ['users.yaml', ': :'],
    ] as const)
      await expect(parseUserMap(text, file)).rejects.toMatchObject({ code: 'invalid' })
  })
})

function put(name: string, files: Record<string, string>): string {
  const path = join(folder, name)
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true })
    writeFileSync(join(path, file), text)
  }
  return path
}

/** Makes the dataset of a folder and imports what is in it. */
async function leave(
  name: string,
  files: Record<string, string>,
  { file, ...how }: { trustOrder?: boolean; unknownAs?: 'submitted'; file?: string } = {},
) {
  const path = put(name, files)
  const found = await findArgilla(path)
  if (!found) throw new Error('There is nothing of Argilla.')
  const { document, warnings } = documentOf(found.settings, { name })
  const dataset = await insertDataset(here.parley, document)
  const report = await again(file ? join(path, file) : path, dataset, how)
  return { path, dataset, report, warned: warnings }
}

async function again(
  path: string,
  dataset: Dataset,
  how: { trustOrder?: boolean; unknownAs?: 'submitted' } = {},
) {
  const found = await findArgilla(path)
  const [file = ''] = found?.files ?? []
  return importForeign(here.parley, cleo, {
    dataset: dataset.name,
    read: argillaReader(
      { rows: await openRows(file), settings: found?.settings ?? null },
      { users: openUsers(known), trustOrder: false, ...how },
      { warning: () => undefined },
    ),
  })
}

async function importText(dataset: Dataset, text: string, { trustOrder = false } = {}) {
  return importForeign(here.parley, cleo, {
    dataset: dataset.name,
    read: argillaReader(
      { rows: { source: [Buffer.from(text)] }, settings: null },
      { users: openUsers(known), trustOrder },
      { warning: () => undefined },
    ),
  })
}

async function recordsOf(dataset: Dataset): Promise<ExportRecord[]> {
  const view = await viewOf(here.parley, dataset.id)
  const all: ExportRecord[] = []
  try {
    for await (const chunk of readRecords(view)) all.push(...chunk)
  } finally {
    await view.close()
  }
  return all
}

function saidOf(one: ExportRecord | undefined) {
  return (one?.responses ?? []).map(({ labeler, status, values }) => [labeler, status, values])
}

function csvOf(row: Record<string, unknown>): string {
  const cell = (value: unknown) => {
    const text = value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
    return `"${text.replaceAll('"', '""')}"`
  }
  const entries = Object.entries(row)
  return `${entries.map(([name]) => cell(name)).join(',')}\n${entries.map(([, value]) => cell(value)).join(',')}\n`
}
