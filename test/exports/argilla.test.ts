/** Argilla's folder says what Argilla can say, as Argilla says it; the rest is told, and kept beside. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGround } from './format.ts'
import { makeDataset, ranked, ranking } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const questions = [
  ranking,
  { type: 'rating', name: 'helpful', title: 'Helpful?', of: 'outputs', options: [1, 2, 3] },
  {
    type: 'multi_label',
    name: 'tags',
    title: 'Tags',
    options: ['x', { value: 'y', text: 'Why' }],
    none_option: true,
  },
  { type: 'span', name: 'odd', title: 'Odd?', field: 'prompt', options: ['bad', 'good'] },
]
const read = (path: string, name: string) => JSON.parse(readFileSync(join(path, name), 'utf8'))

async function odd(name: string, as = 'argilla') {
  const dataset = await makeDataset(ground.parley, {
    fields: [
      { name: 'prompt', title: 'Prompt' },
      { name: 'response1', title: 'A field of that name' },
    ],
    questions: questions.map((question) => ({ ...question, required: false })),
  })
  const span = [{ field: 'prompt', start: 0, end: 3, label: 'bad' }]
  await ground.answered(
    dataset,
    [
      { ...ranked('b', ['a', 'c']), helpful: { a: 1, c: 3 }, tags: [], odd: span },
      { tags: ['y'], helpful: { b: 2 } },
    ],
    {
      fields: { prompt: 'Why?', response1: 'own' },
      outputs: [
        { id: 'a', text: 'First', model: 'm' },
        { id: 'b', messages: [{ role: 'assistant', content: 'Second' }] },
        { id: 'c', text: '' },
      ],
      metadata: { lang: 'de', n: 2, list: ['a'], deep: { a: 1 } },
      suggestions: { tags: { value: ['x'], score: 0.5, agent: 'gpt' } },
    },
  )
  await ground.answered(dataset, [], {
    external_id: 'r2',
    fields: { prompt: 'How?', response1: 'own' },
    outputs: [],
  })
  return ground.export(dataset, as, name)
}

describe('happy', () => {
  test('fields, questions and answers stand where Argilla looks for them', async () => {
    const { path, manifest } = await odd('plain')
    const { fields, questions: asked } = read(path, '.argilla/settings.json')
    const names = fields.map(({ name }: { name: string }) => name)
    const outputs = [1, 2, 3].map((place) => `parley_response${place}`)
    expect(names).toEqual(['prompt', 'response1', ...outputs])
    expect(asked.map(({ name, type }: Record<string, string>) => [name, type])).toEqual([
      ['preference', 'ranking'],
      ...outputs.map((output) => [`helpful_${output}`, 'rating']),
      ['tags', 'multi_label_selection'],
      ['odd', 'span'],
    ])
    expect(asked[0].settings.options.map(({ value }: { value: string }) => value)).toEqual(outputs)
    const [record, bare] = read(path, 'records.json')
    expect(record).toMatchObject({
      id: 'r1',
      fields: { prompt: 'Why?', response1: 'own', parley_response2: 'assistant: Second' },
      metadata: { lang: 'de', n: 2, list: ['a'] },
      suggestions: { tags: { value: ['x'], score: 0.5, agent: 'gpt' } },
      status: 'pending',
    })
    expect(record.metadata).not.toHaveProperty('deep')
    const { preference, tags, odd: spans, helpful_parley_response1: first } = record.responses
    expect(preference).toEqual([
      { value: [outputs[1], outputs[0], outputs[2]], user_id: expect.any(String), status: 'draft' },
    ])
    expect(tags).toMatchObject([{ value: ['y'], status: 'submitted' }])
    expect(spans).toMatchObject([{ value: [{ label: 'bad', start: 0, end: 3 }] }])
    expect(first).toMatchObject([{ value: 1, user_id: preference[0].user_id }])
    expect(bare.responses).toEqual({})
    expect(manifest?.warnings?.join('\n')).toMatch(
      /1 × a ranking.*\n1 × an output of messages.*\n1 × metadata.*\n1 × the answer “none of these”/,
    )
    const { users, warnings } = read(path, 'parley.json')
    expect(warnings).toEqual(manifest?.warnings)
    expect(Object.keys(users)).toContain(preference[0].user_id)
    expect(preference[0].user_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-/)
  })

  test('flat, every row has the same columns', async () => {
    const { path } = await odd('flat', 'argilla-flat')
    const rows = readFileSync(join(path, 'train.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(new Set(rows.map((row) => Object.keys(row).join())).size).toBe(1)
    expect(rows[0]).toMatchObject({
      'tags.responses': [['y']],
      'tags.responses.status': ['submitted'],
      'tags.suggestion.agent': 'gpt',
      lang: 'de',
    })
    expect(rows[1]).toMatchObject({ parley_response1: null, 'tags.responses': null, lang: null })
  })
})

describe('twice', () => {
  test('a folder of an earlier export is replaced', async () => {
    const { path } = await odd('again')
    const before = readFileSync(join(path, 'records.json'), 'utf8')
    await odd('again')
    expect(readFileSync(join(path, 'records.json'), 'utf8').length).toBe(before.length)
  })
})

describe('refused', () => {
  test('a folder that Argilla wrote is never written over', async () => {
    const path = join(ground.directory, 'theirs')
    mkdirSync(join(path, '.argilla'), { recursive: true })
    writeFileSync(join(path, 'records.json'), '[]')
    await expect(odd('theirs')).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(join(path, 'records.json'), 'utf8')).toBe('[]')
  })
})
