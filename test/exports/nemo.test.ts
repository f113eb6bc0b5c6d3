/** The format for NeMo: completions with ranks, and what is left out. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { hostile, startGround } from './format.ts'
import { answer, makeDataset, ranked, readRows, readText } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const said = (text: string) => [{ role: 'assistant', content: text }]
const sky = [{ role: 'user', content: 'Why is the sky blue?' }]

async function exported(dataset: Dataset, flags: Record<string, unknown> = {}) {
  const { path, counts, manifest } = await ground.export(dataset, 'nemo', 'nemo.jsonl', flags)
  return { rows: readRows(path), text: readText(path), counts, manifest }
}

describe('happy', () => {
  test('asked for all ranks, every ranked output stands in one row, the best first, with rank 0', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('b', ['a', 'c']), ranked('b', ['a', 'c'])])
    const { rows, manifest } = await exported(dataset, { ranks: 'all' })
    expect(rows).toEqual([
      {
        context: sky,
        completions: [
          { rank: 0, completion: said('It just is.') },
          { rank: 1, completion: said('Scattering.') },
          { rank: 1, completion: said('Paint.') },
        ],
      },
    ])
    expect(manifest?.export.strategies).toMatchObject({ labelers: 'consensus' })
  })

  test('outputs that most call equal share a rank, though somebody told them apart', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [
      ranked(['a', 'b'], 'c'),
      ranked(['a', 'b'], 'c'),
      ranked('a', 'b', 'c'),
    ])
    const { rows } = await exported(dataset, { ranks: 'all' })
    const ranks = rows.map(({ completions }) => completions)
    expect(ranks).toMatchObject([[{ rank: 0 }, { rank: 0 }, { rank: 1 }]])
  })

  test('nothing asked for, a row is the best and the worst, which its trainers read as it is', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('b', 'a', 'c')])
    const { rows } = await exported(dataset)
    expect(rows.map(({ completions }) => completions)).toEqual([
      [
        { rank: 0, completion: said('It just is.') },
        { rank: 1, completion: said('Paint.') },
      ],
    ])
  })

  test('with pairs each row holds two completions, as its trainers take them', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('b', 'a', 'c')])
    const { rows } = await exported(dataset, { pairs: 'all' })
    expect(rows.map(({ completions }) => completions)).toEqual([
      [
        { rank: 0, completion: said('Scattering.') },
        { rank: 1, completion: said('Paint.') },
      ],
      [
        { rank: 0, completion: said('It just is.') },
        { rank: 1, completion: said('Scattering.') },
      ],
      [
        { rank: 0, completion: said('It just is.') },
        { rank: 1, completion: said('Paint.') },
      ],
    ])
  })

  test('ties, equal texts, empty texts and single outputs are left out with their reasons', async () => {
    const dataset = await makeDataset(ground.parley)
    const outputs = (...texts: string[]) => texts.map((text, place) => ({ id: 'abc'[place], text }))
    const cases = [
      [ranked(['a', 'b', 'c']), outputs('one', 'two', 'three')],
      [ranked('a', 'b', 'c'), outputs('one', 'one', ' ')],
      [ranked('a', 'b'), outputs('one', ' ')],
      [ranked('a', 'b', 'c'), outputs('one', 'two', 'one ')],
      [{ answer: 'no ranking' }, outputs('one', 'two')],
    ] as const
    for (const [place, [values, given]] of cases.entries())
      await ground.answered(dataset, [values], { external_id: `r${place}`, outputs: given })
    const { counts } = await exported(dataset, { ranks: 'all' })
    expect(counts).toEqual({
      candidates: 5,
      emitted: 0,
      dropped: { tie: 1, identical: 2, empty: 1, unanswered: 1 },
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
    const { rows, text } = await exported(dataset)
    expect(rows).toMatchObject([
      {
        context: [{ content: hostile }],
        completions: [{ completion: said(hostile) }, { completion: said('__proto__') }],
      },
    ])
    expect(text.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(2)
  })
})

describe('refused', () => {
  test('a dataset without a ranking, and ranks by a majority of pairs', async () => {
    const plain = await makeDataset(ground.parley, { questions: [answer] })
    await expect(exported(plain)).rejects.toThrow('asks for no ranking')
    const dataset = await makeDataset(ground.parley)
    await expect(exported(dataset, { ranks: 'all', labelers: 'majority' })).rejects.toThrow(
      'Without --ranks all',
    )
    await expect(exported(dataset, { ranks: 'all', pairs: 'all' })).rejects.toThrow('Leave one')
  })
})
