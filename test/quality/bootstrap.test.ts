/** Intervals by record: seeded, blind to the order of records, and as wide as they ought to be. */
import { describe, expect, test } from 'vitest'
import { nominal, startAlpha } from '../../src/quality/measures/agreement/alpha.ts'
import {
  intervalOf,
  percentileInterval,
  startBootstrap,
} from '../../src/quality/measures/bootstrap.ts'
import { type Ballot, countVotes, type Ranks } from '../../src/quality/measures/consensus/ballot.ts'
import { startMean } from '../../src/quality/measures/consensus/mean-rating.ts'
import { rankRanges, ranksOf } from '../../src/quality/measures/strength/rank-range.ts'
import { startRankingStrength } from '../../src/quality/measures/strength/ranking-strength.ts'
import { startStrength } from '../../src/quality/measures/strength/strength.ts'
import { close, known } from './near.ts'

describe('happy: weights', () => {
  test('weights are Poisson(1), independent over resamples, and 1 for the data itself', () => {
    const weigh = startBootstrap(7, 199)
    const seen = Array.from({ length: 12 }, () => 0)
    let [product, count] = [0, 0]
    for (let record = 0; record < 2000; record += 1) {
      const weights = weigh(`record ${record}`)
      expect(weights[0]).toBe(1)
      for (let column = 1; column < 200; column += 1) {
        const weight = weights[column] ?? 0
        seen[weight] = (seen[weight] ?? 0) + 1
        if (column > 1) product += (weight - 1) * ((weights[column - 1] ?? 0) - 1)
        count += 1
      }
    }
    let expected = Math.exp(-1)
    for (let draw = 0; draw < 5; draw += 1) {
      close((seen[draw] ?? 0) / count, expected, 0.003)
      expected /= draw + 1
    }
    close(product / count, 0, 0.01)
  })
})

describe('twice: the same seed', () => {
  const records = Array.from(
    { length: 60 },
    (_, i) => [`r${i}`, [i % 3, (i * 7) % 3, i % 2]] as const,
  )

  function alphaInterval(rows: typeof records, seed: number) {
    const alpha = startAlpha(nominal, 200)
    const weigh = startBootstrap(seed, 200)
    for (const [record, answers] of rows) alpha.add(answers, weigh(record))
    return { alpha: alpha.read(), interval: known(intervalOf(alpha.read, 200)) }
  }

  test('gives the same interval in any order of records, another seed another one', () => {
    const first = alphaInterval(records, 1)
    const again = alphaInterval(records.toReversed(), 1)
    close(again.interval.low, first.interval.low, 1e-9)
    close(again.interval.high, first.interval.high, 1e-9)
    expect(alphaInterval(records, 2).interval.low).not.toBe(first.interval.low)
    expect(first.interval.low).toBeLessThan(first.interval.high)
  })

  test('the observed value does not depend on whether intervals were asked for', () => {
    const plain = startAlpha(nominal)
    for (const [, answers] of records) plain.add(answers)
    expect(plain.read()).toEqual(alphaInterval(records, 1).alpha)
    expect(plain.overlap()).toEqual({ units: 60, answers: 180 })
  })
})

describe('happy: intervals', () => {
  test('the interval of a mean is as wide as the central limit theorem says', () => {
    const mean = startMean(1000)
    const weigh = startBootstrap(3, 1000)
    for (let i = 0; i < 400; i += 1) mean.add([i % 5], weigh(`${i}`))
    const { low, high } = known(intervalOf(mean.read, 1000))
    close((low + high) / 2, 2, 0.05)
    close(high - low, 2 * 1.96 * Math.sqrt(2 / 400), 0.04)
  })

  test('a leaderboard gives ranges that overlap where the data cannot tell', () => {
    const strength = startStrength(200)
    const weigh = startBootstrap(3, 200)
    const modelOf = new Map([
      ['x', 'strong'],
      ['y', 'middling'],
      ['z', 'the same'],
    ])
    for (let i = 0; i < 100; i += 1) {
      const ranks =
        i % 10 === 0 ? { x: 3, y: 1, z: 2 } : i % 2 ? { x: 1, y: 2, z: 3 } : { x: 1, y: 3, z: 2 }
      strength.add(countVotes([{ mode: 'full', ranks }]), modelOf, weigh(`${i}`))
    }
    const { standings, penalized } = known(strength.leaderboard())
    expect(penalized).toBe(false)
    expect(standings[0]).toMatchObject({ model: 'strong', rank: 1, judgements: 200 })
    expect(known(standings[0]?.rankRange ?? unread)).toEqual({ low: 1, high: 1 })
    expect(known(standings[1]?.rankRange ?? unread)).toEqual({ low: 2, high: 3 })
    for (const { strength: value, interval } of standings) {
      const { low, high } = known(interval)
      expect(low).toBeLessThan(value)
      expect(value).toBeLessThan(high)
    }
  })

  test('whole rankings give the same order as their pairs, and say what they could not take', () => {
    const strength = startRankingStrength(100)
    const weigh = startBootstrap(5, 100)
    const modelOf = new Map([...'wxyz'].map((id) => [id, id === 'w' ? 'of x' : `of ${id}`]))
    for (let i = 0; i < 90; i += 1) {
      const ranks: Ranks =
        i % 9 === 0 ? { x: 3, y: 1, z: 2 } : i % 3 ? { x: 1, y: 2, z: 3 } : { x: 1, y: 2, z: 1 }
      const best: Ballot = { mode: 'best_only', ranks: { x: 1, y: 2, z: 2 } }
      strength.add([{ mode: 'full', ranks }, best], modelOf, weigh(`${i}`))
    }
    strength.add([{ mode: 'best_worst', ranks: { x: 1, y: 2, z: 3 } }], modelOf)
    strength.add([{ mode: 'full', ranks: { x: 1, w: 2 } }], modelOf)
    strength.add([{ mode: 'full', ranks: { x: 1, unknown: 2 } }], modelOf)
    expect(strength.leftOut()).toBe(3)
    const { standings } = known(strength.leaderboard())
    expect(standings.map(({ model }) => model)).toEqual(['of x', 'of y', 'of z'])
    expect(standings[0]).toMatchObject({ rank: 1, judgements: 180 })
    expect(known(standings[0]?.rankRange ?? unread)).toEqual({ low: 1, high: 1 })
  })

  test('equal strengths share the better rank', () => {
    expect(ranksOf([0, 1, 1, -1])).toEqual([3, 1, 1, 4])
    expect(
      rankRanges(
        [
          [1, 0],
          [0, 1],
        ],
        2,
      ).map(known),
    ).toEqual([
      { low: 1, high: 2 },
      { low: 1, high: 2 },
    ])
  })
})

describe('refused: no interval', () => {
  test('without resamples, or where most of them compute nothing, the reason is told', () => {
    const alpha = startAlpha(nominal, 50)
    alpha.add([1, 2], startBootstrap(1, 50)('the only record'))
    expect(intervalOf(alpha.read, 50)).toEqual(unread)
    expect(percentileInterval([], 0)).toEqual(unread)
    expect(known(startStrengthOfTwo().leaderboard()).standings[0]?.interval).toEqual(unread)
  })

  function startStrengthOfTwo() {
    const strength = startStrength()
    const modelOf = new Map([
      ['x', 'one'],
      ['y', 'other'],
      ['z', 'one'],
    ])
    strength.add(countVotes([{ mode: 'tiers', ranks: { x: 1, y: 2, z: 3, unknown: 1 } }]), modelOf)
    return strength
  }
})

const unread = { value: null, reason: expect.any(String) }
