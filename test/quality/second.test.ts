/**
 * The statistics a second time, written another way, over 200 random inputs each: by definition and
 * enumeration instead of by sums, by MM and gradient steps instead of Newton's.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rawAgreement } from '../../src/quality/measures/agreement/agreement.ts'
import {
  interval,
  krippendorffAlpha,
  masi,
  nominal,
} from '../../src/quality/measures/agreement/alpha.ts'
import { cohenKappa, weightedKappa } from '../../src/quality/measures/agreement/cohen.ts'
import { fleissKappa } from '../../src/quality/measures/agreement/fleiss.ts'
import { intraclassCorrelation } from '../../src/quality/measures/agreement/icc.ts'
import { kendallTau } from '../../src/quality/measures/agreement/kendall-tau.ts'
import { kendallW } from '../../src/quality/measures/agreement/kendall-w.ts'
import { ordinalAlpha } from '../../src/quality/measures/agreement/ordinal-alpha.ts'
import { pairwiseKappa } from '../../src/quality/measures/agreement/pairwise-kappa.ts'
import {
  type Ballot,
  comparisons,
  type Ranks,
  rankedPairs,
} from '../../src/quality/measures/consensus/consensus.ts'
import { dawidSkene } from '../../src/quality/measures/consensus/dawid-skene.ts'
import { fitBradleyTerry } from '../../src/quality/measures/strength/bradley-terry.ts'
import { type Duels, isBounded } from '../../src/quality/measures/strength/connectivity.ts'
import { fitDavidson } from '../../src/quality/measures/strength/davidson.ts'
import { fitPlackettLuce } from '../../src/quality/measures/strength/plackett-luce.ts'
import { wilson } from '../../src/quality/measures/wilson.ts'
import { close, known, same, sum } from './near.ts'

const runs = { numRuns: 200, seed: 20 }

const ratings = fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 5 }), {
  maxLength: 12,
})

describe('happy: alpha by enumerating pairs of answers', () => {
  /** Mean distance within units against mean distance over all pairs of pairable answers. */
  function alpha<V>(units: V[][], distance: (a: V, b: V) => number): number {
    const kept = units.filter((unit) => unit.length > 1)
    const all = kept.flat()
    const within = kept.map(
      (unit) =>
        sum(unit.flatMap((a, i) => unit.map((b, j) => (i === j ? 0 : distance(a, b))))) /
        (unit.length - 1),
    )
    const overall = sum(all.flatMap((a, i) => all.map((b, j) => (i === j ? 0 : distance(a, b)))))
    return 1 - sum(within) / all.length / (overall / (all.length * (all.length - 1)))
  }

  test('nominal and interval', () => {
    fc.assert(
      fc.property(ratings, (units) => {
        same(
          krippendorffAlpha(units, nominal),
          alpha(units, (a, b) => Number(a !== b)),
        )
        same(
          krippendorffAlpha(units, interval),
          alpha(units, (a, b) => (a - b) * (a - b)),
        )
      }),
      runs,
    )
  })

  test('ordinal, its distance counted answer by answer', () => {
    fc.assert(
      fc.property(ratings, (units) => {
        const all = units.filter((unit) => unit.length > 1).flat()
        const distance = (a: number, b: number) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)]
          const between = all.filter((value) => value >= low && value <= high).length
          const ends = all.filter((value) => value === low || value === high).length
          return a === b ? 0 : (between - ends / 2) ** 2
        }
        same(ordinalAlpha(units), alpha(units, distance))
      }),
      runs,
    )
  })

  test('MASI over bit sets', () => {
    const letters = ['a', 'b', 'c', 'd']
    const bits = (n: number) => [...n.toString(2)].filter((bit) => bit === '1').length
    const distance = (a: number, b: number) => {
      if (a === b) return 0
      const [shared, all] = [a & b, a | b]
      const weight = shared === a || shared === b ? 2 / 3 : shared === 0 ? 0 : 1 / 3
      return 1 - (weight * bits(shared)) / bits(all)
    }
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 4 }), { maxLength: 10 }),
        (units) => {
          const sets = units.map((unit) =>
            unit.map((n) => letters.filter((_, place) => n & (1 << place))),
          )
          same(krippendorffAlpha(sets, masi), alpha(units, distance))
        },
      ),
      runs,
    )
  })
})

describe('happy: kappas, tau, W and ICC by definition', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })), {
    maxLength: 20,
  })
  const levels = [1, 2, 3, 4]

  test('Cohen, plain and weighted, by agreement weights on a table of shares', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const share = (keep: (a: number, b: number) => boolean) =>
          rows.filter(([a, b]) => keep(a, b)).length / rows.length
        const kappa = (weight: (a: number, b: number) => number) => {
          const cells = levels.flatMap((a) => levels.map((b) => [a, b] as const))
          const seen = sum(
            cells.map(([a, b]) => weight(a, b) * share((x, y) => x === a && y === b)),
          )
          const chance = sum(
            cells.map(([a, b]) => weight(a, b) * share((x) => x === a) * share((_, y) => y === b)),
          )
          return Math.abs(1 - chance) < 1e-12 ? Number.NaN : (seen - chance) / (1 - chance)
        }
        same(
          cohenKappa(rows),
          kappa((a, b) => Number(a === b)),
        )
        same(
          weightedKappa(rows, 'linear'),
          kappa((a, b) => 1 - Math.abs(a - b) / 3),
        )
        same(
          weightedKappa(rows, 'squared'),
          kappa((a, b) => 1 - (a - b) ** 2 / 9),
        )
      }),
      runs,
    )
  })

  test('Fleiss by drawing two answers, and raw agreement', () => {
    const complete = fc.integer({ min: 2, max: 4 }).chain((m) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: m, maxLength: m }), {
        minLength: 1,
        maxLength: 8,
      }),
    )
    fc.assert(
      fc.property(complete, (units) => {
        const equal = units.map((unit) => {
          const met = unit.flatMap((a, i) => unit.slice(i + 1).map((b) => Number(a === b)))
          return sum(met) / met.length
        })
        const all = units.flat()
        const chance = sum(
          [0, 1, 2].map((c) => (all.filter((v) => v === c).length / all.length) ** 2),
        )
        const observed = sum(equal) / units.length
        const counts = units.map((unit) => [0, 1, 2].map((c) => unit.filter((v) => v === c).length))
        same(rawAgreement(units), observed)
        same(
          fleissKappa(counts),
          chance > 1 - 1e-12 ? Number.NaN : (observed - chance) / (1 - chance),
        )
      }),
      runs,
    )
  })

  test('tau-b as a correlation of signs', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const all = rows.flatMap((a) => rows.map((b) => [a, b] as const))
        const x = all.map(([a, b]) => Math.sign(a[0] - b[0]))
        const y = all.map(([a, b]) => Math.sign(a[1] - b[1]))
        const product = sum(x.map((value, i) => value * (y[i] ?? 0)))
        const second = product / Math.sqrt(sum(x.map((v) => v * v)) * sum(y.map((v) => v * v)))
        const found = kendallTau(rows)
        same(found.value === null ? found : { value: found.value.tau }, second)
      }),
      runs,
    )
  })

  const grid = fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 6 }))
    .chain(([rows, columns]) =>
      fc.array(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: columns, maxLength: columns }),
        { minLength: rows, maxLength: rows },
      ),
    )

  test('W from the mean Spearman correlation of sums of squares', () => {
    // Tie-corrected W is the spread of the rank sums over the most it could be with these ties.
    fc.assert(
      fc.property(grid, (rows) => {
        const ranked = rows.map((row) =>
          row.map((v) => sum(row.map((o) => (o < v ? 1 : o === v ? 0.5 : 0))) + 0.5),
        )
        const n = rows[0]?.length ?? 0
        const spread = (values: number[]) => sum(values.map((v) => (v - sum(values) / n) ** 2))
        const sums = Array.from({ length: n }, (_, i) => sum(ranked.map((row) => row[i] ?? 0)))
        const second = spread(sums) / (rows.length * sum(ranked.map(spread)))
        const found = kendallW(rows)
        same(found.value === null ? found : { value: found.value.w }, second)
      }),
      runs,
    )
  })

  test('ICC from components of variance', () => {
    fc.assert(
      fc.property(grid, (rows) => {
        const [n, k] = [rows.length, rows[0]?.length ?? 0]
        const mean = sum(rows.flat()) / (n * k)
        const row = rows.map((values) => sum(values) / k - mean)
        const column = Array.from(
          { length: k },
          (_, j) => sum(rows.map((r) => r[j] ?? 0)) / n - mean,
        )
        const residuals = rows.flatMap((values, i) =>
          values.map((value, j) => value - mean - (row[i] ?? 0) - (column[j] ?? 0)),
        )
        const error = sum(residuals.map((r) => r * r)) / ((n - 1) * (k - 1))
        const thing = (k * sum(row.map((r) => r * r))) / (n - 1) / k - error / k
        const labeler = (n * sum(column.map((c) => c * c))) / (k - 1) / n - error / n
        const found = intraclassCorrelation(rows)
        if (found.value === null) {
          expect(Math.min(thing + labeler, thing + (labeler + error) / k)).toBeLessThan(1e-6)
          return
        }
        close(found.value.single, thing / (thing + labeler + error))
        close(found.value.average, thing / (thing + (labeler + error) / k))
      }),
      runs,
    )
  })

  const ballots = fc.array(
    fc.record({
      mode: fc.constantFrom('full' as const, 'best_only' as const),
      ranks: fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D'), fc.integer({ min: 1, max: 3 })),
    }),
    { maxLength: 4 },
  )

  test('pairwise kappa by meeting every two ballots', () => {
    fc.assert(
      fc.property(fc.array(ballots, { maxLength: 6 }), (records) => {
        let [agree, met, ties, judgements] = [0, 0, 0, 0]
        for (const record of records) {
          const signs = record.map(signsOf)
          for (const pair of new Set(signs.flatMap((own) => [...own.keys()]))) {
            const given = signs.flatMap((own) => own.get(pair) ?? [])
            judgements += given.length
            ties += given.filter((sign) => sign === 0).length
            for (const [i, a] of given.entries()) {
              for (const b of given.slice(i + 1)) {
                met += 1
                if (a === b) agree += 1
              }
            }
          }
        }
        const tie = ties / judgements
        const chance = tie * tie + 2 * ((1 - tie) / 2) ** 2
        same(
          pairwiseKappa(records),
          chance === 1 || met === 0 ? Number.NaN : (agree / met - chance) / (1 - chance),
        )
      }),
      runs,
    )
  })

  function signsOf(ballot: Ballot): Map<string, number> {
    const { strict, ties } = comparisons(ballot)
    return new Map([
      ...strict.map(([a, b]) => [[a, b].sort().join(), a < b ? 1 : -1] as const),
      ...ties.map((pair) => [pair.sort().join(), 0] as const),
    ])
  }
})

describe('happy: ranked pairs by locking one pair at a time', () => {
  test('where margins differ, the textbook’s search for cycles gives the same order', () => {
    const orders = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 60 }), fc.shuffledSubarray([...'ABCD'], { minLength: 4 })),
      { minLength: 4, maxLength: 6 },
    )
    let compared = 0
    fc.assert(
      fc.property(orders, (rows) => {
        const margin = (a: string, b: string) =>
          sum(rows.map(([n, order]) => (order.indexOf(a) < order.indexOf(b) ? n : -n)))
        const pairs = [...'ABCD'].flatMap((a) =>
          [...'ABCD'].filter((b) => margin(a, b) > 0).map((b) => [a, b] as const),
        )
        pairs.sort(([a, b], [c, d]) => margin(c, d) - margin(a, b))
        if (new Set(pairs.map(([a, b]) => margin(a, b))).size < 6) return
        compared += 1
        const locked: (readonly [string, string])[] = []
        const leads = (from: string, to: string): boolean =>
          from === to || locked.some(([a, b]) => a === from && leads(b, to))
        for (const [a, b] of pairs) if (!leads(b, a)) locked.push([a, b])
        const sorted = [...'ABCD'].sort((a, b) => (leads(a, b) ? -1 : 1))
        const ballots = rows.flatMap(([n, order]) =>
          Array.from(
            { length: n },
            (): Ranks => Object.fromEntries(order.map((id, i) => [id, i + 1])),
          ),
        )
        const { ranks } = rankedPairs(ballots)
        expect(sorted.map((id) => ranks[id])).toEqual([1, 2, 3, 4])
      }),
      { numRuns: 2000, seed: 20 },
    )
    expect(compared).toBeGreaterThan(200)
  })
})

describe('happy: strength by slow and simple iterations', () => {
  const size = 4
  const duels: fc.Arbitrary<Duels> = fc
    .array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.boolean()), {
      minLength: 20,
      maxLength: 40,
    })
    .map((games) => {
      const table = () => Array.from({ length: size }, () => Array.from({ length: size }, () => 0))
      const [wins, ties] = [table(), table()]
      const raise = (rows: number[][], a: number, b: number) => {
        const row = rows[a]
        if (row !== undefined) row[b] = (row[b] ?? 0) + 1
      }
      for (const [a, b, tie] of games) {
        if (a === b) continue
        if (tie) raise(ties, a, b)
        if (tie) raise(ties, b, a)
        else raise(wins, a, b)
      }
      return { wins, ties }
    })
    .filter(isBounded)
  const places = Array.from({ length: size }, (_, place) => place)

  /** Repeats a step on odds until they stand still; gives centred logarithms. */
  function settle(step: (odds: number[]) => number[]): number[] {
    let logs = places.map(() => 0)
    for (let round = 0; round < 5000; round += 1) {
      const next = step(logs.map(Math.exp)).map(Math.log)
      const centred = next.map((value) => value - sum(next) / size)
      const moved = Math.max(...centred.map((value, a) => Math.abs(value - (logs[a] ?? 0))))
      logs = centred
      if (moved < 1e-9) break
    }
    return logs
  }

  test('Bradley-Terry by Hunter’s MM', () => {
    fc.assert(
      fc.property(duels, ({ wins, ties }) => {
        const score = (a: number, b: number) => (wins[a]?.[b] ?? 0) + (ties[a]?.[b] ?? 0) / 2
        const logs = settle((odds) =>
          odds.map((own, a) => {
            const met = places.filter((b) => b !== a)
            const shares = met.map((b) => (score(a, b) + score(b, a)) / (own + (odds[b] ?? 0)))
            return sum(met.map((b) => score(a, b))) / sum(shares)
          }),
        )
        const { strengths, penalized } = known(fitBradleyTerry({ wins, ties }))
        expect(penalized).toBe(false)
        for (const a of places) close(strengths[a], logs[a] ?? 0, 1e-4)
      }),
      runs,
    )
  })

  test('Davidson: no step in any direction makes the data likelier', () => {
    fc.assert(
      fc.property(duels, (data) => {
        const found = fitDavidson(data)
        if (found.value === null || found.value.penalized || found.value.tieOdds === 0) return
        const { strengths, tieOdds } = found.value
        const likelihood = (s: readonly number[], v: number) => {
          let total = 0
          for (const a of places) {
            for (const b of places.slice(a + 1)) {
              const [x, y] = [Math.exp(s[a] ?? 0), Math.exp(s[b] ?? 0)]
              const tie = v * Math.sqrt(x * y)
              const all = x + y + tie
              total += (data.wins[a]?.[b] ?? 0) * Math.log(x / all)
              total += (data.wins[b]?.[a] ?? 0) * Math.log(y / all)
              total += (data.ties[a]?.[b] ?? 0) * Math.log(tie / all)
            }
          }
          return total
        }
        const best = likelihood(strengths, tieOdds)
        for (const step of [1e-3, -1e-3]) {
          expect(likelihood(strengths, tieOdds * Math.exp(step))).toBeLessThan(best)
          for (const a of places) {
            const moved = strengths.map((value, b) => (a === b ? value + step : value))
            expect(likelihood(moved, tieOdds)).toBeLessThan(best)
          }
        }
      }),
      runs,
    )
  })

  test('Plackett-Luce by Hunter’s MM', () => {
    const rankings = fc
      .array(fc.shuffledSubarray(places, { minLength: 2 }), { minLength: 10, maxLength: 20 })
      .filter((rows) => {
        const wins = places.map((a) =>
          places.map(
            (b) =>
              rows.filter((r) => r.includes(b) && r.indexOf(a) > -1 && r.indexOf(a) < r.indexOf(b))
                .length,
          ),
        )
        return isBounded({ wins, ties: places.map(() => places.map(() => 0)) })
      })
    fc.assert(
      fc.property(rankings, (rows) => {
        const chosen = places.map((a) => rows.filter((row) => row.slice(0, -1).includes(a)).length)
        const logs = settle((odds) =>
          odds.map((_, a) => {
            const offered = rows.flatMap((row) =>
              row.slice(0, -1).flatMap((_, stage) => {
                const left = row.slice(stage)
                return left.includes(a) ? [1 / sum(left.map((b) => odds[b] ?? 0))] : []
              }),
            )
            return (chosen[a] ?? 0) / sum(offered)
          }),
        )
        const tiers = rows.map((row) => ({ tiers: row.map((place) => [place]) }))
        const { strengths } = known(fitPlackettLuce(size, tiers))
        for (const a of places) close(strengths[a], logs[a] ?? 0, 1e-4)
      }),
      runs,
    )
  }, 30_000)
})

describe('happy: Dawid-Skene with plain products of probabilities', () => {
  test('the same beliefs after the same start', () => {
    const answers = fc.array(
      fc.record({
        record: fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5'),
        labeler: fc.constantFrom('ana', 'ben', 'cleo'),
        label: fc.constantFrom('x', 'y', 'z'),
      }),
      { minLength: 8, maxLength: 30 },
    )
    fc.assert(
      fc.property(answers, (given) => {
        const found = dawidSkene(given, 25)
        if (found.value === null) return
        const { labels } = found.value
        const records = [...new Set(given.map((answer): string => answer.record))]
        let beliefs = new Map(
          records.map((record) => {
            const own = given.filter((answer) => answer.record === record)
            return [record, labels.map((l) => own.filter((a) => a.label === l).length / own.length)]
          }),
        )
        const believed = (record: string, truth: number) => beliefs.get(record)?.[truth] ?? 0
        for (let round = 0; round < found.value.rounds; round += 1) {
          const likelihood = (answer: (typeof given)[number], truth: number) => {
            const own = given.filter((other) => other.labeler === answer.labeler)
            const weight = (rows: typeof given) => sum(rows.map((r) => believed(r.record, truth)))
            return weight(own.filter((other) => other.label === answer.label)) / (weight(own) || 1)
          }
          beliefs = new Map(
            records.map((record) => {
              const odds = labels.map((_, truth) =>
                given
                  .filter((answer) => answer.record === record)
                  .reduce(
                    (product, answer) => product * likelihood(answer, truth),
                    sum(records.map((r) => believed(r, truth))) / records.length,
                  ),
              )
              return [record, odds.map((value) => value / sum(odds))]
            }),
          )
        }
        for (const record of records) {
          for (const [truth, belief] of (found.value.records.get(record) ?? []).entries()) {
            close(belief, believed(record, truth), 1e-4)
          }
        }
      }),
      runs,
    )
  })
})

describe('happy: Wilson’s interval by searching for the shares the count does not refute', () => {
  test('both ends are 1.96 standard errors of their own away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, part) => {
          const count = Math.round(of * part)
          const { low, high, share } = known(wilson(count, of))
          const refuted = (p: number) =>
            (count / of - p) ** 2 * of > 1.959963984540054 ** 2 * p * (1 - p)
          const search = (inside: number, outside: number) => {
            for (let round = 0; round < 60; round += 1) {
              const middle = (inside + outside) / 2
              if (refuted(middle)) outside = middle
              else inside = middle
            }
            return inside
          }
          close(low, search(share, 0))
          close(high, search(share, 1))
        },
      ),
      runs,
    )
  })
})
