/** Consensus: published elections come out as published, and no id ever decides. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mean, median } from '../../src/quality/measures/consensus/average.ts'
import {
  type Ballot,
  comparisons,
  consensusRanking,
  type Ranks,
  rankedPairs,
} from '../../src/quality/measures/consensus/consensus.ts'
import { majority, majorityOfSets } from '../../src/quality/measures/consensus/majority.ts'

/** Reads "A>B=C" as ranks. */
function ballot(text: string): Ranks {
  return Object.fromEntries(
    text.split('>').flatMap((tier, place) => tier.split('=').map((id) => [id, place + 1])),
  )
}

function election(rows: [number, string][]): Ranks[] {
  return rows.flatMap(([count, text]) => Array.from({ length: count }, () => ballot(text)))
}

/** Writes ranks as "A=B>C". */
function written(ranks: Ranks): string {
  const tiers = Map.groupBy(Object.keys(ranks), (id) => ranks[id] ?? 0)
  return [...tiers]
    .sort(([a], [b]) => a - b)
    .map(([, ids]) => ids.sort().join('='))
    .join('>')
}

const elections: [string, [number, string][], string][] = [
  // Wikipedia, "Ranked pairs", the capital of Tennessee.
  [
    'Tennessee',
    [
      [42, 'Memphis>Nashville>Chattanooga>Knoxville'],
      [26, 'Nashville>Chattanooga>Knoxville>Memphis'],
      [15, 'Chattanooga>Knoxville>Nashville>Memphis'],
      [17, 'Knoxville>Chattanooga>Nashville>Memphis'],
    ],
    'Nashville>Chattanooga>Knoxville>Memphis',
  ],
  // M. Schulze, "A new monotonic, clone-independent, …", Soc. Choice Welf. 36, 2011, 45 voters.
  [
    'Schulze with 45 voters',
    [
      [5, 'A>C>B>E>D'],
      [5, 'A>D>E>C>B'],
      [8, 'B>E>D>A>C'],
      [3, 'C>A>B>E>D'],
      [7, 'C>A>E>B>D'],
      [2, 'C>B>A>D>E'],
      [7, 'D>C>E>B>A'],
      [8, 'E>B>A>D>C'],
    ],
    'A>C>E>B>D',
  ],
  // Tideman 1987, example 5.
  [
    'Tideman, example 5',
    [
      [7, 'v>w>x>y>z'],
      [3, 'z>y>v>w>x'],
      [6, 'y>z>w>x>v'],
      [3, 'w>x>v>z>y'],
      [5, 'z>x>v>w>y'],
      [3, 'y>x>v>w>z'],
    ],
    'v>w>x>y>z',
  ],
  // R. LeGrand, "Descriptions of ranked-ballot voting methods".
  [
    'LeGrand',
    [
      [98, 'Abby>Cora>Erin>Dave>Brad'],
      [64, 'Brad>Abby>Erin>Cora>Dave'],
      [12, 'Brad>Abby>Erin>Dave>Cora'],
      [98, 'Brad>Erin>Abby>Cora>Dave'],
      [13, 'Brad>Erin>Abby>Dave>Cora'],
      [125, 'Brad>Erin>Dave>Abby>Cora'],
      [124, 'Cora>Abby>Erin>Dave>Brad'],
      [76, 'Cora>Erin>Abby>Dave>Brad'],
      [21, 'Dave>Abby>Brad>Erin>Cora'],
      [30, 'Dave>Brad>Abby>Erin>Cora'],
      [98, 'Dave>Brad>Erin>Cora>Abby'],
      [139, 'Dave>Cora>Abby>Brad>Erin'],
      [23, 'Dave>Cora>Brad>Abby>Erin'],
    ],
    'Brad>Abby>Erin>Dave>Cora',
  ],
  // Condorcet PHP's tests (MIT): a tie at the top.
  [
    'a tie at the top',
    [
      [7, 'A>B>C'],
      [7, 'B>A>C'],
      [2, 'C>A>B'],
      [2, 'C>B>A'],
    ],
    'A=B>C',
  ],
  // Tideman's collection, election A77: 213 real votes, some with ties.
  [
    'Tideman A77 with tied ballots',
    [
      [39, '3>1=2'],
      [38, '1>3>2'],
      [36, '3>1>2'],
      [29, '3>2>1'],
      [28, '1>2>3'],
      [15, '2>1>3'],
      [14, '1>2=3'],
      [9, '2>3>1'],
      [5, '2>1=3'],
    ],
    '3>1>2',
  ],
]

describe('happy: consensus of rankings', () => {
  test.each(elections)('%s comes out as published', (_, rows, expected) => {
    expect(written(rankedPairs(election(rows)).ranks)).toBe(expected)
  })

  test('the pairs say how everybody voted', () => {
    expect(rankedPairs([ballot('A>B>C'), ballot('B>A=C')]).pairs).toEqual([
      { a: 'A', b: 'B', for: 1, against: 1, ties: 0, winner: null },
      { a: 'A', b: 'C', for: 1, against: 0, ties: 1, winner: 'A' },
      { a: 'B', b: 'C', for: 2, against: 0, ties: 0, winner: 'B' },
    ])
  })

  test('partial ballots are joined through what they share', () => {
    expect(written(rankedPairs([ballot('A>B'), ballot('B>C'), ballot('C>D')]).ranks)).toBe(
      'A>B>C>D',
    )
  })

  test('the best of a best-only ballot beats the rest, which nobody compared', () => {
    const value: Ballot = { mode: 'best_only', ranks: { A: 2, B: 1, C: 2 } }
    expect(comparisons(value)).toEqual({
      strict: [
        ['B', 'A'],
        ['B', 'C'],
      ],
      ties: [],
    })
    expect(consensusRanking([value]).pairs[1]).toEqual({
      a: 'A',
      b: 'C',
      for: 0,
      against: 0,
      ties: 0,
      winner: null,
    })
  })

  test('a shared rank in a full ballot is a tie', () => {
    expect(comparisons({ mode: 'full', ranks: { A: 1, B: 1 } })).toEqual({
      strict: [],
      ties: [['A', 'B']],
    })
  })

  test('labels go to the majority, ratings to the middle or the mean', () => {
    expect(majority(['safe', 'unsafe', 'safe'])).toEqual({ value: 'safe' })
    expect(majorityOfSets([['a', 'b'], ['a'], ['a', 'c']])).toEqual({ value: ['a'] })
    expect(median([5, 1, 4])).toEqual({ value: 4 })
    expect(median([5, 1, 4, 2])).toEqual({ value: 3 })
    expect(mean([1, 2, 4])).toEqual({ value: 7 / 3 })
  })
})

describe('refused: no consensus where there is none', () => {
  test('two opposed ballots are a tie', () => {
    expect(rankedPairs([ballot('A>B'), ballot('B>A')]).ranks).toEqual({ A: 1, B: 1 })
  })

  test('a cycle of equal margins stays open, and what is around it is kept', () => {
    const rows = ['T>A>B>C>L', 'T>B>C>A>L', 'T>C>A>B>L'].map(ballot)
    expect(written(rankedPairs(rows).ranks)).toBe('T>A=B=C>L')
  })

  test('an output undecided against both of a decided pair is not put between them', () => {
    const { ranks, pairs } = rankedPairs([ballot('A>B>C'), ballot('C>A>B')])
    expect(written(ranks)).toBe('A=B=C')
    expect(pairs.map((pair) => pair.winner)).toEqual(['A', null, null])
  })

  test('nobody, a draw and a half have no majority, and the reason is told', () => {
    expect(majority([])).toEqual({ value: null, reason: expect.any(String) })
    expect(majority(['a', 'b'])).toEqual({ value: null, reason: expect.any(String) })
    expect(majorityOfSets([['a'], []])).toEqual({ value: null, reason: expect.any(String) })
    expect(median([])).toEqual({ value: null, reason: expect.any(String) })
    expect(mean([])).toEqual({ value: null, reason: expect.any(String) })
    expect(rankedPairs([])).toEqual({ ranks: {}, pairs: [] })
  })
})

const ids = ['__proto__', 'constructor', 'toString', 'o1', 'é', '0', '10', '2']

const ballots = fc.array(
  fc
    .uniqueArray(fc.constantFrom(...ids), { maxLength: 6 })
    .chain((seen) =>
      fc
        .array(fc.integer({ min: 1, max: 4 }), { minLength: seen.length, maxLength: seen.length })
        .map((ranks) => Object.fromEntries(seen.map((id, i) => [id, ranks[i] ?? 1]))),
    ),
  { maxLength: 7 },
)

function winners(rows: Ranks[]): Set<string> {
  return new Set(
    rankedPairs(rows).pairs.flatMap(({ a, b, winner }) =>
      winner === null ? [] : [`${winner}>${winner === a ? b : a}`],
    ),
  )
}

describe('happy: properties of the consensus', () => {
  test('renaming outputs renames the consensus', () => {
    const renamings = fc.shuffledSubarray(ids, { minLength: ids.length })
    fc.assert(
      fc.property(ballots, renamings, (rows, names) => {
        const renamed = (id: string) => names[ids.indexOf(id)] ?? id
        const after = rows.map((row) =>
          Object.fromEntries(Object.entries(row).map(([id, rank]) => [renamed(id), rank])),
        )
        const expected = [...winners(rows)].map((pair) => pair.split('>').map(renamed).join('>'))
        expect(winners(after)).toEqual(new Set(expected))
        const { ranks } = rankedPairs(rows)
        const ranksAfter = rankedPairs(after).ranks
        for (const id of Object.keys(ranks)) expect(ranksAfter[renamed(id)]).toBe(ranks[id])
      }),
      { numRuns: 300 },
    )
  })

  test('the order of ballots and of keys changes nothing', () => {
    fc.assert(
      fc.property(ballots, (rows) => {
        const reversed = rows
          .toReversed()
          .map((row) => Object.fromEntries(Object.entries(row).toReversed()))
        expect(rankedPairs(reversed)).toEqual(rankedPairs(rows))
      }),
    )
  })

  test('ranks are dense and say nothing the pairs do not', () => {
    fc.assert(
      fc.property(ballots, (rows) => {
        const { ranks, pairs } = rankedPairs(rows)
        const levels = new Set(Object.values(ranks))
        expect(levels).toEqual(new Set(Array.from({ length: levels.size }, (_, i) => i + 1)))
        for (const { a, b, winner } of pairs) {
          const [high, low] = [ranks[a] ?? 0, ranks[b] ?? 0]
          if (high < low) expect(winner).toBe(a)
          if (low < high) expect(winner).toBe(b)
        }
      }),
    )
  })

  test('a pair nobody opposes is never decided against its only voters', () => {
    fc.assert(
      fc.property(ballots, (rows) => {
        for (const pair of rankedPairs(rows).pairs) {
          const total = rows.filter(
            (row) => Object.hasOwn(row, pair.a) && Object.hasOwn(row, pair.b),
          )
          if (pair.for === rows.length && total.length > 0) expect(pair.winner).toBe(pair.a)
        }
      }),
    )
  })

  test('what everybody agrees on is the consensus', () => {
    fc.assert(
      fc.property(ballots, fc.integer({ min: 1, max: 4 }), (rows, voters) => {
        const row = rows[0] ?? {}
        const { ranks } = rankedPairs(Array.from({ length: voters }, () => row))
        const levels = [...new Set(Object.values(row))].sort((a, b) => a - b)
        for (const [id, rank] of Object.entries(row)) {
          expect(ranks[id]).toBe(levels.indexOf(rank) + 1)
        }
      }),
    )
  })

  test('an output that beats every other one is first', () => {
    fc.assert(
      fc.property(ballots, (rows) => {
        const { ranks, pairs } = rankedPairs(rows)
        for (const id of Object.keys(ranks)) {
          const beatsAll = pairs
            .filter(({ a, b }) => a === id || b === id)
            .every((pair) => (pair.a === id ? pair.for > pair.against : pair.against > pair.for))
          if (beatsAll) expect(ranks[id]).toBe(1)
        }
      }),
    )
  })

  test('a clone of an output moves no other output', () => {
    fc.assert(
      fc.property(ballots, (rows) => {
        const first = Object.keys(rows[0] ?? {})[0]
        if (first === undefined) return
        const cloned = rows.map((row) =>
          Object.hasOwn(row, first)
            ? Object.fromEntries([...Object.entries(row), ['clone', row[first] ?? 0]])
            : row,
        )
        const before = winners(rows)
        const after = [...winners(cloned)].filter((pair) => !pair.split('>').includes('clone'))
        expect(new Set(after)).toEqual(before)
      }),
      { numRuns: 300 },
    )
  })
})
