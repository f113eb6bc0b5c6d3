/** Argilla's folder says what Argilla can say, as Argilla says it; the rest is told, and kept beside. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findArgilla } from '../../src/imports/argilla/folder.ts'
import { sidecarLines } from '../../src/imports/argilla/sidecar.ts'
import { startGround } from './format.ts'
import { bothBad, makeDataset, ranked, ranking } from './ground.ts'

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
      metadata: { lang: 'de', n: 2, list: ['a'], deep: { a: 1 } },
      // A list of values has a list of scores there.
      suggestions: { tags: { value: ['x'], score: [0.5], agent: 'gpt' } },
      status: 'pending',
    })
    const { preference, tags, odd: spans, helpful_parley_response1: first } = record.responses
    const [first1, second1, third1] = outputs
    expect(preference).toEqual([
      {
        value: [
          { value: second1, rank: 1 },
          { value: first1, rank: 2 },
          { value: third1, rank: 2 },
        ],
        ...{ user_id: expect.any(String), status: 'submitted' },
      },
    ])
    expect(tags).toHaveLength(2)
    expect(tags).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ value: ['none_of_these'], status: 'submitted' }),
        expect.objectContaining({ value: ['y'], status: 'submitted' }),
      ]),
    )
    expect(spans).toMatchObject([{ value: [{ label: 'bad', start: 0, end: 3 }] }])
    expect(first).toMatchObject([{ value: 1, user_id: preference[0].user_id }])
    expect(bare.responses).toEqual({})
    expect(manifest?.warnings).toEqual(['1 × an output of messages, which is a text there'])
    const { users, warnings } = read(path, 'parley.json')
    expect(warnings).toEqual(manifest?.warnings)
    expect(read(path, '.argilla/users.json')).toEqual(users)
    expect(readFileSync(join(path, 'load.py'), 'utf8')).toContain('rg.Dataset.from_disk(')
    expect(Object.keys(users)).toContain(preference[0].user_id)
    expect(preference[0].user_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-/)
  })

  test('flat, every row has the same columns', async () => {
    const { path, manifest } = await odd('flat', 'argilla-flat')
    const rows = readFileSync(join(path, 'train.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(new Set(rows.map((row) => Object.keys(row).join())).size).toBe(1)
    expect(rows[0]).toMatchObject({
      'preference.responses': [
        [
          { value: 'parley_response2', rank: 1 },
          { value: 'parley_response1', rank: 2 },
          { value: 'parley_response3', rank: 2 },
        ],
      ],
      'tags.responses': expect.arrayContaining([['none_of_these'], ['y']]),
      'tags.responses.status': ['submitted', 'submitted'],
      'tags.suggestion.agent': 'gpt',
      lang: 'de',
    })
    const { metadata } = read(path, '.argilla/settings.json')
    expect(metadata.map(({ name, type }: Record<string, string>) => [name, type])).toEqual([
      ['lang', 'terms'],
      ['list', 'terms'],
      ['n', 'integer'],
    ])
    expect(manifest?.warnings?.join('\n')).toMatch(/1 × metadata that are not of one kind/)
    expect(rows[1]).toMatchObject({ parley_response1: null, 'tags.responses': null, lang: null })
  })
})

describe('happy: what the server refuses is put so that it does not', () => {
  const saidOf = (path: string) => read(path, 'records.json')[0]

  test('only a ranking that leaves outputs out is a draft; of missing outputs the options are last', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('a', ['b', 'c']), ranked('c', 'a'), bothBad])
    await ground.answered(dataset, [ranked('b', 'a')], {
      external_id: 'r2',
      outputs: [
        { id: 'a', text: '1' },
        { id: 'b', text: '2' },
      ],
    })
    const { path, manifest } = await ground.export(dataset, 'argilla', 'drafts')
    const [first, second] = read(path, 'records.json')
    const told = ({ responses }: { responses: Record<string, unknown[]> }) =>
      (responses['preference'] ?? [])
        .map((one) => Object(one))
        .sort((x, y) => (x.status < y.status ? 1 : -1))
    expect(told(first)).toMatchObject([
      { value: [1, 2, 2].map((rank) => ({ rank })), status: 'submitted' },
      {
        value: [
          { value: 'response3', rank: 1 },
          { value: 'response1', rank: 2 },
        ],
        status: 'draft',
      },
    ])
    expect(told(second)).toMatchObject([
      {
        value: [
          { value: 'response2', rank: 1 },
          { value: 'response1', rank: 2 },
          { value: 'response3', rank: 3 },
        ],
        status: 'submitted',
      },
    ])
    expect(manifest?.warnings?.join('\n')).toMatch(
      /1 × a ranking of fewer outputs(.|\n)*1 × an answer whose ranking leaves outputs out(.|\n)*1 × “all unacceptable”/,
    )
  })

  test('a question that somebody submitted without is not required there, and one always is', async () => {
    const dataset = await makeDataset(ground.parley, {
      questions: [
        { type: 'text', name: 'why', title: 'Why?' },
        { type: 'label', name: 'kind', title: 'Kind', options: ['x', 'y'], required: false },
      ],
    })
    await ground.answered(dataset, [{ kind: 'x' }, { kind: 'y', why: 'so' }])
    const { path } = await ground.export(dataset, 'argilla', 'required')
    const { questions: asked } = read(path, '.argilla/settings.json')
    expect(
      asked.map(({ name, required }: object & { name: string; required: boolean }) => [
        name,
        required,
      ]),
    ).toEqual([
      ['why', false],
      ['kind', true],
    ])
    const { kind } = saidOf(path).responses
    expect(kind).toMatchObject([{ status: 'submitted' }, { status: 'submitted' }])
  })

  test('chats, names, agents, scores and numbers are as its server takes them, and come back', async () => {
    const dataset = await makeDataset(ground.parley, {
      fields: [
        { name: 'index', title: 'A name that its SDK cannot load' },
        { name: 'chat', title: 'Chat', type: 'chat' },
      ],
      questions: [{ type: 'rating', name: 'score', title: 'Score' }],
    })
    const chat = [
      { role: 'user', content: '' },
      { role: 'assistant', content: '😀'.repeat(20_001) },
    ]
    const record = (external_id: string, metadata: object) => ({
      external_id,
      fields: { index: '1', chat },
      metadata,
      suggestions: { score: { value: 3, score: 7, agent: 'gpt (ü)' } },
    })
    await ground.answered(dataset, [{ score: 2 }], record('r1', { f: 2, n: 1, big: 1e21 }))
    await ground.answered(dataset, [{ score: 2 }], record('r2', { f: 2.5, n: 'x' }))
    const { path, manifest } = await ground.export(dataset, 'argilla', 'odd-values')
    const [first] = read(path, 'records.json')
    expect(first.fields['index-2']).toBe('1')
    expect(
      first.fields.chat.map(({ role, content }: Record<string, string>) => [
        role,
        [...(content ?? '')].length,
      ]),
    ).toEqual([
      ['user', 1],
      ['assistant', 20_000],
      ['assistant', 1],
    ])
    expect(first.suggestions.score).toEqual({ value: 3, score: null, agent: 'gpt ___' })
    expect(readFileSync(join(path, 'records.json'), 'utf8')).toContain('"f":2.0,')
    const { metadata } = read(path, '.argilla/settings.json')
    expect(metadata.map(({ name, type }: Record<string, string>) => [name, type])).toEqual([
      ['big', 'float'],
      ['f', 'float'],
    ])
    expect(manifest?.warnings).toHaveLength(4)
    const { file, head } = (await findArgilla(path))?.sidecar ?? {}
    if (!file || !head) throw new Error('There is no sidecar.')
    const lines: unknown[] = []
    for await (const line of sidecarLines(file, head))
      lines.push(JSON.parse(Buffer.from(line).toString()))
    expect(lines[0]).toMatchObject({
      fields: { index: '1', chat },
      outputs: [{ text: 'Scattering.' }, {}, {}],
    })
  })

  test('outputs that all records call alike keep their names, unless these tell the models', async () => {
    const named = async (model: string) => {
      const dataset = await makeDataset(ground.parley)
      const outputs = ['chosen', 'rejected'].map((id) => ({ id, text: id, model }))
      await ground.answered(dataset, [ranked('rejected', 'chosen')], { outputs })
      const { path } = await ground.export(dataset, 'argilla', `named-${model}`)
      return Object.keys(saidOf(path).fields)
    }
    expect(await named('gpt')).toEqual(['prompt', 'chosen', 'rejected'])
    expect(await named('chosen')).toEqual(['prompt', 'response1', 'response2'])
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
