/** Pairs made of ratings, and pairs with a written answer beside them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { startGround } from './format.ts'
import { makeDataset, ranked, ranking, readRows } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const helpful = { type: 'rating', name: 'helpful', title: 'Helpful?', of: 'outputs' }
const ideal = { type: 'text', name: 'ideal', title: 'Write it', required: false }
const rates = (a: number, b: number, c?: number) => ({
  helpful: { a, b, ...(c === undefined ? {} : { c }) },
})

function rated(more: Record<string, unknown> = {}): Promise<Dataset> {
  return makeDataset(ground.parley, { questions: [helpful], ...more })
}

let files = 0
async function pairsOf(dataset: Dataset, flags: Record<string, unknown> = {}, as = 'preference') {
  files += 1
  const { path, counts, manifest } = await ground.export(dataset, as, `${files}.jsonl`, flags)
  const said = (side: unknown) => (Array.isArray(side) ? side[0].content : String(side))[0]
  const rows = readRows(path)
  return {
    rows,
    counts,
    manifest,
    pairs: rows.map(({ chosen, rejected }) => `${said(chosen)}>${said(rejected)}`),
  }
}

// The texts of the ground's outputs begin with S (a), I (b) and P (c).
describe('happy: preference from ratings', () => {
  test('a dataset that only rates: the best against the worst by the mean, told in the manifest', async () => {
    const dataset = await rated()
    await ground.answered(dataset, [rates(5, 3, 1), rates(4, 4, 2)])
    const { pairs, manifest } = await pairsOf(dataset)
    expect(pairs).toEqual(['S>P'])
    expect(manifest?.export.strategies).toMatchObject({
      ...{ from: 'ratings', question: 'helpful', pairs: 'best-worst', labelers: 'consensus' },
      ...{ average: 'mean', min_gap: 1 },
    })
  })

  test('one that ranks too says from what; a question of ratings says it by itself', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking, helpful] })
    await ground.answered(dataset, [{ ...ranked('a', 'b', 'c'), ...rates(1, 3, 5) }])
    expect((await pairsOf(dataset)).pairs).toEqual(['S>P'])
    expect((await pairsOf(dataset, { from: 'ratings' })).pairs).toEqual(['P>S'])
    expect((await pairsOf(dataset, { question: 'helpful' })).pairs).toEqual(['P>S'])
    expect((await pairsOf(dataset, { from: 'rankings' })).pairs).toEqual(['S>P'])
  })

  test('below the gap there is no pair, and a tie is none; every pair is counted', async () => {
    const dataset = await rated()
    await ground.answered(dataset, [rates(4, 4, 3), rates(5, 4, 4)])
    const all = await pairsOf(dataset, { pairs: 'all' })
    expect(all.pairs).toEqual(['S>P'])
    expect(all.counts).toEqual({ candidates: 3, emitted: 1, dropped: { small_gap: 2 } })
    const fine = await pairsOf(dataset, { pairs: 'all', min_gap: '0.5' })
    expect(fine.pairs).toEqual(['S>I', 'S>P', 'I>P'])
    const wide = await pairsOf(dataset, { min_gap: 2 })
    expect(wide.counts).toEqual({ candidates: 1, emitted: 0, dropped: { small_gap: 1 } })
    const equal = await rated()
    await ground.answered(equal, [rates(4, 4)])
    expect((await pairsOf(equal)).counts.dropped).toEqual({ tie: 1 })
  })

  test('what the majority decided is a row, whatever the mean says; a margin of ratings has to be positive', async () => {
    const dataset = await rated()
    await ground.answered(dataset, [rates(5, 4), rates(1, 4), rates(5, 4)])
    const votes = { labelers: 'majority', pairs: 'all' }
    expect((await pairsOf(dataset, votes)).pairs).toContain('S>I')
    const reward = await pairsOf(dataset, votes, 'reward')
    expect(reward.counts.dropped).toMatchObject({ ratings_against: 1 })
  })

  test('best and worst too close are a small gap, though others are as low as the worst', async () => {
    const dataset = await rated()
    await ground.answered(dataset, [rates(3, 2, 2), rates(2, 2, 2), rates(2, 2, 2)])
    expect((await pairsOf(dataset)).counts.dropped).toEqual({ small_gap: 1 })
  })

  test('the median where it is asked for: one outlier does not turn a pair', async () => {
    const dataset = await rated()
    await ground.answered(dataset, [rates(5, 4), rates(5, 4), rates(1, 4)])
    expect((await pairsOf(dataset)).counts.dropped).toEqual({ small_gap: 1 })
    expect((await pairsOf(dataset, { average: 'median' })).pairs).toEqual(['S>I'])
  })

  test('each, majority and unanimous read the same ratings as they read rankings', async () => {
    const dataset = await rated()
    await ground.answered(dataset, [rates(5, 3), rates(4, 3), rates(2, 3), { helpful: { a: 5 } }])
    expect((await pairsOf(dataset, { labelers: 'each' })).pairs.sort()).toEqual([
      'I>S',
      'S>I',
      'S>I',
    ])
    expect((await pairsOf(dataset, { labelers: 'each' })).counts.dropped).toEqual({
      not_compared: 1,
    })
    expect((await pairsOf(dataset, { labelers: 'majority' })).pairs).toEqual(['S>I'])
    expect((await pairsOf(dataset, { labelers: 'unanimous' })).counts.dropped).toEqual({
      not_unanimous: 1,
    })
  })

  test('best against rest takes the best rated, though others are within the gap of it', async () => {
    const dataset = await rated()
    await ground.answered(dataset, [rates(5, 5, 3), rates(5, 4, 3)])
    const { pairs, counts } = await pairsOf(dataset, { pairs: 'best-rest' })
    expect(pairs).toEqual(['S>P'])
    expect(counts.dropped).toEqual({ small_gap: 1 })
    expect((await pairsOf(dataset, { pairs: 'adjacent' })).pairs).toEqual(['S>P', 'I>P'])
  })

  test('reward’s margin is the gap as a share of the scale, or the share of votes', async () => {
    const dataset = await rated()
    await ground.answered(dataset, [rates(5, 3), rates(4, 3), rates(3, 3)])
    const [gap] = (await pairsOf(dataset, {}, 'reward')).rows
    expect(gap?.['margin']).toBeCloseTo(1 / 4)
    const [votes] = (await pairsOf(dataset, { margin: 'vote-share' }, 'reward')).rows
    expect(votes?.['margin']).toBeCloseTo(2 / 3)
  })

  test('every format made of pairs takes them', async () => {
    const dataset = await rated()
    await ground.answered(dataset, [rates(5, 3)])
    for (const as of ['openai-dpo', 'nemo', 'ms-swift', 'axolotl-rm', 'vertex', 'nova']) {
      const { counts } = await pairsOf(dataset, { from: 'ratings' }, as)
      expect([as, counts.emitted]).toEqual([as, 1])
    }
    const { counts } = await ground.export(dataset, 'llama-factory', 'rated', { from: 'ratings' })
    expect(counts.emitted).toBe(1)
  })
})

describe('happy: tpo', () => {
  test('a pair with the last answer that somebody wrote to the record', async () => {
    const dataset = await makeDataset(ground.parley, {
      questions: [ranking, { ...ideal, required: true }],
    })
    await ground.answered(dataset, [{ ...ranked('a', 'b', 'c'), ideal: 'Light scatters.' }])
    await ground.answered(dataset, [ranked('a', 'b', 'c')], { external_id: 'r2' })
    const { rows, counts, manifest } = await pairsOf(dataset, {}, 'tpo')
    expect(rows).toEqual([
      {
        prompt: [{ role: 'user', content: 'Why is the sky blue?' }],
        chosen: [{ role: 'assistant', content: 'Scattering.' }],
        rejected: [{ role: 'assistant', content: 'Paint.' }],
        reference: [{ role: 'assistant', content: 'Light scatters.' }],
      },
    ])
    expect(counts.dropped).toEqual({ no_reference: 1 })
    expect(manifest?.export.strategies).toMatchObject({
      ...{ reference: `$\{ideal}`, choice: 'latest', question: 'preference' },
    })
  })

  test('an optional text by its name, every one of them, and none that is the rejected one', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking, ideal] })
    await ground.answered(dataset, [
      { ...ranked('a', 'b', 'c'), ideal: 'One.' },
      { ...ranked('a', 'b', 'c'), ideal: 'Two.' },
      { ...ranked('a', 'b', 'c'), ideal: ' Paint. ' },
    ])
    const flags = { reference: 'ideal', choice: 'all', shape: 'text' }
    const { rows, counts } = await pairsOf(dataset, flags, 'tpo')
    expect(rows.map(({ reference }) => reference).sort()).toEqual(['One.', 'Two.'])
    expect(counts.dropped).toEqual({ reference_rejected: 1 })
  })

  test('from ratings, too', async () => {
    const dataset = await makeDataset(ground.parley, {
      questions: [helpful, { ...ideal, required: true }],
    })
    await ground.answered(dataset, [{ ...rates(2, 5), ideal: 'Light.' }])
    expect((await pairsOf(dataset, {}, 'tpo')).pairs).toEqual(['I>S'])
  })
})

describe('refused: one sentence with the remedy', () => {
  test.each([
    [{ min_gap: 'two' }, /points of the scale/],
    [{ min_gap: 0 }, /points of the scale/],
    [{ average: 'mean', labelers: 'each' }, /Only --labelers consensus/],
    [{ from: 'rankings' }, /asks for no ranking/],
    [{ question: 'helpfull', from: 'ratings' }, /does not rate the outputs.*helpful/],
  ])('%j', async (flags, said) => {
    const dataset = await rated()
    await expect(pairsOf(dataset, flags)).rejects.toThrow(said)
  })

  test('a dataset of rankings has no gap, a margin of ranks is none of ratings, tpo wants a text', async () => {
    const ranks = await makeDataset(ground.parley, { questions: [ranking] })
    await expect(pairsOf(ranks, { min_gap: 1 })).rejects.toThrow(/rates no outputs/)
    await expect(pairsOf(ranks, { from: 'rankings', min_gap: 1 })).rejects.toThrow(/for ratings/)
    await expect(pairsOf(ranks, {}, 'tpo')).rejects.toThrow(/holds no references/)
    const only = await rated()
    await expect(pairsOf(only, { margin: 'rank-gap' }, 'reward')).rejects.toThrow(/rating-gap/)
    const optional = await makeDataset(ground.parley, { questions: [ranking, ideal] })
    await expect(pairsOf(optional, {}, 'tpo')).rejects.toThrow('--reference: ideal')
    await expect(pairsOf(optional, { reference: 'ideel' }, 'tpo')).rejects.toThrow(/ideal/)
  })
})
