/** Datasets in which labelers write the prompts: what a document may say, and the blanks that publishing makes. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { applyDataset } from '../../src/datasets/apply.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { closeDataset, publishDataset, reopenDataset } from '../../src/datasets/publish.ts'
import { ParleyError } from '../../src/errors.ts'
import { deleteRecord, listRecords } from '../../src/records/record.ts'
import { upsertRecords } from '../../src/records/upsert.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const admin = { type: 'admin', name: 'cleo' } as const
let world: TestParley
beforeAll(async () => {
  world = await startParley()
})
afterAll(() => world.close())

const write = (name: string, more = '') =>
  `name: ${name}\ntemplate: prompt-writing\naccess: everyone\n${more}`

async function draft(name: string, more: string) {
  return createDataset(world.parley, admin, { document: parseDocument(write(name, more)) })
}
const publish = (dataset: string) => publishDataset(world.parley, admin, { dataset })
const apply = (name: string, more: string) =>
  applyDataset(world.parley, admin, { document: parseDocument(write(name, more)) })

async function recordsOf(dataset: string) {
  return (await listRecords(world.parley, { dataset, limit: 1000 })).records
}

function problemsOf(text: string): string[] {
  try {
    parseDocument(text)
    return []
  } catch (error) {
    return error instanceof ParleyError
      ? Object.entries(error.problems).map((one) => one.join(': '))
      : []
  }
}

describe('happy: a document', () => {
  test('brings the prompt; the answer is asked for where it is named', () => {
    const plain = parseDocument(write('a', 'target: 5'))
    expect(plain.questions.map(({ name, required }) => [name, required])).toEqual([
      ['prompt', true],
    ])
    expect(plain).toMatchObject({
      template: 'prompt-writing',
      target: 5,
      fields: [{ name: 'topic', required: false }],
      distribution: { min_submitted: 1 },
    })
    const both = parseDocument(write('a', 'target: 5\nquestions: { completion: {}, comment: }'))
    expect(both.questions.map(({ name, type, required }) => [name, type, required])).toEqual([
      ['prompt', 'text', true],
      ['completion', 'text', false],
      ['comment', 'text', false],
    ])
  })

  test('works without the template, where a text "prompt" must be written', () => {
    const document = parseDocument(`
name: a
target: 3
fields: { persona: { required: false } }
questions: { prompt: { type: text }, tone: { type: label, options: [kind, curt], required: false } }`)
    expect(document.target).toBe(3)
  })
})

describe('refused: a document', () => {
  test.each([
    ['', /target: is missing\. Write how many prompts you want, e\.g\. target: 100\./],
    ['target: 0', /target: is too small\. Write 1 or more\./],
    ['target: 100001', /target: is too large\. Write 100000 or less\./],
    ['target: 9\ntopics: [a, " a "]', /topics: " a " is there twice/],
    [
      'target: 9\nfields: { topic: false, who: { required: false } }\ntopics: [a]',
      /topics: are shown in a field that is not there/,
    ],
    ['target: 9\nfields: { who: {} }', /"who" is required, and blank records have none/],
    ['target: 9\nfields: { prompt: { required: false } }', /"prompt" is what people write here/],
    [
      'target: 9\nquestions: { prompt: { required: false }, x: { type: label, options: [a, b] } }',
      /asks for no text "prompt" that must be written/,
    ],
    [
      'target: 9\nquestions: { best: { type: ranking } }',
      /"best" is about outputs, and a prompt that is just written has none/,
    ],
    [
      'target: 9\ndistribution: { min_submitted: 2 }',
      /min_submitted: is 2, and every prompt is written once/,
    ],
    ['target: 9\nchecks: { gold: { share: 0.1 } }', /checks: deals records again/],
  ])('%s', (more, said) => {
    expect(problemsOf(write('a', more)).join('\n')).toMatch(said)
  })

  test('per_labeler and topics are nothing without a target', () => {
    const said = problemsOf('name: a\ntemplate: completion\nper_labeler: 3\ntopics: [a]').join('\n')
    expect(said).toMatch(
      /per_labeler: is for datasets in which people write prompts\. Write target, too\./,
    )
    expect(said).toMatch(/topics: is for datasets/)
  })
})

describe('happy: publishing', () => {
  test('makes the blanks, topics in turn, and says nothing of missing records', async () => {
    await draft('turn', 'target: 8\ntopics: [a, b, c]')
    const { warnings } = await publish('turn')
    expect(warnings.filter((one) => /no records/.test(one))).toEqual([])
    const records = await recordsOf('turn')
    expect(records.map(({ externalId }) => externalId)).toEqual(
      Array.from({ length: 8 }, (_, at) => `prompt-00000${at + 1}`),
    )
    expect(records.map(({ fields }) => fields['topic'])).toEqual([
      'a',
      'b',
      'c',
      'a',
      'b',
      'c',
      'a',
      'b',
    ])
    expect(records.map(({ metadata }) => metadata['topic'])).toEqual(
      records.map(({ fields }) => fields['topic']),
    )
    expect(records.every(({ wanted, status }) => wanted === 1 && status === 'pending')).toBe(true)
    expect(
      await datasetProgress(world.parley, await getDataset(world.parley, 'turn')),
    ).toMatchObject({ records: 8, pending: 8 })
  })

  test('without topics the blanks are empty', async () => {
    await draft('bare', 'target: 2')
    await publish('bare')
    expect((await recordsOf('bare')).map(({ fields, metadata }) => [fields, metadata])).toEqual([
      [{}, {}],
      [{}, {}],
    ])
  })

  test('counts what an import brought, and steps over numbers that are taken', async () => {
    const dataset = await draft('mixed', 'target: 4')
    await upsertRecords(world.parley, dataset, [
      {
        format: 1,
        external_id: 'prompt-000007',
        fields: { topic: 'own' },
        outputs: [],
        metadata: {},
        suggestions: {},
        priority: 0,
      },
    ])
    await publish('mixed')
    expect((await recordsOf('mixed')).map(({ externalId }) => externalId)).toEqual([
      'prompt-000007',
      'prompt-000008',
      'prompt-000009',
      'prompt-000010',
    ])
  })

  test('a higher target makes more, with the topics of now', async () => {
    await draft('grow', 'target: 2\ntopics: [a]')
    await publish('grow')
    await apply('grow', 'target: 4\ntopics: [b]')
    expect((await recordsOf('grow')).map(({ fields }) => fields['topic'])).toEqual([
      'a',
      'a',
      'b',
      'b',
    ])
    await deleteRecord(world.parley, admin, { dataset: 'grow', externalId: 'prompt-000004' })
    await closeDataset(world.parley, admin, { dataset: 'grow' })
    await reopenDataset(world.parley, admin, { dataset: 'grow' })
    expect(await recordsOf('grow')).toHaveLength(3)
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from outlines o
      join records r on r.dataset_id = o.dataset_id and r.id = o.record_id and r.metadata ->> 'topic' in ('a', 'b')`.execute(
      world.parley.db,
    )
    expect(rows[0]?.n).toBeGreaterThanOrEqual(3)
  })
})

describe('twice: publishing', () => {
  test('again, or two admins at once, makes no more', async () => {
    await draft('once', 'target: 30')
    await Promise.all([publish('once'), publish('once'), publish('once')])
    await publish('once')
    expect(await recordsOf('once')).toHaveLength(30)
  })
})

describe('refused: once published', () => {
  test('the target only grows, and neither comes nor goes', async () => {
    await draft('firm', 'target: 4')
    await publish('firm')
    await expect(apply('firm', 'target: 3')).rejects.toThrow(/can only grow\. Close the dataset/)
    const plain = parseDocument(
      'name: firm\naccess: everyone\nfields: { topic: { required: false } }\nquestions: { prompt: { type: text } }',
    )
    await expect(applyDataset(world.parley, admin, { document: plain })).rejects.toThrow(
      /can only grow/,
    )
    const other = parseDocument(
      'name: plain\naccess: everyone\nfields: { topic: { required: false } }\nquestions: { prompt: { type: text } }',
    )
    await createDataset(world.parley, admin, { document: other })
    await publish('plain')
    await expect(
      applyDataset(world.parley, admin, { document: { ...other, target: 3 } }),
    ).rejects.toThrow(/cannot begin to ask for prompts/)
  })
})
