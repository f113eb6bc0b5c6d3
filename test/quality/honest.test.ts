/** Intervals hold the truth and tests cry wolf as often as they say, over sets from a known truth. */
import { describe, expect, test } from 'vitest'
import { startBootstrap } from '../../src/quality/measures/bootstrap.ts'
import { addBundle, noBundles, shareOfBundles } from '../../src/quality/measures/clustered-share.ts'
import type { Ballot } from '../../src/quality/measures/consensus/ballot.ts'
import { countVotes } from '../../src/quality/measures/consensus/ballot.ts'
import { dawidSkene } from '../../src/quality/measures/consensus/dawid-skene.ts'
import {
  bradleyTerryContest,
  fitBradleyTerry,
} from '../../src/quality/measures/strength/bradley-terry.ts'
import { davidsonContest, fitDavidson } from '../../src/quality/measures/strength/davidson.ts'
import { fitPlackettLuce } from '../../src/quality/measures/strength/plackett-luce.ts'
import { startRankingStrength } from '../../src/quality/measures/strength/ranking-strength.ts'
import { startStrength } from '../../src/quality/measures/strength/strength.ts'
import { randomOf } from '../support/random.ts'
import { close, known } from './near.ts'
import { drawAgreement, drawLabelers, drawStrengths } from './simulated.ts'

/** The thousand sets of `bench/coverage.ts` are in docs/statistics.md; here a few, with room for luck. */
const fewSets = 60

describe('happy: a model that never lost', () => {
  const modelOf = new Map([...'abcd'].map((id) => [id, `model ${id}`]))
  const methods = ['Bradley-Terry', 'Davidson', 'Plackett-Luce'] as const
  type Method = (typeof methods)[number]

  function boardOf(method: Method, records: readonly (readonly Ballot[])[]) {
    const [pairs, whole, weigh] = [
      startStrength(100),
      startRankingStrength(100),
      startBootstrap(1, 100),
    ]
    for (const [n, ballots] of records.entries()) {
      pairs.add(countVotes(ballots), modelOf, weigh(`${n}`))
      whole.add(ballots, modelOf, weigh(`${n}`))
    }
    const board =
      method === 'Plackett-Luce'
        ? whole.leaderboard()
        : pairs.leaderboard(method === 'Davidson' ? davidsonContest : bradleyTerryContest)
    const { standings, penalized } = known(board)
    return { penalized, of: new Map(standings.map((one) => [one.model.at(-1), one])) }
  }
  const beats = (...order: string[]): Ballot => ({
    mode: 'full',
    ranks: Object.fromEntries(order.map((id, place) => [id, place + 1])),
  })
  const times = (count: number, ballots: Ballot[]) => Array.from({ length: count }, () => ballots)

  test.each(methods)(
    '%s: 120 of 120 have a lower limit, where chance is 1 in 40, and no upper one',
    (method) => {
      const { penalized, of } = boardOf(method, times(120, [beats('a', 'b')]))
      expect(penalized).toBe(true)
      // Half the distance at which 120 wins in a row happen once in 40 times.
      const share = 0.025 ** (1 / 120)
      const limit = Math.log(share / (1 - share)) / 2
      const { low, high } = known(of.get('a')?.interval ?? none)
      close(low, limit, 0.005)
      expect(high).toBe(Number.POSITIVE_INFINITY)
      const lower = known(of.get('b')?.interval ?? none)
      expect(lower.low).toBe(Number.NEGATIVE_INFINITY)
      close(lower.high, -limit, 0.005)
      expect(known(of.get('a')?.rankRange ?? none)).toEqual({ low: 1, high: 1 })
    },
  )

  test.each(methods)('%s: three answers to each of 40 records are worth 40', (method) => {
    const each = boardOf(method, times(40, [beats('a', 'b')])).of.get('a')
    const thrice = boardOf(method, times(40, [beats('a', 'b'), beats('a', 'b'), beats('a', 'b')]))
    const { low } = known(thrice.of.get('a')?.interval ?? none)
    close(low, known(each?.interval ?? none).low, 0.01)
  })

  test.each(methods)('%s: of two wins nothing can be told but that they are few', (method) => {
    const { of } = boardOf(method, times(2, [beats('a', 'b')]))
    const { low, high } = known(of.get('a')?.interval ?? none)
    expect(low).toBeLessThan(0)
    expect(high).toBe(Number.POSITIVE_INFINITY)
    expect(known(of.get('a')?.rankRange ?? none)).toEqual({ low: 1, high: 2 })
  })

  test.each(methods)(
    '%s: a group that never lost is open above, each of it, and the rest below',
    (method) => {
      const games = [
        beats('a', 'b'),
        beats('b', 'a'),
        beats('c', 'd'),
        beats('d', 'c'),
        beats('a', 'c'),
        beats('b', 'd'),
      ]
      const { of } = boardOf(
        method,
        games.flatMap((game) => times(10, [game])),
      )
      for (const id of 'ab') {
        const { low, high } = known(of.get(id)?.interval ?? none)
        expect([Number.isFinite(low), high]).toEqual([true, Number.POSITIVE_INFINITY])
        expect(known(of.get(id)?.rankRange ?? none)).toEqual({ low: 1, high: 2 })
      }
      for (const id of 'cd') {
        const { low, high } = known(of.get(id)?.interval ?? none)
        expect([low, Number.isFinite(high)]).toEqual([Number.NEGATIVE_INFINITY, true])
      }
    },
  )

  test.each(methods)(
    '%s: one between a winner and a loser has no interval, and it is said why',
    (method) => {
      const { of } = boardOf(method, [
        ...times(20, [beats('a', 'b')]),
        ...times(20, [beats('b', 'c')]),
      ])
      expect(of.get('b')?.interval).toEqual({
        value: null,
        reason: expect.stringContaining('collect more comparisons'),
      })
    },
  )

  test.each(methods)(
    '%s: one loss in 30 is in few resamples enough, yet has limits on both sides',
    (method) => {
      const { of, penalized } = boardOf(method, [
        ...times(29, [beats('a', 'b')]),
        [beats('b', 'a')],
      ])
      expect(penalized).toBe(false)
      const { low, high } = known(of.get('a')?.interval ?? none)
      const odds = (share: number) => Math.log(share / (1 - share)) / 2
      // Clopper and Pearson: .828 to .9992.
      close(low, odds(0.828), 0.15)
      expect(high).toBeGreaterThan(odds(0.99))
      expect(high).toBeLessThan(odds(0.9999))
    },
  )

  test('a chain of close to certain wins has a maximum, however far apart its ends', () => {
    const places = [...Array(12).keys()]
    const wins = places.map((a) => places.map((b) => (b === a + 1 ? 9999 : a === b + 1 ? 1 : 0)))
    const ties = wins.map((row) => row.map(() => 0))
    const found = known(fitBradleyTerry({ wins, ties }))
    expect(found.penalized).toBe(false)
    close((found.strengths[0] ?? 0) - (found.strengths[11] ?? 0), 11 * Math.log(9999), 1e-3)
    const rankings = places.slice(1).flatMap((b) => [
      { tiers: [[b - 1], [b]], times: 9999 },
      { tiers: [[b], [b - 1]], times: 1 },
    ])
    close(known(fitPlackettLuce(12, rankings)).strengths[0], found.strengths[0] ?? 0, 1e-3)
    const near = ties.map((row, a) => row.map((_, b) => (Math.abs(a - b) === 1 ? 3 : 0)))
    expect(known(fitDavidson({ wins, ties: near })).penalized).toBe(false)
  })

  test('coverage, of one-sided intervals too', () => {
    const runs = drawStrengths().filter(({ name }) => /p \.97, 30|p \.93|two of four/.test(name))
    expect(runs).toHaveLength(9)
    for (const { name, run } of runs)
      for (const { what, share, of } of run(fewSets))
        if (what !== 'none' && of > 20) expect(share, `${name}: ${what}`).toBeGreaterThan(0.9)
  }, 60_000)
})

describe('happy: one ranking is one judgement', () => {
  test('the pairs of a ranking are no more than it, and single pairs are Wilson’s', () => {
    const [alike, single] = [noBundles(), noBundles()]
    for (let n = 0; n < 20; n += 1) {
      addBundle(alike, n < 15 ? 10 : 0, 10)
      addBundle(single, n < 15 ? 1 : 0, 1)
    }
    const [wide, plain] = [known(shareOfBundles(alike)), known(shareOfBundles(single))]
    expect(wide.low).toBeLessThan(plain.low)
    close(wide.low, plain.low, 0.04)
  })

  test('20 rankings of 10 that all agree are not sure beyond doubt', () => {
    const all = noBundles()
    for (let n = 0; n < 20; n += 1) addBundle(all, 45, 45)
    const { low, high } = known(shareOfBundles(all))
    expect(high).toBe(1)
    expect(low).toBeGreaterThan(0.75)
    expect(low).toBeLessThan(0.85)
  })

  test('tests of length that mean nothing reject about once in a hundred times, at any size', () => {
    const runs = drawLabelers().filter(({ name }) => /20 rankings of (2|5|20)$/.test(name))
    expect(runs).toHaveLength(3)
    for (const { name, run } of runs) {
      const [rejects, longer, others] = run(150)
      expect(rejects?.share, name).toBeLessThan(0.05)
      expect(longer?.share, name).toBeGreaterThan(0.88)
      expect(others?.share, name).toBeGreaterThan(0.88)
    }
  }, 60_000)
})

describe('happy: where nearly all answers are alike', () => {
  test('intervals of alpha, AC1 and raw agreement hold the truth', () => {
    const runs = drawAgreement().filter(({ name }) => /2 labelers, (30|100) records/.test(name))
    expect(runs).toHaveLength(4)
    for (const { name, run } of runs)
      for (const { what, share, of } of run(100))
        expect(share, `${name}: ${what} of ${of}`).toBeGreaterThan(0.88)
  }, 60_000)
})

describe('happy: Dawid-Skene on data that creep', () => {
  const random = randomOf(300)
  const answers = Array.from({ length: 900 }, (_, n) => {
    const truth = Math.floor(n / 3) % 3
    const label = 'abc'[random() < 0.5 ? truth : Math.floor(random() * 3)] ?? ''
    return { record: `${Math.floor(n / 3)}`, labeler: `l${Math.floor(random() * 10)}`, label }
  })

  test('it settles where each round would lead back to itself', () => {
    const { records, shares, labelers, labels, converged, rounds } = known(dawidSkene(answers))
    expect(converged).toBe(true)
    expect(rounds).toBeGreaterThan(50)
    for (const [truth, share] of shares.entries()) {
      const beliefs = [...records.values()].map((own) => own[truth] ?? 0)
      close(beliefs.reduce((a, b) => a + b, 0) / beliefs.length, share, 1e-4)
      for (const [labeler, errors] of labelers) {
        const own = answers.filter((one) => one.labeler === labeler)
        const weight = (given: typeof own) =>
          given.reduce((sum, { record }) => sum + (records.get(record)?.[truth] ?? 0), 0)
        for (const [place, label] of labels.entries()) {
          const rate = weight(own.filter((one) => one.label === label)) / weight(own)
          close(errors[truth]?.[place], rate, 1e-3)
        }
      }
    }
  })

  test('stopped before, it says so', () => {
    const early = known(dawidSkene(answers, 20))
    expect([early.converged, early.rounds]).toEqual([false, 20])
    const settled = known(dawidSkene(answers)).logLikelihood
    expect(settled).toBeGreaterThan(early.logLikelihood)
  })
})

const none = { value: null, reason: 'There is no such model.' } as const
