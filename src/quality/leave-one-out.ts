/**
 * Leave-one-out agreement: how often a labeler agrees with the majority of everybody else, his own
 * answer left out so that it cannot agree with itself. Where the others are tied nobody is judged.
 * R. Snow et al., "Cheap and fast - but is it good?", EMNLP 2008; Wilson intervals.
 */
import type { Key } from './agreement.ts'
import { type Ballot, comparisons } from './consensus.ts'
import type { Measured } from './measured.ts'
import { countPairs, type PairCounts } from './pairwise-kappa.ts'
import { type Share, wilson } from './wilson.ts'

export type RunningLeaveOneOut = {
  /** The answers to one thing, each with its labeler. */
  add(answers: readonly { labeler: string; value: Key }[]): void
  /** The rankings of one record; each pair of outputs is judged on its own. */
  addRankings(answers: readonly { labeler: string; value: Ballot }[]): void
  labelers(): string[]
  read(labeler: string): Measured<Share>
}

export function startLeaveOneOut(): RunningLeaveOneOut {
  const counts = new Map<string, { agreed: number; judged: number }>()
  const note = (labeler: string, agreed: boolean) => {
    const found = counts.get(labeler) ?? { agreed: 0, judged: 0 }
    counts.set(labeler, found)
    found.judged += 1
    if (agreed) found.agreed += 1
  }
  return {
    add(answers) {
      const votes = new Map<Key, number>()
      for (const { value } of answers) votes.set(value, (votes.get(value) ?? 0) + 1)
      for (const { labeler, value } of answers) {
        const others = new Map(votes).set(value, (votes.get(value) ?? 0) - 1)
        const winner = onlyWinner(others)
        if (winner !== undefined) note(labeler, winner === value)
      }
    },
    addRankings(answers) {
      const votes = countPairs(answers.map((answer) => answer.value))
      for (const { labeler, value } of answers) {
        for (const { key, side } of sides(value)) {
          const all = votes.get(key)
          if (all === undefined) continue
          const winner = onlyWinner(new Map(Object.entries({ ...all, [side]: all[side] - 1 })))
          if (winner !== undefined) note(labeler, winner === side)
        }
      }
    },
    labelers: () => [...counts.keys()].sort(),
    read(labeler) {
      const { agreed, judged } = counts.get(labeler) ?? { agreed: 0, judged: 0 }
      return wilson(agreed, judged)
    },
  }
}

function onlyWinner<Value>(votes: ReadonlyMap<Value, number>): Value | undefined {
  const most = Math.max(0, ...votes.values())
  const [winner, rival] = [...votes].filter(([, count]) => count === most)
  return most === 0 || rival !== undefined ? undefined : winner?.[0]
}

/** How one ballot judged its pairs, under the keys of `countPairs`. */
function sides(ballot: Ballot): { key: string; side: keyof PairCounts }[] {
  const { strict, ties } = comparisons(ballot)
  return [
    ...strict.map(([better, worse]): { key: string; side: keyof PairCounts } =>
      better < worse
        ? { key: JSON.stringify([better, worse]), side: 'first' }
        : { key: JSON.stringify([worse, better]), side: 'second' },
    ),
    ...ties.map(([a, b]): { key: string; side: keyof PairCounts } => ({
      key: JSON.stringify(a < b ? [a, b] : [b, a]),
      side: 'tied',
    })),
  ]
}
