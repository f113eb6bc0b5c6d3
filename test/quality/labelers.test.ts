/** What the numbers say about one labeler: position, length, speed, consistency, gold, the others. */
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
import { type Ballot, countVotes } from '../../src/quality/measures/consensus/ballot.ts'
import { goldAccuracy, goldRankingAccuracy } from '../../src/quality/measures/labelers/gold.ts'
import { startLeaveOneOut } from '../../src/quality/measures/labelers/leave-one-out.ts'
import { startLengthBias } from '../../src/quality/measures/labelers/length-bias.ts'
import { startPositionBias } from '../../src/quality/measures/labelers/position-bias.ts'
import {
  isTooFast,
  readingSeconds,
  startMedianSeconds,
} from '../../src/quality/measures/labelers/speed.ts'
import { close, known, near } from './near.ts'

function full(ranks: Record<string, number>): Ballot {
  return { mode: 'full', ranks }
}

const unknown = { value: null, reason: expect.any(String) }

describe('happy: one labeler', () => {
  test('who takes the first of two 15 times in 20 is noticed, as an exact test with mid-p would', () => {
    const bias = startPositionBias()
    for (let card = 0; card < 20; card += 1) bias.add(card < 15 ? 0 : 1, 2)
    const { first, cards, share, expected, p } = known(bias.read())
    expect({ first, cards, share, expected }).toEqual({
      first: 15,
      cards: 20,
      share: 0.75,
      expected: 0.5,
    })
    // A fair coin by counting: twice 15 or more heads of 20, of 15 itself one half.
    close(p, (2 * (15504 / 2 + 4845 + 1140 + 190 + 20 + 1)) / 2 ** 20, 1e-12)
  })

  test('cards of different sizes are held against their own chance', () => {
    const bias = startPositionBias()
    for (let card = 0; card < 60; card += 1) bias.add(card % 2, 2)
    for (let card = 0; card < 60; card += 1) bias.add(card % 4, 4)
    const { share, expected, p } = known(bias.read())
    close(share, 45 / 120)
    close(expected, 45 / 120)
    // Nothing is likelier: half of it, and all the rest.
    expect(p).toBeGreaterThan(0.94)
  })

  test('who takes the longer output is noticed, and equal lengths are passed over', () => {
    const bias = startLengthBias()
    for (let pair = 0; pair < 10; pair += 1) bias.add([[pair < 9 ? 200 : 100, 150]])
    bias.add([[100, 100]])
    const { share, of, p } = known(bias.read())
    expect({ share, of }).toEqual({ share: 0.9, of: 10 })
    // 9 and 10 of 10, of 9 one half, on both sides.
    close(p, (2 * (10 / 2 + 1)) / 2 ** 10, 1e-12)
  })

  test('the median time is right to one in a hundred, from clicks to lunch breaks', () => {
    for (const times of [[0.4], [3, 5, 900], [10, 20], [7200, 30, 40, 50]]) {
      const median = startMedianSeconds()
      for (const seconds of times) median.add(seconds)
      const sorted = times.toSorted((a, b) => a - b)
      const low = sorted[Math.ceil(times.length / 2) - 1] ?? 0
      const middle = (low + (sorted[Math.floor(times.length / 2)] ?? 0)) / 2
      close(known(median.read()) / middle, 1, 0.0101)
    }
  })

  test('238 words take a minute to read, and two seconds for them are too fast', () => {
    close(readingSeconds(238 * 6), 60)
    expect(isTooFast(2, 238 * 6)).toBe(true)
    expect(isTooFast(20, 238 * 6)).toBe(false)
  })

  test('repeats answered the same way are consistent', () => {
    const { share, of } = known(
      consistency([
        ['a', 'a'],
        ['a', 'b'],
        [3, 3],
        ['b', 'b'],
      ]),
    )
    expect({ share, of }).toEqual({ share: 0.75, of: 4 })
    near(rankingConsistency([[full({ A: 1, B: 2 }), full({ A: 1, B: 2 })]]), 1)
  })

  test('gold is right or wrong, and of a ranking only the pairs gold decides', () => {
    expect(
      known(
        goldAccuracy([
          ['a', 'a'],
          ['b', 'a'],
        ]),
      ).share,
    ).toBe(0.5)
    const gold = full({ A: 1, B: 2, C: 2 })
    expect(known(goldRankingAccuracy([[full({ A: 1, B: 3, C: 2 }), gold]])).share).toBe(1)
    expect(known(goldRankingAccuracy([[full({ A: 1, B: 1, C: 2 }), gold]])).share).toBe(0.5)
    expect(known(goldRankingAccuracy([[full({ A: 1, B: 2 }), gold]])).of).toBe(1)
  })
})

describe('happy: one labeler against the others', () => {
  const given = (...values: string[]) =>
    values.map((value, index) => ({ labeler: ['ana', 'ben', 'cleo', 'dan'][index] ?? '', value }))

  test('one’s own answer does not count for oneself, and tied others judge nobody', () => {
    const others = startLeaveOneOut()
    others.add(given('x', 'x', 'y'))
    // Ana is judged by x, y: tied. Ben the same. Cleo by x, x: she disagrees.
    expect(others.read('ana')).toEqual(unknown)
    expect(known(others.read('cleo'))).toMatchObject({ share: 0, of: 1 })
    others.add(given('x', 'x', 'x', 'y'))
    expect(known(others.read('ana'))).toMatchObject({ share: 1, of: 1 })
    expect(others.labelers()).toEqual(['ana', 'ben', 'cleo', 'dan'])
  })

  test('rankings are judged pair by pair, a tie being an answer of its own', () => {
    const others = startLeaveOneOut()
    others.addRankings([
      { labeler: 'ana', value: full({ A: 1, B: 2, C: 3 }) },
      { labeler: 'ben', value: full({ A: 1, B: 2, C: 2 }) },
      { labeler: 'cleo', value: full({ A: 1, B: 2, C: 2 }) },
    ])
    expect(known(others.read('ana'))).toMatchObject({ count: 2, of: 3 })
    // Without Ben, B against C stands one to one.
    expect(known(others.read('ben'))).toMatchObject({ count: 2, of: 2 })
  })
})

describe('happy: disagreement within a record', () => {
  test('labels, ratings and rankings are 0 when all agree and 1 when two are opposed', () => {
    near(labelDisagreement(['a', 'a', 'b']), 2 / 3)
    near(ratingDisagreement([1, 5], 1, 5), 1)
    near(ratingDisagreement([1, 3, 5], 1, 5), (2 + 4 + 2) / 3 / 4)
    const rank = (...ballots: Ballot[]) => rankingDisagreement(countVotes(ballots))
    near(rank(full({ A: 1, B: 2 }), full({ A: 1, B: 2 })), 0)
    near(rank(full({ A: 1, B: 2 }), full({ A: 2, B: 1 })), 1)
    near(rank(full({ A: 1, B: 2 }), full({ A: 1, B: 1 })), 0.5)
  })
})

describe('refused: nothing to go by', () => {
  test('every number says why it is missing', () => {
    expect(startPositionBias().read()).toEqual(unknown)
    expect(startLengthBias().read()).toEqual(unknown)
    expect(startMedianSeconds().read()).toEqual(unknown)
    expect(startLeaveOneOut().read('ana')).toEqual(unknown)
    expect(consistency([])).toEqual(unknown)
    expect(goldAccuracy([])).toEqual(unknown)
    expect(labelDisagreement(['a'])).toEqual(unknown)
    expect(ratingDisagreement([1, 2], 3, 3)).toEqual(unknown)
    expect(rankingDisagreement(countVotes([full({ A: 1, B: 2 })]))).toEqual(unknown)
  })

  test('a card of one output has no position to be biased about', () => {
    const bias = startPositionBias()
    bias.add(0, 1)
    expect(bias.read()).toEqual(unknown)
  })
})
