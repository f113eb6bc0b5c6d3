/** Formats for trainers beside preference and sft: what each row holds, and what is left out and why. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { addAnswer, addRecord, answer, cleo, makeDataset, makeLabelers, ranked } from './ground.ts'

let world: TestParley
let directory: string
let people: string[]
beforeAll(async () => {
  world = await startParley()
  directory = mkdtempSync(join(tmpdir(), 'parley-formats-'))
  people = await makeLabelers(world.parley, 5)
})
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true })
  await world.close()
})

let files = 0

async function exported(dataset: Dataset, as: string, flags: Record<string, unknown> = {}) {
  files += 1
  const to = join(directory, `${files}.jsonl`)
  const { manifest, counts } = await exportToFile(world.parley, cleo, {
    dataset: dataset.name,
    as,
    flags,
    to,
  })
  const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0)
  expect(counts.emitted + dropped).toBe(counts.candidates)
  const rows = readFileSync(to, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  return { rows, counts, strategies: manifest?.export.strategies }
}

/** Every labeler's values for one record. */
async function answered(
  dataset: Dataset,
  values: { [question: string]: unknown }[],
  record: { [key: string]: unknown } = {},
) {
  const added = await addRecord(world.parley, dataset, record)
  for (const [place, each] of values.entries())
    await addAnswer(world.parley, dataset, added, { labeler: people[place] ?? '', values: each })
}

const said = (text: string) => [{ role: 'assistant', content: text }]
const sky = [{ role: 'user', content: 'Why is the sky blue?' }]

describe('happy: reward', () => {
  test('holds every pair a majority decided, with the share of votes as its margin', async () => {
    const dataset = await makeDataset(world.parley)
    await answered(dataset, [ranked('a', 'b', 'c'), ranked('a', 'b', 'c'), ranked('b', 'a', 'c')])
    const { rows, strategies } = await exported(dataset, 'reward')
    expect(rows.map(({ chosen, rejected, margin }) => [chosen, rejected, margin])).toEqual([
      [said('Scattering.'), said('It just is.'), 1 / 3],
      [said('Scattering.'), said('Paint.'), 1],
      [said('It just is.'), said('Paint.'), 1],
    ])
    expect(rows.map(({ group, weight }) => [group, weight])).toEqual(Array(3).fill(['r1', 1 / 3]))
    expect(strategies).toMatchObject({ pairs: 'all', labelers: 'majority', margin: 'vote-share' })
  })

  test('measures the margin by ranks, ratings or said strength where that is asked for', async () => {
    const helpful = { type: 'rating', name: 'helpful', title: 'Helpful?', of: 'outputs' }
    const dataset = await makeDataset(world.parley, {
      questions: [
        { type: 'ranking', name: 'preference', title: 'Which?', strength: true },
        { ...helpful, options: [1, 2, 3, 4, 5] },
      ],
    })
    const strong = { ...(ranked('a', 'b', 'c').preference as object), strength: 2 }
    await answered(dataset, [{ preference: strong, helpful: { a: 5, b: 3, c: 1 } }])
    const margins = async (margin: string) =>
      (await exported(dataset, 'reward', { margin })).rows.map((row) => row.margin)
    expect(await margins('rank-gap')).toEqual([0.5, 1, 0.5])
    expect(await margins('rating-gap')).toEqual([0.5, 1, 0.5])
    expect(await margins('strength')).toEqual([1, 1, 1])
  })

  describe('the margin by said strength', () => {
    const strongly = (strength: 1 | 2 | null, ...levels: (string | string[])[]) => {
      const { preference } = ranked(...levels)
      return { preference: { ...(preference as object), ...(strength ? { strength } : {}) } }
    }
    const [slightlyA, muchA] = [strongly(1, 'a', 'b'), strongly(2, 'a', 'b')]
    const [slightlyB, muchB] = [strongly(1, 'b', 'a'), strongly(2, 'b', 'a')]
    const tie = ranked(['a', 'b'])
    const cases: [string, { preference: unknown }[], number | string][] = [
      ['three slightly', [slightlyA, slightlyA, slightlyA], 0.5],
      ['three much', [muchA, muchA, muchA], 1],
      ['two slightly against one much', [slightlyA, slightlyA, muchB], 'strength_against'],
      ['two slightly against one slightly', [slightlyA, slightlyA, slightlyB], 1 / 6],
      ['two much against one slightly', [muchA, muchA, slightlyB], 3 / 6],
      ['a tie counts as nothing, and as a vote', [muchA, slightlyA, tie], 3 / 6],
      [
        'who did not say how much counts as slightly',
        [muchA, muchA, strongly(null, 'b', 'a')],
        3 / 6,
      ],
      [
        'three slightly against two much',
        [slightlyA, slightlyA, slightlyA, muchB, muchB],
        'strength_against',
      ],
      ['nobody said how much', [strongly(null, 'a', 'b')], 'no_margin'],
    ]
    test.each(cases)('%s', async (_, votes, expected) => {
      const dataset = await makeDataset(world.parley, {
        questions: [{ type: 'ranking', name: 'preference', title: 'Which?', strength: true }],
      })
      await answered(dataset, votes)
      const { rows, counts } = await exported(dataset, 'reward', { margin: 'strength' })
      if (typeof expected === 'string') {
        expect(rows).toEqual([])
        expect(counts.dropped).toEqual({ [expected]: 1 })
      } else expect(rows.map(({ margin }) => margin)).toEqual([expected])
    })
  })
})

describe('happy: kto', () => {
  test('takes the majority of the labels, by the desirable set', async () => {
    const thumbs = { type: 'label', name: 'thumbs', title: 'Good?', of: 'outputs' }
    const dataset = await makeDataset(world.parley, {
      questions: [{ ...thumbs, options: ['up', 'down'], desirable: ['up'] }],
    })
    const of = (a: string, b: string, c: string) => ({ thumbs: { a, b, c } })
    await answered(dataset, [of('up', 'down', 'up'), of('up', 'down', 'down')])
    const { rows, counts } = await exported(dataset, 'kto')
    expect(rows).toEqual([
      { prompt: sky, completion: said('Scattering.'), label: true },
      { prompt: sky, completion: said('It just is.'), label: false },
    ])
    expect(counts.dropped).toEqual({ tie: 1 })
  })

  test('takes clear mean ratings, and the ends of a ranking', async () => {
    const helpful = { type: 'rating', name: 'helpful', title: 'Helpful?', of: 'outputs' }
    const dataset = await makeDataset(world.parley, {
      questions: [helpful, { type: 'ranking', name: 'preference', title: 'Which?' }],
    })
    await answered(dataset, [{ helpful: { a: 5, b: 3, c: 1 }, ...ranked('c', 'b', 'a') }])
    const rated = await exported(dataset, 'kto')
    expect(rated.rows.map(({ label }) => label)).toEqual([true, false])
    expect(rated.counts.dropped).toEqual({ between_thresholds: 1 })
    const ends = await exported(dataset, 'kto', { question: 'preference' })
    expect(ends.rows.map(({ completion, label }) => [completion[0].content, label])).toEqual([
      ['Scattering.', false],
      ['Paint.', true],
    ])
    expect(ends.counts.dropped).toEqual({ between_levels: 1 })
  })
})

describe('happy: prompts and OpenAI', () => {
  test('each prompt comes once, whatever its spacing', async () => {
    const dataset = await makeDataset(world.parley)
    for (const [place, prompt] of ['One?', ' one? ', 'Two?'].entries())
      await addRecord(world.parley, dataset, { external_id: `r${place}`, fields: { prompt } })
    const { rows, counts } = await exported(dataset, 'prompts', { shape: 'text' })
    expect(rows).toHaveLength(2)
    expect(counts.dropped).toEqual({ duplicate: 1 })
  })

  test('chats and preferences are as OpenAI reads them', async () => {
    const dataset = await makeDataset(world.parley, {
      questions: [{ type: 'ranking', name: 'preference', title: 'Which?' }, answer],
    })
    await answered(dataset, [{ ...ranked('a', 'b', 'c'), answer: 'It scatters.' }])
    expect((await exported(dataset, 'openai-sft')).rows).toEqual([
      { messages: [...sky, ...said('It scatters.')] },
    ])
    expect((await exported(dataset, 'openai-dpo')).rows).toEqual([
      {
        input: { messages: sky, tools: [], parallel_tool_calls: true },
        preferred_output: said('Scattering.'),
        non_preferred_output: said('Paint.'),
      },
    ])
  })

  test('a split keeps all rows of a prompt together', async () => {
    const dataset = await makeDataset(world.parley)
    for (let place = 0; place < 12; place++)
      await answered(dataset, [ranked('a', 'b', 'c')], {
        external_id: `r${place}`,
        fields: { prompt: `Question ${place % 4}?` },
      })
    const to = join(directory, 'split')
    const flags = { split: 0.5, pairs: 'all' }
    await exportToFile(world.parley, cleo, { dataset: dataset.name, as: 'openai-dpo', flags, to })
    const promptsOf = (half: string) =>
      new Set(
        readFileSync(join(to, `${half}.jsonl`), 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.stringify(JSON.parse(line).input.messages)),
      )
    const [train, held] = [promptsOf('train'), promptsOf('test')]
    expect(train.size + held.size).toBe(4)
    expect([...train].filter((prompt) => held.has(prompt))).toEqual([])
  })
})

describe('refused', () => {
  test('a dataset that does not hold what the format is made of', async () => {
    const dataset = await makeDataset(world.parley, { questions: [answer] })
    await expect(exported(dataset, 'reward')).rejects.toThrow('asks for no ranking')
    await expect(exported(dataset, 'kto')).rejects.toThrow('does not say what is desirable')
    const rankedOnly = await makeDataset(world.parley)
    const strength = exported(rankedOnly, 'reward', { margin: 'strength' })
    await expect(strength).rejects.toThrow('does not ask how much better')
    const rating = exported(rankedOnly, 'reward', { margin: 'rating-gap' })
    await expect(rating).rejects.toThrow('rates no outputs')
    await expect(exported(rankedOnly, 'preference', { margin: 'vote-share' })).rejects.toThrow(
      'does not take this option',
    )
  })
})
