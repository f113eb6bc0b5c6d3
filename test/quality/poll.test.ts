/** What the votes on a post say together, and when they are too few to be told. */
import { describe, expect, test } from 'vitest'
import { countPoll } from '../../src/posts/poll.ts'
import type { Ballot } from '../../src/quality/measures/consensus/ballot.ts'

const outputs = ['a', 'b']
const ballots = (...winners: string[]): Ballot[] =>
  winners.map((winner) => ({
    mode: 'full',
    ranks: { [winner]: 1, [winner === 'a' ? 'b' : 'a']: 2 },
  }))

describe('happy: a result', () => {
  test('of three tells who came first, and how sure that is', () => {
    const { ranking, first, votes, least } = countPoll(outputs, ballots('a', 'a', 'b'), 3)
    expect(ranking.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(first?.share).toBeCloseTo(2 / 3)
    expect(first?.low).toBeLessThan(0.3)
    expect([votes, least]).toEqual([3, undefined])
  })

  test('of two who said tie and one who did not names nobody the better', () => {
    const tie: Ballot = { mode: 'full', ranks: { a: 1, b: 1 } }
    const { ranking } = countPoll(outputs, [tie, tie, ...ballots('b')], 3)
    expect(ranking.map(({ rank }) => rank)).toEqual([1, 1])
  })

  test('of one is told where the dataset says that one is enough', () => {
    expect(countPoll(outputs, ballots('b'), 1, 1).ranking[0]).toMatchObject({ id: 'b', first: 1 })
  })
})

describe('refused: a result that would tell who said what', () => {
  test('one or two rankings stay private, however many voted that none is acceptable', () => {
    for (const few of [ballots('a'), ballots('a', 'a')])
      expect(countPoll(outputs, few, 9)).toEqual({
        ...{ votes: 9, ranking: [], agreement: null, alpha: null, first: null, least: 3 },
      })
  })
})
