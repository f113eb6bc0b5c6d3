/** Records are listed, shown and removed; a document is inferred from a file. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset } from '../../src/datasets/create.ts'
import { describeDataset, getDataset } from '../../src/datasets/dataset.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { inferDocument } from '../../src/imports/document/propose.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import type { Actor } from '../../src/parley.ts'
import { deleteRecord, getRecord, listRecords } from '../../src/records/record.ts'
import { upsertRecords } from '../../src/records/upsert.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const cleo: Actor = { type: 'admin', name: 'cleo' }
let parleys: TestParley

beforeAll(async () => {
  parleys = await startParley()
  const document = parseDocument('name: prefs\ntemplate: comparison')
  await createDataset(parleys.parley, cleo, { document })
  const lines = ['c', 'a', 'd', 'b'].map((id) =>
    JSON.stringify({ id, prompt: 'p', outputs: id === 'd' ? [] : ['x', 'y'] }),
  )
  await importRecords(parleys.parley, cleo, {
    dataset: 'prefs',
    source: [Buffer.from(lines.join('\n'))],
  })
})
afterAll(() => parleys.close())

describe('happy', () => {
  test('records are listed page by page, with their status', async () => {
    const { parley } = parleys
    const first = await listRecords(parley, { dataset: 'prefs', limit: 3 })
    expect(first.records.map((record) => record.externalId)).toEqual(['a', 'b', 'c'])
    expect(first.next).toBe('c')
    const second = await listRecords(parley, { dataset: 'prefs', after: 'c' })
    expect(second).toMatchObject({
      records: [{ externalId: 'd', status: 'needs_outputs' }],
      next: null,
    })
    const waiting = await listRecords(parley, { dataset: 'prefs', status: 'needs_outputs' })
    expect(waiting.records).toHaveLength(1)
  })

  test('one record is shown', async () => {
    expect(await getRecord(parleys.parley, { dataset: 'prefs', externalId: 'a' })).toMatchObject({
      status: 'pending',
      fields: { prompt: 'p' },
      wanted: 3,
      counted: 0,
    })
  })

  test('records written by another room get the rows they have', async () => {
    const { parley } = parleys
    const dataset = await getDataset(parley, 'prefs')
    const line = {
      format: 1 as const,
      external_id: 'e',
      fields: { prompt: 'p' },
      outputs: [],
      metadata: {},
      suggestions: {},
      priority: 0,
    }
    const ids = await upsertRecords(parley, dataset, [line, { ...line, external_id: 'a' }])
    const again = await upsertRecords(parley, dataset, [line])
    expect(again.get('e')).toBe(ids.get('e'))
    const a = await getRecord(parley, { dataset: 'prefs', externalId: 'a' })
    expect(ids.get('a')).toBe(a.id)
    expect(a.status).toBe('needs_outputs')
  })

  test('a record nobody has seen is removed', async () => {
    const { parley } = parleys
    const before = (await describeDataset(parley, 'prefs')).counts
    await deleteRecord(parley, cleo, { dataset: 'prefs', externalId: 'd' })
    const after = (await describeDataset(parley, 'prefs')).counts
    expect(after.records).toBe(before.records - 1)
    expect(after.needsOutputs).toBe(before.needsOutputs - 1)
    await expect(getRecord(parley, { dataset: 'prefs', externalId: 'd' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test.each([
    [[{ prompt: 'p' }], 'completion'],
    [[{ question: 'p', answer: 'a' }], 'evaluation'],
    [[{ prompt: 'p', responses: ['a', 'b', 'c'] }], 'comparison'],
    [[{ prompt: 'p', chosen: 'a', rejected: 'b' }], 'comparison'],
    [
      [
        {
          messages: [
            { role: 'user', content: 'a' },
            { role: 'assistant', content: 'b' },
          ],
        },
      ],
      'evaluation',
    ],
    [[{ fields: { prompt: 'p', 'other one': 'q' } }], 'completion'],
  ])('%j is a %s', async (lines, template) => {
    const source = [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))]
    const text = await inferDocument({ name: 'new-one', source })
    expect(parseDocument(text)).toMatchObject({ name: 'new-one', template })
  })

  test.each([
    ['a key with no usual name', 'x.jsonl', '{"user_id":"u","body":"A long enough text.","n":1}'],
    ['columns of answers', 'x.csv', 'id,question,answer_a,answer_b\n1,Name a bird.,Wren.,Cod.'],
    ['fields of its own', 'x.jsonl', '{"fields":{"other one":"q"}}'],
    [
      'suggestions and known answers',
      'x.jsonl',
      JSON.stringify({
        format: 1,
        external_id: 'q1',
        fields: { prompt: 'a' },
        outputs: [
          { id: 'a', text: 'x' },
          { id: 'b', text: 'y' },
        ],
        gold: { best: { mode: 'best_only', ranks: { a: 1, b: 2 } }, topic: 'math' },
        suggestions: {
          clarity: { value: { a: 3, b: 7 } },
          tags: { value: ['u', 'v'] },
          why: { value: 'Because this is far too long to be one of a few labels, is it not?' },
        },
      }),
    ],
  ])('what new prints takes its own file: %s', async (what, file, text) => {
    const name = `own-${what.replaceAll(' ', '-')}`
    const source = () => [Buffer.from(text)]
    const printed = await inferDocument({ name, file, source: source() })
    await createDataset(parleys.parley, cleo, { document: parseDocument(printed) })
    const report = await importRecords(parleys.parley, cleo, {
      dataset: name,
      name: file,
      source: source(),
    })
    expect(report).toMatchObject({ created: 1, refused: { count: 0, lines: [] } })
  })

  test('what the file holds besides, and what may be changed, stands in comments', async () => {
    const rows = [
      { prompt: 'p', answer_1: 'a', answer_2: 'b', winner: '1', judge: 'ann', lang: 'en' },
      { prompt: 'p', answer_1: 'c', answer_2: 'd', messages: [] },
      { prompt: 'p', chosen: 7, rejected: 'b' },
    ]
    const source = [Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'))]
    const text = await inferDocument({ name: 'said', source })
    expect(text).toContain('--answers-by NAME; a line that names its judge goes before NAME')
    expect(text).toContain('# Kept as metadata: winner, judge, lang')
    expect(text).toContain(
      '# 1 of 3 lines will be refused, e.g.:\n#   line 3 chosen is the number 7, not text.',
    )
    for (const hint of ['guidelines', 'license', 'preference:', 'A question may have'])
      expect(text).toMatch(new RegExp(`^# .*${hint}`, 'm'))
    const columns = [Buffer.from('Frage;Antwort 1;Antwort 2\n')]
    columns.push(
      Buffer.from(`${'Warum nicht? '.repeat(9)};${'Darum. '.repeat(9)};${'So. '.repeat(9)}`),
    )
    const german = await inferDocument({ name: 'frage', file: 'a.csv', source: columns })
    expect(german).toContain('--map "outputs=Antwort 1,Antwort 2"')
  })

  test('a key with no usual name is guessed, and how to map it is written down', async () => {
    const source = [Buffer.from('{"user_id":"u","body":"A long enough text.","n":1}')]
    const text = await inferDocument({ name: 'x', source })
    expect(text).toContain('--map prompt=body')
  })
})

describe('refused', () => {
  test('a record somebody has seen is kept', async () => {
    const { parley, clock } = parleys
    const dataset = await getDataset(parley, 'prefs')
    const { id } = await getRecord(parley, { dataset: 'prefs', externalId: 'b' })
    await parley.db
      .insertInto('assignments')
      .values({
        datasetId: dataset.id,
        recordId: id,
        labelerId: '1',
        status: 'discarded',
        postId: null,
        slot: 0,
        shownAt: null,
        leaseUntil: null,
        createdAt: clock.now(),
      })
      .execute()
    await expect(
      deleteRecord(parley, cleo, { dataset: 'prefs', externalId: 'b' }),
    ).rejects.toMatchObject({ code: 'conflict' })
  })

  test.each([
    ['a number that JSON has not', '{"prompt":"Q","score":NaN}', /line 1 score is NaN, .*null/],
    ['another', '{"a":"x: NaN, \\"","b":[1, -Infinity]}', /line 1 is -Infinity, which/],
    ['a dict of Python', "{'prompt': 'Q'}", /line 1 is a dict as Python prints it.*json.dumps/],
    ['words of Python', '{"prompt": "Q", "ok": True}', /line 1 is a dict as Python prints it/],
    ['JSON that is torn', '{"prompt": "is NaN"', /line 1 is not JSON: .*after property value/],
    ['one record over several lines', '{\n  "prompt": "Q"\n}', /line 1 is only the start/],
    ['a number too large', '{"prompt":"Q","n":12345678901234567890}', /line 1 n is too large/],
    ['half of a character', '{"prompt":"\\ud83d"}', /line 1 prompt holds half of a character/],
    ['text that is not UTF-8', Buffer.from('{"prompt":"Ü"}', 'latin1'), /line 1 is not UTF-8/],
    ['no record at all', '[1, 2]\n7', /line 1 is a list, not an object/],
  ])('whoever drafts from a file of %s is told of the line', async (_, text, said) => {
    const source = [Buffer.from(text)]
    const drafted = inferDocument({ name: 'x', file: 'x.jsonl', source })
    await expect(drafted).rejects.toMatchObject({ problems: { file: expect.stringMatching(said) } })
  })

  test('lines that cannot be read are counted in the draft', async () => {
    const source = [Buffer.from('{"prompt":"Q","chosen":"a","rejected":"b"}\n{"prompt":"R",\n')]
    const text = await inferDocument({ name: 'x', file: 'x.jsonl', source })
    expect(text).toContain('# 1 of 2 lines will be refused, e.g.:')
    expect(text).toContain('line 2 is not JSON')
  })

  test('a file without records is told what to give', async () => {
    for (const text of ['', 'nonsense', '{"n":1}'])
      await expect(inferDocument({ name: 'x', source: [Buffer.from(text)] })).rejects.toMatchObject(
        {
          code: 'invalid',
        },
      )
  })
})
