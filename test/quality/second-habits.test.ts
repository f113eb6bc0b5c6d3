/**
 * What is said of one labeler and of one record, a second time and written another way, over 200
 * random inputs each: by looking at every answer anew instead of by counts.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  consistency,
  rankingConsistency,
} from '../../src/quality/measures/agreement/consistency.ts'
import {
  labelDisagreement,
  rankingDisagreement,
  ratingDisagreement,
} from '../../src/quality/measures/agreement/disagreement.ts'
import { kendallTau } from '../../src/quality/measures/agreement/kendall-tau.ts'
import {
  type Ballot,
  comparisons,
  countVotes,
  type RankingMode,
} from '../../src/quality/measures/consensus/ballot.ts'
import { goldAccuracy, goldRankingAccuracy } from '../../src/quality/measures/labelers/gold.ts'
import { startLeaveOneOut } from '../../src/quality/measures/labelers/leave-one-out.ts'
import { startLengthBias } from '../../src/quality/measures/labelers/length-bias.ts'
import { startPositionBias } from '../../src/quality/measures/labelers/position-bias.ts'
import { isTooFast, startMedianSeconds } from '../../src/quality/measures/labelers/speed.ts'
import {
  binomialMidTails,
  binomialTails,
  chiSquareTail,
  mixedMidTails,
  normalTails,
  studentQuantile,
  studentTails,
} from '../../src/quality/measures/tails.ts'
import { close, known, same, sum } from './near.ts'

const runs = { numRuns: 200, seed: 21 }

/** Simpson's rule in 2000 steps. */
function integrate(density: (x: number) => number, from: number, to: number): number {
  const step = (to - from) / 2000
  const weights = Array.from({ length: 2001 }, (_, i) =>
    i === 0 || i === 2000 ? 1 : i % 2 ? 4 : 2,
  )
  return (step / 3) * sum(weights.map((weight, i) => weight * density(from + i * step)))
}

/** P of every count, one trial at a time. */
function binomial(trials: number, chance: number): number[] {
  return countsOf(Array.from({ length: trials }, () => chance))
}

function countsOf(chances: readonly number[]): number[] {
  let likely = [1]
  for (const chance of chances) {
    likely = [...likely, 0].map(
      (here, count) => here * (1 - chance) + (likely[count - 1] ?? 0) * chance,
    )
  }
  return likely
}

/** Outcomes less likely than the one seen, and half of those as likely. */
function midTailOf(count: number, likely: readonly number[]): number {
  const seen = likely[count] ?? 0
  const isEqual = (one: number) => Math.abs(one / seen - 1) <= 1e-7
  return sum(likely.map((one) => (isEqual(one) ? one / 2 : one < seen ? one : 0)))
}

function tailOf(count: number, trials: number, chance: number): number {
  const likely = binomial(trials, chance)
  const seen = likely[count] ?? 0
  return Math.min(1, sum(likely.filter((one) => one <= seen * (1 + 1e-7))))
}

const normalDensity = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
const beyond = (z: number) => 2 * integrate(normalDensity, Math.abs(z), Math.abs(z) + 12)

describe('happy: tails by adding up densities and outcomes', () => {
  test('normal, chi-square with an even number of degrees, and binomial', () => {
    const z = fc.double({ min: -5, max: 5, noNaN: true })
    const cards = fc.integer({ min: 1, max: 60 })
    fc.assert(
      fc.property(z, fc.integer({ min: 1, max: 6 }), cards, fc.nat(60), (at, half, of, some) => {
        close(normalTails(at), beyond(at), 1e-9)
        // With 2h degrees the tail is that of a Poisson count below h.
        const x = at * at
        let [term, tail] = [Math.exp(-x / 2), 0]
        for (let k = 0; k < half; k += 1) {
          tail += term
          term *= x / 2 / (k + 1)
        }
        close(chiSquareTail(x, 2 * half), tail, 1e-9)
        const count = some % (of + 1)
        for (const chance of [1 / 2, 1 / 3, 1 / 7])
          close(binomialTails(count, of, chance), tailOf(count, of, chance), 1e-9)
        close(binomialMidTails(count, of, 1 / 3), midTailOf(count, binomial(of, 1 / 3)), 1e-9)
        const chances = Array.from({ length: of }, (_, trial) => 1 / (2 + (trial % half)))
        const kinds = chances.map((chance) => ({ trials: 1, chance }))
        close(mixedMidTails(count, kinds), midTailOf(count, countsOf(chances)), 1e-9)
      }),
      runs,
    )
  })

  test('Student’s t by its density, and its quantiles as tables print them', () => {
    for (const degrees of [1, 2, 3, 7, 40]) {
      const density = (t: number) => (1 + (t * t) / degrees) ** (-(degrees + 1) / 2)
      // With t = tan the whole line is a short way.
      const area = (from: number) =>
        integrate(
          (x) => density(Math.tan(x)) / Math.cos(x) ** 2,
          Math.atan(from),
          Math.PI / 2 - 1e-9,
        )
      for (const t of [0, 0.3, 1, 2.5, 8]) close(studentTails(t, degrees), area(t) / area(0), 1e-7)
    }
    close(studentQuantile(0.975, 1), 12.7062, 1e-4)
    close(studentQuantile(0.975, 10), 2.2281, 1e-4)
    close(studentQuantile(0.995, 19), 2.8609, 1e-4)
    close(studentQuantile(0.975, 100_000), 1.96, 1e-3)
  })

  test('the p of tau-b is that of the spread its balance has over all orders of one side', () => {
    const few = fc.integer({ min: 3, max: 5 }).chain((n) => {
      const side = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: n, maxLength: n })
      return fc.tuple(side, side)
    })
    fc.assert(
      fc.property(few, ([x, y]) => {
        const found = kendallTau(x.map((value, i) => [value, y[i] ?? 0]))
        if (found.value === null) return
        const balance = (order: number[]) =>
          sum(
            x.flatMap((a, i) =>
              x
                .slice(0, i)
                .map((b, j) => Math.sign(a - b) * Math.sign((order[i] ?? 0) - (order[j] ?? 0))),
            ),
          )
        const balances = ordersOf(y).map(balance)
        const spread = Math.sqrt(sum(balances.map((one) => one * one)) / balances.length)
        if (spread === 0) expect(found.value.p).toBe(null)
        else close(found.value.p ?? -1, beyond(balance(y) / spread), 1e-6)
      }),
      runs,
    )
  })

  function ordersOf(values: number[]): number[][] {
    if (values.length < 2) return [values]
    return values.flatMap((first, i) =>
      ordersOf(values.filter((_, j) => j !== i)).map((rest) => [first, ...rest]),
    )
  }
})

describe('happy: habits of one labeler, card by card', () => {
  test('position bias', () => {
    const card = fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 4 }))
    fc.assert(
      fc.property(fc.array(card, { maxLength: 40 }), fc.boolean(), (cards, onlyPairs) => {
        const bias = startPositionBias()
        const dealt = cards.map(([place, shown]): [number, number] => {
          const outputs = onlyPairs ? 2 : shown
          return [place % outputs, outputs]
        })
        for (const [place, shown] of dealt) bias.add(place, shown)
        const judged = dealt.filter(([, shown]) => shown > 1)
        const found = bias.read()
        expect(found.value === null).toBe(judged.length === 0)
        if (found.value === null) return
        const first = judged.filter(([place]) => place === 0).length
        const chances = judged.map(([, shown]) => 1 / shown)
        const { share, expected, p } = found.value
        close(share, first / judged.length)
        close(expected, sum(chances) / judged.length)
        close(p, midTailOf(first, countsOf(chances)))
      }),
      runs,
    )
  })

  test('length bias', () => {
    const length = fc.integer({ min: 1, max: 4 })
    fc.assert(
      fc.property(fc.array(fc.tuple(length, length), { maxLength: 40 }), (pairs) => {
        const bias = startLengthBias()
        for (const pair of pairs) bias.add([pair])
        const signs = pairs.map(([better, worse]) => Math.sign(better - worse)).filter(Boolean)
        const found = bias.read()
        expect(found.value === null).toBe(signs.length === 0)
        if (found.value === null) return
        const { share, p } = found.value
        close(share, (sum(signs) / signs.length + 1) / 2)
        const longer = signs.filter((sign) => sign > 0).length
        close(p, midTailOf(longer, binomial(signs.length, 1 / 2)))
      }),
      runs,
    )
  })

  test('the median time, from the sorted times themselves, and who is too fast to have read', () => {
    const times = fc.array(fc.double({ min: 0.05, max: 80_000, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 20_000 }), (seconds, characters) => {
        const median = startMedianSeconds()
        for (const one of seconds) median.add(one)
        const both = [...seconds, ...seconds].sort((a, b) => a - b)
        const middle = ((both[seconds.length - 1] ?? 0) + (both[seconds.length] ?? 0)) / 2
        close(known(median.read()) / middle, 1, 0.0101)
        const [first = 0] = seconds
        expect(isTooFast(first, characters)).toBe(characters / 6 / first > (5 * 238) / 60)
      }),
      runs,
    )
  })

  const pairs = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 12 })

  test('consistency on repeats and accuracy on known answers', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const right = rows.reduce((count, [a, b]) => (a === b ? count + 1 : count), 0)
        for (const found of [consistency(rows), goldAccuracy(rows)]) {
          if (rows.length === 0) expect(found.value).toBe(null)
          else expect(known(found)).toMatchObject({ count: right, of: rows.length })
        }
      }),
      runs,
    )
  })

  const ballot = (mode: RankingMode) =>
    fc
      .dictionary(fc.constantFrom('A', 'B', 'C', 'D'), fc.integer({ min: 1, max: 3 }))
      .map((ranks): Ballot => ({ mode, ranks }))

  /** What a ballot says of two outputs: 1, 0, -1, or nothing. */
  function signOf({ ranks, mode }: Ballot, a: string, b: string): number | null {
    const [one, other] = [ranks[a], ranks[b]]
    if (one === undefined || other === undefined) return null
    return one === other ? (mode === 'full' ? 0 : null) : Math.sign(other - one)
  }
  const allPairs = [...'ABCD'].flatMap((a, i) =>
    [...'ABCD'].slice(i + 1).map((b): [string, string] => [a, b]),
  )

  test('accuracy on known rankings, pair by pair', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ballot('full'), ballot('full')), { maxLength: 5 }), (rows) => {
        let [right, of] = [0, 0]
        for (const [given, gold] of rows) {
          const isNone = Object.keys(given.ranks).length === 0
          if (Object.keys(gold.ranks).length === 0) {
            of += 1
            if (isNone) right += 1
            continue
          }
          for (const [a, b] of allPairs) {
            const truth = signOf(gold, a, b)
            if (truth === null || truth === 0) continue
            const said = isNone ? 2 : signOf(given, a, b)
            if (said === null) continue
            of += 1
            if (said === truth) right += 1
          }
        }
        const found = goldRankingAccuracy(rows)
        if (of === 0) expect(found.value).toBe(null)
        else expect(known(found)).toMatchObject({ count: right, of })
      }),
      runs,
    )
  })

  test('a labeler with himself: kappa over the pairs he ranked twice', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ballot('full'), ballot('full')), { maxLength: 6 }), (rows) => {
        const twice = rows.flatMap(([first, later]) =>
          allPairs.flatMap(([a, b]) => {
            const [before, after] = [signOf(first, a, b), signOf(later, a, b)]
            return before === null || after === null ? [] : [[before, after] as const]
          }),
        )
        const agreed = twice.filter(([before, after]) => before === after).length / twice.length
        // How common ties are is told by every pair, ranked twice or not.
        const all = rows
          .flat()
          .flatMap((one) => allPairs.flatMap(([a, b]) => signOf(one, a, b) ?? []))
        const tied = all.filter((sign) => sign === 0).length / all.length
        const chance = tied * tied + ((1 - tied) * (1 - tied)) / 2
        same(
          rankingConsistency(rows),
          chance === 1 || twice.length === 0 ? Number.NaN : (agreed - chance) / (1 - chance),
        )
      }),
      runs,
    )
  })

  test('leave-one-out: the majority of the answers that are left when one is taken away', () => {
    const units = fc.array(fc.array(fc.nat(2), { maxLength: 5 }), { maxLength: 6 })
    const names = ['ana', 'ben', 'cleo', 'dan', 'eve']
    const winner = (values: readonly number[]) => {
      const tally = [...new Set(values)].map((value): [number, number] => [
        values.filter((other) => other === value).length,
        value,
      ])
      const most = Math.max(...tally.map(([count]) => count))
      const best = tally.filter(([count]) => count === most)
      return best.length === 1 ? best[0]?.[1] : undefined
    }
    fc.assert(
      fc.property(
        units,
        fc.array(fc.array(ballot('full'), { maxLength: 4 }), { maxLength: 4 }),
        (values, rankings) => {
          const [labels, orders] = [startLeaveOneOut(), startLeaveOneOut()]
          const marks = names.map(() => ({ labels: [0, 0], orders: [0, 0] }))
          const mark = (counts: number[] | undefined, truth: number | undefined, own: number) => {
            if (counts === undefined || truth === undefined) return
            counts[0] = (counts[0] ?? 0) + Number(truth === own)
            counts[1] = (counts[1] ?? 0) + 1
          }
          for (const unit of values) {
            labels.add(unit.map((value, i) => ({ labeler: names[i] ?? '', value })))
            for (const [i, own] of unit.entries())
              mark(marks[i]?.labels, winner(unit.filter((_, j) => j !== i)), own)
          }
          for (const record of rankings) {
            orders.addRankings(record.map((value, i) => ({ labeler: names[i] ?? '', value })))
            for (const [i, own] of record.entries()) {
              for (const [a, b] of allPairs) {
                const said = signOf(own, a, b)
                if (said === null) continue
                const rest = record
                  .filter((_, j) => j !== i)
                  .flatMap((one) => signOf(one, a, b) ?? [])
                mark(marks[i]?.orders, winner(rest), said)
              }
            }
          }
          for (const [i, name] of names.entries()) {
            for (const [found, counts] of [
              [labels.read(name), marks[i]?.labels],
              [orders.read(name), marks[i]?.orders],
            ] as const) {
              const [count = 0, of = 0] = counts ?? []
              if (of === 0) expect(found.value).toBe(null)
              else expect(known(found)).toMatchObject({ count, of })
            }
          }
        },
      ),
      runs,
    )
  })

  test('disagreement within a record: the mean over every two answers', () => {
    const everyTwo = <V>(values: readonly V[], apart: (a: V, b: V) => number | null) => {
      const met = values.flatMap((a, i) => values.slice(i + 1).flatMap((b) => apart(a, b) ?? []))
      return sum(met) / met.length
    }
    const values = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 })
    fc.assert(
      fc.property(values, fc.array(ballot('full'), { maxLength: 4 }), (given, ballots) => {
        same(
          labelDisagreement(given),
          everyTwo(given, (a, b) => Number(a !== b)),
        )
        same(
          ratingDisagreement(given, 1, 5),
          everyTwo(given, (a, b) => Math.abs(a - b) / 4),
        )
        const met = allPairs.flatMap(([a, b]) => {
          const signs = ballots.flatMap((one) => signOf(one, a, b) ?? [])
          return signs.flatMap((x, i) => signs.slice(i + 1).map((y) => Math.abs(x - y) / 2))
        })
        same(rankingDisagreement(countVotes(ballots)), sum(met) / met.length)
      }),
      runs,
    )
  })

  test('a ballot and the table of its record’s votes say the same of every pair', () => {
    fc.assert(
      fc.property(ballot('full'), ballot('best_only'), (whole, best) => {
        const votes = countVotes([whole, best])
        const at = (a: string, b: string) => {
          const [row, column] = [votes.ids.indexOf(a), votes.ids.indexOf(b)]
          return row < 0 || column < 0 ? -1 : row * votes.ids.length + column
        }
        for (const [a, b] of allPairs) {
          const signs = [signOf(whole, a, b), signOf(best, a, b)]
          const count = (wanted: number) => signs.filter((sign) => sign === wanted).length
          expect(votes.preferred[at(a, b)] ?? 0).toBe(count(1))
          expect(votes.preferred[at(b, a)] ?? 0).toBe(count(-1))
          expect(votes.tied[at(a, b)] ?? 0).toBe(count(0))
        }
        const { strict, ties } = comparisons(whole)
        const judged = allPairs.map(([a, b]) => signOf(whole, a, b))
        expect(ties).toHaveLength(judged.filter((sign) => sign === 0).length)
        expect(strict).toHaveLength(judged.filter((sign) => sign === 1 || sign === -1).length)
      }),
      runs,
    )
  })
})
