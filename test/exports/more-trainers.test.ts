/** verl, ms-swift, axolotl's reward models, Vertex and Nova: each row by hand, and what is left out. */
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { hostile, startGround } from './format.ts'
import { answer, makeDataset, ranked, ranking, readRows, readText } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const sky = { role: 'user', content: 'Why is the sky blue?' }
const said = (content: string) => ({ role: 'assistant', content })
const thumbs = {
  type: 'label',
  name: 'thumbs',
  title: 'Good?',
  of: 'outputs',
  options: ['up', 'down'],
  desirable: ['up'],
}
const topic = { type: 'label', name: 'topic', title: 'What?', options: ['physics', 'art'] }
const system = { role: 'system', content: 'Be brief.' }
const turns = [system, sky, said('Scattering.'), { role: 'user', content: 'And at dusk?' }]

let files = 0

async function exported(dataset: Dataset, as: string, flags: Record<string, unknown> = {}) {
  files += 1
  const { path, counts, manifest } = await ground.export(dataset, as, `${files}.jsonl`, flags)
  return { rows: readRows(path), text: readText(path), counts, manifest }
}

async function parquet(dataset: Dataset, flags: Record<string, unknown> = {}) {
  files += 1
  const { path, counts, manifest } = await ground.export(dataset, 'verl', `${files}.parquet`, flags)
  const file = await asyncBufferFromFile(path)
  const rows = await parquetReadObjects({
    file,
    compressors: { ZSTD: (at) => zstdDecompressSync(at) },
  })
  return { rows, counts, manifest }
}

/** Two ranked outputs after a chat that a system message opens. */
async function talk() {
  const dataset = await makeDataset(ground.parley)
  await ground.answered(dataset, [ranked('b', 'a')], {
    fields: { prompt: turns },
    outputs: [
      { id: 'a', text: 'Red.' },
      { id: 'b', text: 'Longer paths.' },
    ],
  })
  return dataset
}

describe('happy: verl', () => {
  test('a prompt with the text that was written last as its ground truth', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [answer, topic] })
    await ground.answered(dataset, [{ answer: 'Scattering.', topic: 'art' }])
    await ground.answered(dataset, [{ answer: hostile, topic: 'art' }], {
      external_id: 'r2',
      fields: { prompt: turns },
    })
    const { rows, manifest } = await parquet(dataset)
    expect(rows).toEqual([
      {
        data_source: dataset.name,
        prompt: [sky],
        reward_model: { style: 'rule', ground_truth: 'Scattering.' },
        extra_info: { index: 0, external_id: 'r1' },
      },
      {
        data_source: dataset.name,
        prompt: turns,
        reward_model: { style: 'rule', ground_truth: hostile },
        extra_info: { index: 1, external_id: 'r2' },
      },
    ])
    expect(manifest?.export.strategies).toMatchObject({
      rows: 'rl',
      ground_truth: 'the written answer',
      choice: 'latest',
      turns: 'strict',
    })
  })

  test('the label that most chose, where one is asked for or there is no text', async () => {
    const questions = [answer, topic]
    const dataset = await makeDataset(ground.parley, { questions })
    const say = (label: string) => ({ answer: 'x', topic: label })
    await ground.answered(dataset, [say('physics'), say('art'), say('physics')])
    await ground.answered(dataset, [say('physics'), say('art')], { external_id: 'r2' })
    const { rows, counts } = await parquet(dataset, { question: 'topic' })
    expect(rows).toMatchObject([{ reward_model: { style: 'rule', ground_truth: 'physics' } }])
    expect(counts.dropped).toEqual({ tie: 1 })
  })

  test('nothing to check against is said by its style, so that a model judges; each prompt once', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('a', 'b')])
    await ground.answered(dataset, [ranked('a', 'b')], { external_id: 'r2' })
    const { rows, counts } = await parquet(dataset)
    expect(rows).toMatchObject([{ reward_model: { style: 'model', ground_truth: '' } }])
    expect(counts.dropped).toEqual({ duplicate: 1 })
  })

  test('with --rows sft whole chats, and without rows the columns', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [answer] })
    expect((await parquet(dataset, { rows: 'sft' })).rows).toEqual([])
    expect((await parquet(dataset)).rows).toEqual([])
    await ground.answered(dataset, [{ answer: 'Scattering.' }])
    const { rows } = await parquet(dataset, { rows: 'sft' })
    expect(rows).toEqual([{ messages: [sky, said('Scattering.')] }])
  })

  test('a split is a folder of two tables', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [answer] })
    for (let at = 0; at < 12; at++)
      await ground.answered(dataset, [{ answer: `${at}` }], {
        external_id: `r${at}`,
        fields: { prompt: `Question ${at}?` },
      })
    const { path, counts } = await ground.export(dataset, 'verl', 'verl-split', { split: 0.5 })
    const sizes = await Promise.all(
      ['train', 'test'].map(async (half) => {
        const file = await asyncBufferFromFile(join(path, `${half}.parquet`))
        return (
          await parquetReadObjects({ file, compressors: { ZSTD: (at) => zstdDecompressSync(at) } })
        ).length
      }),
    )
    expect(sizes[0]).toBeGreaterThan(0)
    expect((sizes[0] ?? 0) + (sizes[1] ?? 0)).toBe(counts.emitted)
  })
})

describe('happy: verl as lines, where the name asks for them', () => {
  test('as many rows, the same values', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [answer] })
    await ground.answered(dataset, [{ answer: 'Scattering.' }])
    const { rows } = await exported(dataset, 'verl')
    expect(rows).toEqual((await parquet(dataset)).rows)
  })
})

describe('happy: ms-swift', () => {
  test('rankings: a chat that ends with the chosen answer, and the rejected one', async () => {
    const { rows, manifest } = await exported(await talk(), 'ms-swift')
    expect(rows).toEqual([
      { messages: [...turns, said('Longer paths.')], rejected_response: 'Red.' },
    ])
    expect(manifest?.export.strategies).toMatchObject({ rows: 'preference', turns: 'strict' })
  })

  test('with a margin, which is never a whole number there', async () => {
    const { rows, text } = await exported(await talk(), 'ms-swift', { margin: 'vote-share' })
    expect(rows).toMatchObject([{ rejected_response: 'Red.', margin: 1 }])
    expect(text).toContain('"margin":1.0}')
  })

  test('labels become KTO in its order, written answers become chats', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [thumbs, answer] })
    await ground.answered(dataset, [
      { thumbs: { a: 'up', b: 'down', c: 'up' }, answer: 'It scatters.' },
    ])
    const { rows, manifest } = await exported(dataset, 'ms-swift')
    expect(rows).toHaveLength(3)
    expect(rows).toContainEqual({ messages: [sky, said('It just is.')], label: false })
    expect(manifest?.rows).toMatchObject({ same_prompt_neighbors: 2 })
    const chats = await exported(dataset, 'ms-swift', { question: 'answer' })
    expect(chats.rows).toEqual([{ messages: [sky, said('It scatters.')] }])
  })
})

describe('happy: axolotl-rm', () => {
  test('one turn and its two answers; what opens it is the system text, which is always there', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('a', 'b', 'c')])
    await ground.answered(dataset, [ranked('a', 'b')], {
      external_id: 'r2',
      fields: { prompt: [system, sky] },
    })
    await ground.answered(dataset, [ranked('a', 'b')], {
      external_id: 'r3',
      fields: { prompt: turns },
    })
    const { rows, counts } = await exported(dataset, 'axolotl-rm')
    const input = sky.content
    expect(rows).toEqual([
      { system: '', input, chosen: 'Scattering.', rejected: 'It just is.' },
      { system: '', input, chosen: 'Scattering.', rejected: 'Paint.' },
      { system: '', input, chosen: 'It just is.', rejected: 'Paint.' },
      { system: 'Be brief.', input, chosen: 'Scattering.', rejected: 'It just is.' },
    ])
    expect(counts.dropped).toEqual({ not_one_turn: 1 })
  })
})

describe('happy: vertex', () => {
  test('contents end with the user, completions are scored 1 and 0', async () => {
    const { rows, text } = await exported(await talk(), 'vertex')
    expect(text).toContain('"score":1.0')
    expect(text).toContain('"score":0.0')
    const parts = (text: string) => [{ text }]
    expect(rows).toEqual([
      {
        system_instruction: { parts: parts('Be brief.') },
        contents: [
          { role: 'user', parts: parts('Why is the sky blue?') },
          { role: 'model', parts: parts('Scattering.') },
          { role: 'user', parts: parts('And at dusk?') },
        ],
        completions: [
          { score: 1, completion: { role: 'model', parts: parts('Longer paths.') } },
          { score: 0, completion: { role: 'model', parts: parts('Red.') } },
        ],
      },
    ])
  })
})

describe('happy: nova', () => {
  test('the last turn has two candidates, the preferred one first', async () => {
    const { rows } = await exported(await talk(), 'nova')
    const content = (text: string) => [{ text }]
    expect(rows).toEqual([
      {
        system: content('Be brief.'),
        messages: [
          { role: 'user', content: content('Why is the sky blue?') },
          { role: 'assistant', content: content('Scattering.') },
          { role: 'user', content: content('And at dusk?') },
          {
            role: 'assistant',
            candidates: [
              { content: content('Longer paths.'), preferenceLabel: 'preferred' },
              { content: content('Red.'), preferenceLabel: 'non-preferred' },
            ],
          },
        ],
      },
    ])
  })
})

describe('happy: all of them', () => {
  test('chats out of turn and answers of several messages are left out, with their reasons', async () => {
    const dataset = await makeDataset(ground.parley)
    const fields = (...roles: string[]) => ({
      prompt: roles.map((role) => ({ role, content: 'x' })),
    })
    const votes = [ranked('a', 'b')]
    await ground.answered(dataset, votes, { external_id: 'r1', fields: fields('user', 'user') })
    await ground.answered(dataset, votes, {
      external_id: 'r2',
      fields: fields('developer', 'user'),
    })
    await ground.answered(dataset, votes, {
      external_id: 'r3',
      outputs: [
        { id: 'a', messages: [said('Wait.'), sky, said('Scattering.')] },
        { id: 'b', text: 'It just is.' },
      ],
    })
    for (const as of ['ms-swift', 'axolotl-rm', 'vertex', 'nova'])
      expect((await exported(dataset, as)).counts, as).toEqual({
        candidates: 3,
        emitted: 0,
        dropped: { out_of_turn: 1, developer_turn: 1, not_one_answer: 1 },
      })
  })

  test('hostile texts arrive to the letter, one row a line', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('a', 'b')], {
      fields: { prompt: hostile },
      outputs: [
        { id: 'a', text: hostile },
        { id: 'b', text: '__proto__' },
      ],
    })
    for (const as of ['ms-swift', 'axolotl-rm', 'vertex', 'nova']) {
      const { rows, text } = await exported(dataset, as)
      expect(JSON.stringify(rows).split(JSON.stringify(hostile))).toHaveLength(3)
      expect(text.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(2)
    }
  })
})

describe('refused', () => {
  test('a dataset without a ranking, and options that say nothing there', async () => {
    const written = await makeDataset(ground.parley, { questions: [answer] })
    for (const as of ['axolotl-rm', 'vertex', 'nova'])
      await expect(exported(written, as)).rejects.toThrow('asks for no ranking')
    await expect(exported(written, 'ms-swift', { margin: 'vote-share' })).rejects.toThrow(
      'Only pairs of a ranking',
    )
    const dataset = await makeDataset(ground.parley, { questions: [ranking] })
    await expect(exported(dataset, 'ms-swift', { choice: 'latest' })).rejects.toThrow(
      'judgements of outputs',
    )
    await expect(parquet(dataset, { question: 'preference' })).rejects.toThrow('says no truth')
    await expect(parquet(dataset, { choice: 'latest' })).rejects.toThrow('No text is written')
    await expect(parquet(dataset, { rows: 'sft' })).rejects.toThrow('no text that must be written')
    await expect(exported(dataset, 'vertex', { turns: 'as-is' })).rejects.toThrow('does not take')
  })

  test('verl is a table: another ending, or a packed one', async () => {
    const dataset = await makeDataset(ground.parley)
    await expect(ground.export(dataset, 'verl', 'x.csv')).rejects.toThrow('.parquet or .jsonl')
    for (const name of ['x.parquet.gz', 'x.jsonl.gz'])
      await expect(ground.export(dataset, 'verl', name)).rejects.toThrow('does not take')
  })
})
