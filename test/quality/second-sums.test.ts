/**
 * Intervals, consensus and what strength rests on, a second time and written another way, over 200
 * random inputs each: records written out as often as they weigh, orders read from reachability.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startAgreement } from '../../src/quality/measures/agreement/agreement.ts'
import { interval, masi, nominal, startAlpha } from '../../src/quality/measures/agreement/alpha.ts'
import { startOrdinalAlpha } from '../../src/quality/measures/agreement/ordinal-alpha.ts'
import { startPairwiseKappa } from '../../src/quality/measures/agreement/pairwise-kappa.ts'
import {
  percentileInterval,
  startBootstrap,
  type Weights,
} from '../../src/quality/measures/bootstrap.ts'
import { mean, median } from '../../src/quality/measures/consensus/average.ts'
import { comparisons, countVotes } from '../../src/quality/measures/consensus/ballot.ts'
import { consensusRanking } from '../../src/quality/measures/consensus/consensus.ts'
import { majority, majorityOfSets } from '../../src/quality/measures/consensus/majority.ts'
import { startMean } from '../../src/quality/measures/consensus/mean-rating.ts'
import type { Measured } from '../../src/quality/measures/measured.ts'
import { fitBradleyTerry } from '../../src/quality/measures/strength/bradley-terry.ts'
import {
  comparedGroups,
  type Duels,
  isBounded,
} from '../../src/quality/measures/strength/connectivity.ts'
import { fitPlackettLuce } from '../../src/quality/measures/strength/plackett-luce.ts'
import { rankRanges, ranksOf } from '../../src/quality/measures/strength/rank-range.ts'
import { startStrength } from '../../src/quality/measures/strength/strength.ts'
import { close, known, same, sum } from './near.ts'

const runs = { numRuns: 200, seed: 22 }

const ballot = fc.record({
  mode: fc.constantFrom('full' as const, 'tiers' as const, 'best_only' as const),
  ranks: fc.dictionary(fc.constantFrom(...'ABCDE'), fc.integer({ min: 1, max: 4 })),
})

describe('happy: a resample is the records, each as often as it weighs', () => {
  const weigh = startBootstrap(7, 3)
  const rating = fc.integer({ min: 1, max: 4 })
  const units = fc.array(fc.array(rating, { maxLength: 4 }), { maxLength: 10 })

  type Sums<Unit> = { add(unit: Unit, weights?: Weights): void; read(resample?: number): Measured }

  /** Adds with weights on one side, and again and again on the other. */
  function compare<Unit>(records: readonly Unit[], start: (resamples: number) => Sums<Unit>): void {
    const weighed = start(3)
    for (const [n, record] of records.entries()) weighed.add(record, weigh(`${n}`))
    for (const resample of [0, 1, 2, 3]) {
      const plain = start(0)
      for (const [n, record] of records.entries()) {
        for (let time = 0; time < (weigh(`${n}`)[resample] ?? 0); time += 1) plain.add(record)
      }
      same(weighed.read(resample), plain.read().value ?? Number.NaN)
    }
  }

  test('agreement and means', () => {
    fc.assert(
      fc.property(units, (records) => {
        compare(records, (resamples) => startAlpha(nominal, resamples))
        compare(records, (resamples) => startAlpha(interval, resamples))
        compare(records, startOrdinalAlpha)
        compare(records, startAgreement)
        compare(records, startMean)
        const sets = records.map((unit) => unit.map((n) => [...'abcd'].slice(n - 1)))
        compare(sets, (resamples) => startAlpha(masi, resamples))
      }),
      runs,
    )
  })

  test('kappa over pairs, and the wins and ties under every strength', () => {
    const modelOf = new Map([...'ABCDE'].map((id) => [id, `of ${id}`]))
    fc.assert(
      fc.property(fc.array(fc.array(ballot, { maxLength: 3 }), { maxLength: 6 }), (records) => {
        const votes = records.map(countVotes)
        compare(votes, startPairwiseKappa)
        const weighed = startStrength(3)
        for (const [n, one] of votes.entries()) weighed.add(one, modelOf, weigh(`${n}`))
        const models = weighed.models()
        for (const resample of [0, 1, 2, 3]) {
          const found = weighed.duels(resample)
          const strict = records.flatMap((ballots, n) =>
            Array.from({ length: weigh(`${n}`)[resample] ?? 0 }, () =>
              ballots.flatMap((one) => comparisons(one).strict),
            ).flat(),
          )
          const ties = records.flatMap((ballots, n) =>
            Array.from({ length: weigh(`${n}`)[resample] ?? 0 }, () =>
              ballots.flatMap((one) => comparisons(one).ties),
            ).flat(),
          )
          for (const [i, a] of models.entries()) {
            for (const [j, b] of models.entries()) {
              const [x, y] = [a.slice(3), b.slice(3)]
              const won = strict.filter(([one, other]) => one === x && other === y)
              const tied = ties.filter((pair) => pair.includes(x) && pair.includes(y))
              expect(found.wins[i]?.[j]).toBe(won.length)
              expect(found.ties[i]?.[j]).toBe(x === y ? 0 : tied.length)
            }
          }
        }
      }),
      runs,
    )
  })

  test('the middle 95% by weights on the sorted values', () => {
    const values = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(values, (resampled) => {
        const sorted = resampled.toSorted((a, b) => a - b)
        const at = (share: number) =>
          sum(
            sorted.map((value, i) => {
              const distance = Math.abs(i - share * (sorted.length - 1))
              return distance < 1 ? value * (1 - distance) : 0
            }),
          )
        const { low, high } = known(percentileInterval(resampled, resampled.length))
        close(low, at(0.025))
        close(high, at(0.975))
      }),
      runs,
    )
  })

  test('rank ranges by sorting every resample', () => {
    const row = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (resampled) => {
        const ranked = resampled.map((strengths) => {
          const sorted = strengths.toSorted((a, b) => b - a)
          return strengths.map((own) => sorted.indexOf(own) + 1)
        })
        expect(resampled.map(ranksOf)).toEqual(ranked)
        for (const [model, range] of rankRanges(resampled, 3).entries()) {
          const own = ranked.map((ranks) => ranks[model] ?? 0).sort((a, b) => a - b)
          const last = own.length - 1
          expect(known(range)).toEqual({
            low: Math.floor(between(own, 0.025 * last)),
            high: Math.ceil(between(own, 0.975 * last)),
          })
        }
      }),
      runs,
    )
  })

  function between(sorted: readonly number[], place: number): number {
    const below = Math.trunc(place)
    const [one = 0, next = one] = [sorted[below], sorted[below + 1]]
    return one * (below + 1 - place) + next * (place - below)
  }
})

/** Which places lead to which, along any number of steps (Warshall). */
function reachability(size: number, leads: (a: number, b: number) => boolean): boolean[][] {
  const reach = Array.from({ length: size }, (_, a) =>
    Array.from({ length: size }, (_, b) => leads(a, b)),
  )
  for (let via = 0; via < size; via += 1) {
    for (const row of reach) {
      if (!row[via]) continue
      for (let to = 0; to < size; to += 1) if (reach[via]?.[to]) row[to] = true
    }
  }
  return reach
}

describe('happy: consensus of any answers', () => {
  test('ranked pairs of weak and partial ballots, by what leads to what', () => {
    // Mostly whole, so that cycles come about.
    const whole = fc
      .array(fc.integer({ min: 1, max: 7 }), { minLength: 5, maxLength: 5 })
      .map((row) => ({
        mode: 'full' as const,
        ranks: Object.fromEntries(row.map((rank, i) => ['ABCDE'[i] ?? '', rank])),
      }))
    const mixed = fc.array(fc.oneof({ weight: 5, arbitrary: whole }, ballot), {
      minLength: 2,
      maxLength: 13,
    })
    let [open, overruled] = [0, 0]
    fc.assert(
      fc.property(mixed, (ballots) => {
        const ids = [...new Set(ballots.flatMap(({ ranks }) => Object.keys(ranks)))].sort()
        const places = [...ids.keys()]
        const strict = ballots.flatMap((one) => comparisons(one).strict)
        const won = (a: number, b: number) =>
          strict.filter(([x, y]) => x === ids[a] && y === ids[b]).length
        const margin = (a: number, b: number) => won(a, b) - won(b, a)
        let locked: [number, number][] = []
        const leads = (edges: [number, number][]) =>
          reachability(ids.length, (a, b) => edges.some(([x, y]) => x === a && y === b))
        for (let size = ballots.length; size > 0; size -= 1) {
          const before = leads(locked)
          const group = places
            .flatMap((a) => places.map((b): [number, number] => [a, b]))
            .filter(([a, b]) => margin(a, b) === size && !before[b]?.[a])
          const all = leads([...locked, ...group])
          locked = [...locked, ...group.filter(([a, b]) => !all[b]?.[a])]
        }
        const above = leads(locked)
        const { pairs, ranks } = consensusRanking(ballots)
        for (const [a, one] of ids.entries()) {
          for (const [b, other] of ids.entries()) {
            if (a >= b) continue
            const pair = pairs.find((found) => found.a === one && found.b === other)
            const winner = above[a]?.[b] ? one : above[b]?.[a] ? other : null
            expect(pair).toMatchObject({ for: won(a, b), against: won(b, a), winner })
            if (winner === null) open += 1
            else if (margin(a, b) * (winner === one ? 1 : -1) < 0) overruled += 1
          }
        }
        // Who is joined by open pairs shares a rank; the rest is ranked by how much stands above it.
        const undecided = (a: number, b: number) => !above[a]?.[b] && !above[b]?.[a]
        const tied = reachability(ids.length, undecided)
        const higher = places.map(
          (a) => places.filter((b) => above[b]?.[a] && !tied[a]?.[b]).length,
        )
        const levels = [...new Set(higher)].sort((a, b) => a - b)
        for (const [a, id] of ids.entries())
          expect(ranks[id]).toBe(levels.indexOf(higher[a] ?? 0) + 1)
      }),
      { ...runs, numRuns: 500 },
    )
    expect(open).toBeGreaterThan(100)
    expect(overruled).toBeGreaterThan(0)
  })

  test('majority, middle and mean from the sorted answers', () => {
    const answers = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 9 })
    fc.assert(
      fc.property(answers, (given) => {
        const sorted = given.toSorted()
        const most = Math.max(...given.map((one) => sorted.lastIndexOf(one) - sorted.indexOf(one)))
        const modes = [...new Set(given)].filter(
          (one) => sorted.lastIndexOf(one) - sorted.indexOf(one) === most,
        )
        expect(majority(given).value).toBe(modes.length === 1 ? modes[0] : null)
        let trimmed = sorted
        while (trimmed.length > 2) trimmed = trimmed.slice(1, -1)
        same(median(given), sum(trimmed) / trimmed.length)
        let running = 0
        for (const [n, one] of given.entries()) running += (one - running) / (n + 1)
        same(mean(given), given.length === 0 ? Number.NaN : running)
      }),
      runs,
    )
  })

  test('the majority of sets, label by label', () => {
    const sets = fc.array(fc.subarray([...'abcd']), { maxLength: 7 })
    fc.assert(
      fc.property(sets, (given) => {
        const verdicts = [...'abcd'].map((label) =>
          sum(given.map((set) => (set.includes(label) ? 1 : -1))),
        )
        const draws = [...'abcd'].some(
          (label, i) => verdicts[i] === 0 && given.some((set) => set.includes(label)),
        )
        const chosen = [...'abcd'].filter((_, i) => (verdicts[i] ?? 0) > 0)
        expect(majorityOfSets(given).value).toEqual(given.length === 0 || draws ? null : chosen)
      }),
      runs,
    )
  })
})

describe('happy: what strength rests on', () => {
  const size = 5
  const places = Array.from({ length: size }, (_, place) => place)
  const games = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.nat(4)), { maxLength: 14 })

  function tableOf(played: readonly [number, number, number][]): Duels {
    const rows = () => places.map(() => places.map(() => 0))
    const duels = { wins: rows(), ties: rows() }
    const raise = (row: number[] | undefined, b: number) => {
      if (row !== undefined) row[b] = (row[b] ?? 0) + 1
    }
    for (const [a, b, outcome] of played) {
      if (a === b) continue
      raise(outcome === 0 ? duels.ties[a] : duels.wins[a], b)
      if (outcome === 0) raise(duels.ties[b], a)
    }
    return duels
  }

  test('who can be put on one scale, and whether a maximum exists, by reachability', () => {
    let [apart, unbounded] = [0, 0]
    fc.assert(
      fc.property(games, (played) => {
        const duels = tableOf(played)
        const beats = (a: number, b: number) =>
          played.some(
            ([x, y, outcome]) =>
              a !== b && ((x === a && y === b) || (outcome === 0 && x === b && y === a)),
          )
        const met = reachability(size, (a, b) => a === b || beats(a, b) || beats(b, a))
        const groups = new Set(met.map((row) => JSON.stringify(places.filter((b) => row[b]))))
        expect(new Set(comparedGroups(duels).map((group) => JSON.stringify(group)))).toEqual(groups)
        const reach = reachability(size, (a, b) => a === b || beats(a, b))
        expect(isBounded(duels)).toBe(reach.every((row) => row.every(Boolean)))
        if (groups.size > 1) apart += 1
        else if (!isBounded(duels)) unbounded += 1
      }),
      runs,
    )
    expect(apart).toBeGreaterThan(20)
    expect(unbounded).toBeGreaterThan(20)
  })

  test('the penalty is half a win and half a loss against a phantom, by Hunter’s MM', () => {
    let compared = 0
    fc.assert(
      fc.property(games, (played) => {
        const duels = tableOf(played)
        const found = fitBradleyTerry(duels)
        if (found.value === null || !found.value.penalized) return
        compared += 1
        const score = (a: number, b: number) =>
          a === size || b === size
            ? 1 / 2
            : (duels.wins[a]?.[b] ?? 0) + (duels.ties[a]?.[b] ?? 0) / 2
        const all = [...places, size]
        let logs = all.map(() => 0)
        for (let round = 0; round < 4000; round += 1) {
          const next = all.map((a) => {
            const others = all.filter((b) => b !== a)
            const chances = others.map(
              (b) =>
                (score(a, b) + score(b, a)) / (Math.exp(logs[a] ?? 0) + Math.exp(logs[b] ?? 0)),
            )
            return Math.log(sum(others.map((b) => score(a, b))) / sum(chances))
          })
          const moved = Math.max(...next.map((value, a) => Math.abs(value - (logs[a] ?? 0))))
          logs = next
          if (moved < 1e-9) break
        }
        const center = sum(logs.slice(0, size)) / size
        for (const a of places) close(found.value.strengths[a], (logs[a] ?? 0) - center, 1e-4)
      }),
      runs,
    )
    expect(compared).toBeGreaterThan(20)
  })

  test('a ranking with ties is all orders of the tied, each counting its share', () => {
    const row = fc.array(fc.nat(2), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 3, maxLength: 8 }), (rows) => {
        const tied = rows.map((levels) =>
          [0, 1, 2]
            .map((level) => [0, 1, 2, 3].filter((place) => levels[place] === level))
            .filter((tier) => tier.length > 0),
        )
        const strict = tied.flatMap((tiers) => {
          const orders = tiers.reduce<number[][]>(
            (heads, tier) =>
              heads.flatMap((head) => ordersOf(tier).map((tail) => [...head, ...tail])),
            [[]],
          )
          return orders.map((order) => ({
            tiers: order.map((place) => [place]),
            times: 1 / orders.length,
          }))
        })
        const [one, other] = [
          fitPlackettLuce(
            4,
            tied.map((tiers) => ({ tiers })),
          ),
          fitPlackettLuce(4, strict),
        ]
        for (const place of [0, 1, 2, 3])
          close(known(one).strengths[place], known(other).strengths[place] ?? 0, 1e-4)
      }),
      runs,
    )
  })

  function ordersOf(values: readonly number[]): number[][] {
    if (values.length < 2) return [[...values]]
    return values.flatMap((first, i) =>
      ordersOf(values.filter((_, j) => j !== i)).map((rest) => [first, ...rest]),
    )
  }
})
