/** Which pairs become rows is decided by votes alone. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelerStrategies, pairStrategies } from '../../src/exports/options.ts'
import { choosePairs, type JudgedOutput, judgePairs } from '../../src/exports/pairs/pairs.ts'
import type { Ballot } from '../../src/quality/measures/consensus/consensus.ts'

const full = (ranks: Record<string, number>): Ballot => ({ mode: 'full', ranks })
const outputs = (ids: string): JudgedOutput[] => [...ids].map((id) => ({ id, isEmpty: false }))
const never = () => false

/** "A>B" for each pair taken, by the letters of the outputs. */
function pairsOf(
  ballots: readonly Ballot[],
  pairs: (typeof pairStrategies)[number],
  labelers: (typeof labelerStrategies)[number] = 'consensus',
  ids = 'abcd',
  isSame: (a: number, b: number) => boolean = never,
) {
  const verdicts = judgePairs(ballots, labelers, outputs(ids))
  const { pairs: taken, dropped } = choosePairs(pairs, verdicts, isSame, 'seed')
  return { taken: taken.map(({ high, low }) => `${ids[high]}>${ids[low]}`), dropped }
}

describe('happy: the strategies', () => {
  const abcd = full({ a: 1, b: 2, c: 3, d: 4 })
  test('all takes every strict pair', () => {
    expect(pairsOf([abcd], 'all').taken).toEqual(['a>b', 'a>c', 'a>d', 'b>c', 'b>d', 'c>d'])
  })
  test('best-worst takes one, best-rest the best over each other, adjacent the steps', () => {
    expect(pairsOf([abcd], 'best-worst').taken).toEqual(['a>d'])
    expect(pairsOf([abcd], 'best-rest').taken).toEqual(['a>b', 'a>c', 'a>d'])
    expect(pairsOf([abcd], 'adjacent').taken).toEqual(['a>b', 'b>c', 'c>d'])
  })
  test('majority wants more than half of those who judged the pair, unanimous all of them', () => {
    const ballots = [full({ a: 1, b: 2 }), full({ a: 1, b: 2 }), full({ a: 2, b: 1 })]
    expect(pairsOf(ballots, 'all', 'majority').taken).toEqual(['a>b'])
    expect(pairsOf(ballots, 'all', 'unanimous')).toEqual({ taken: [], dropped: ['not_unanimous'] })
    const tied = [full({ a: 1, b: 2 }), full({ a: 1, b: 1 })]
    expect(pairsOf(tied, 'all', 'majority')).toEqual({ taken: [], dropped: ['no_majority'] })
    expect(pairsOf(tied, 'all', 'consensus').taken).toEqual(['a>b'])
  })
  test('of several best ones one is drawn, the same one each time', () => {
    const shared = full({ a: 1, b: 1, c: 2 })
    const first = pairsOf([shared], 'best-worst')
    expect(first.taken).toHaveLength(1)
    expect(['a>c', 'b>c']).toContain(first.taken[0])
    expect(pairsOf([shared], 'best-worst')).toEqual(first)
  })
  test('a pair that was decided stands though the third output is undecided against both', () => {
    const ballots = [full({ a: 1, b: 2 }), full({ a: 1, c: 2 }), full({ a: 2, c: 1 })]
    expect(pairsOf(ballots, 'best-worst').taken).toEqual(['a>b'])
  })
})

describe('happy: how clear a pair is', () => {
  const shares = (ballots: readonly Ballot[]) =>
    judgePairs(ballots, 'consensus', outputs('abc')).map((pair) =>
      pair.decided ? [pair.high, pair.low, pair.voteShare] : [pair.high, pair.low, pair.reason],
    )
  const [a, b, tie] = [full({ a: 1, b: 2 }), full({ a: 2, b: 1 }), full({ a: 1, b: 1 })]

  test('is votes for less votes against, as a share of all votes, ties among them', () => {
    expect(shares([a, a, a])).toEqual([[0, 1, 1]])
    expect(shares([a, a, b])).toEqual([[0, 1, 1 / 3]])
    expect(shares([a, a, tie])).toEqual([[0, 1, 2 / 3]])
    expect(shares([b, tie])).toEqual([[1, 0, 1 / 2]])
    expect(shares([b, b, b, a, tie, tie])).toEqual([[1, 0, 2 / 6]])
  })
  test('is below nothing where a chain of other pairs decides against those who compared the two', () => {
    const chain = (high: string, low: string, count: number) =>
      Array.from({ length: count }, () => full({ [high]: 1, [low]: 2 }))
    const against = [
      ...chain('a', 'b', 3),
      ...chain('b', 'c', 3),
      ...chain('c', 'a', 2),
      ...chain('a', 'c', 1),
    ]
    expect(shares(against)).toContainEqual([0, 2, -1 / 3])
  })
})

describe('refused: what never becomes a pair', () => {
  test('a pair that most call a tie, though somebody prefers one', () => {
    const [one, tie] = [full({ a: 1, b: 2 }), full({ a: 1, b: 1 })]
    for (const labelers of ['consensus', 'majority'] as const)
      for (const ballots of [
        [tie, tie, one],
        [one, one, tie, tie, tie],
        [tie, tie, one, full({ a: 2, b: 1 })],
      ])
        expect(pairsOf(ballots, 'all', labelers)).toEqual({ taken: [], dropped: ['tie'] })
    expect(pairsOf([tie, one, one], 'all', 'consensus').taken).toEqual(['a>b'])
  })
  test('two outputs that most call equal, though other pairs would put one above the other', () => {
    const ballots = [
      full({ a: 1, b: 2, c: 3 }),
      full({ a: 2, b: 1, c: 2 }),
      full({ a: 1, b: 2, c: 1 }),
    ]
    expect(pairsOf(ballots, 'all', 'consensus')).toEqual({
      taken: ['a>b', 'b>c'],
      dropped: ['tie'],
    })
  })
  test('a tie', () => {
    expect(pairsOf([full({ a: 1, b: 1 })], 'all')).toEqual({ taken: [], dropped: ['tie'] })
    expect(pairsOf([full({ a: 1, b: 1 })], 'best-worst').dropped).toEqual(['tie'])
  })
  test('two labelers who disagree', () => {
    const ballots = [full({ a: 1, b: 2 }), full({ a: 2, b: 1 })]
    expect(pairsOf(ballots, 'best-worst')).toEqual({ taken: [], dropped: ['no_consensus'] })
  })
  test('outputs that were not compared: the rest of best_only, the middle of best_worst', () => {
    const best: Ballot = { mode: 'best_only', ranks: { a: 1, b: 2, c: 2 } }
    expect(pairsOf([best], 'all')).toEqual({ taken: ['a>b', 'a>c'], dropped: ['not_compared'] })
    const ends: Ballot = { mode: 'best_worst', ranks: { a: 1, b: 2, c: 2, d: 3 } }
    expect(pairsOf([ends], 'all')).toEqual({
      taken: ['a>b', 'a>c', 'a>d', 'b>d', 'c>d'],
      dropped: ['not_compared'],
    })
  })
  test('identical texts, an empty output, an output the record does not have', () => {
    const ballot = full({ a: 1, b: 2 })
    const same = pairsOf([ballot], 'best-worst', 'consensus', 'ab', () => true)
    expect(same).toEqual({ taken: [], dropped: ['identical'] })
    expect(pairsOf([ballot], 'all', 'consensus', 'a')).toEqual({ taken: [], dropped: ['missing'] })
    const empty = [
      { id: 'a', isEmpty: false },
      { id: 'b', isEmpty: true },
    ]
    expect(choosePairs('all', judgePairs([ballot], 'each', empty), never, '')).toEqual({
      pairs: [],
      dropped: ['empty'],
    })
  })
  test('an empty output is passed over: the best is set against the worst of the others', () => {
    const judged = [
      { id: 'a', isEmpty: false },
      { id: 'b', isEmpty: false },
      { id: 'c', isEmpty: true },
    ]
    const verdicts = judgePairs([full({ a: 1, b: 2, c: 3 })], 'consensus', judged)
    const { pairs } = choosePairs('best-worst', verdicts, never, '')
    expect(pairs).toMatchObject([{ high: 0, low: 1 }])
  })
})

describe('twice: the same whatever outputs are called', () => {
  const ids = ['a', 'b', 'c', 'd', 'e']
  const ballot = fc
    .tuple(
      fc.constantFrom(
        'full' as const,
        'tiers' as const,
        'best_worst' as const,
        'best_only' as const,
      ),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 5, maxLength: 5 }),
      fc.subarray(ids, { minLength: 1 }),
    )
    .map(([mode, ranks, judged]) => ({
      mode,
      ranks: Object.fromEntries(judged.map((id) => [id, ranks[ids.indexOf(id)] ?? 1])),
    }))

  test('renaming the outputs changes no pair, and no pair goes against its own ballot', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(
        fc.array(ballot, { minLength: 1, maxLength: 5 }),
        names,
        fc.constantFrom(...pairStrategies),
        fc.constantFrom(...labelerStrategies),
        (ballots, other, pairs, labelers) => {
          const run = (called: readonly string[]) => {
            const renamed = ballots.map(({ mode, ranks }) => ({
              mode,
              ranks: Object.fromEntries(
                Object.entries(ranks).map(([id, rank]) => [called[ids.indexOf(id)] ?? id, rank]),
              ),
            }))
            const all = called.map((id) => ({ id, isEmpty: false }))
            const verdicts = judgePairs(renamed, labelers, all)
            return choosePairs(pairs, verdicts, never, 'seed')
          }
          const found = run(ids)
          expect(run(other)).toEqual(found)
          for (const { high, low } of found.pairs) expect(high).not.toBe(low)
          if (labelers === 'unanimous' || ballots.length === 1)
            for (const { high, low } of found.pairs)
              for (const { ranks } of ballots) {
                const [better, worse] = [ranks[ids[high] ?? ''], ranks[ids[low] ?? '']]
                if (better !== undefined && worse !== undefined)
                  expect(better).toBeLessThanOrEqual(worse)
              }
        },
      ),
    )
  })
})
