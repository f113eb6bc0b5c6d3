/**
 * Kappa for rankings with ties, over pairs of outputs: do two judgements of the same pair agree
 * (first better, tie, second better) beyond chance? Between labelers, and of one labeler with
 * himself on repeats. Chance takes "first better" and "second better" as equally likely, because
 * which of a pair is first means nothing.
 * O. Bojar et al., "Findings of the 2013 Workshop on Statistical Machine Translation", section 3.2.
 */
import { addTo, ONCE, type Running, startTally, sumOf } from './bootstrap.ts'
import { type Ballot, comparisons } from './consensus.ts'
import { type Measured, measured, unmeasured } from './measured.ts'

export type RunningKappa = Running<readonly Ballot[]> & {
  /** The share of judgements of the same pair that agree, before chance is taken off. */
  raw(resample?: number): Measured
}

/** Kappa of all records at once; each lists the rankings it got. */
export function pairwiseKappa(records: readonly (readonly Ballot[])[]): Measured {
  const kappa = startPairwiseKappa()
  for (const ballots of records) kappa.add(ballots)
  return kappa.read()
}

/** Starts a kappa to which records are added one at a time, in constant memory. */
export function startPairwiseKappa(resamples = 0): RunningKappa {
  const tally = startTally(resamples)
  const [agreeing, meetings, ties, judgements] = [0, 1, 2, 3]
  const raw = (resample = 0): Measured => {
    const met = sumOf(tally, meetings, resample)
    if (met === 0) return unmeasured('Not enough overlap: no two rankings share a pair of outputs.')
    return measured(sumOf(tally, agreeing, resample) / met)
  }
  return {
    add(ballots, weights = ONCE) {
      if (ballots.length < 2) return
      const sums = { agreeing: 0, meetings: 0, ties: 0, judgements: 0 }
      for (const { first, second, tied } of countPairs(ballots).values()) {
        const judged = first + second + tied
        if (judged < 2) continue
        sums.agreeing += pairsOf(first) + pairsOf(second) + pairsOf(tied)
        sums.meetings += pairsOf(judged)
        sums.ties += tied
        sums.judgements += judged
      }
      if (sums.meetings === 0) return
      addTo(tally, agreeing, sums.agreeing, weights)
      addTo(tally, meetings, sums.meetings, weights)
      addTo(tally, ties, sums.ties, weights)
      addTo(tally, judgements, sums.judgements, weights)
    },
    raw,
    read(resample = 0) {
      const agreement = raw(resample)
      if (agreement.value === null) return agreement
      const tieShare = sumOf(tally, ties, resample) / sumOf(tally, judgements, resample)
      if (tieShare === 1) return unmeasured('Every pair was judged a tie.')
      const chance = tieShare ** 2 + (1 - tieShare) ** 2 / 2
      return measured((agreement.value - chance) / (1 - chance))
    },
  }
}

export type PairCounts = { first: number; second: number; tied: number }

/** Counts the judgements of each pair of outputs, the smaller id first. */
export function countPairs(ballots: readonly Ballot[]): Map<string, PairCounts> {
  const counts = new Map<string, PairCounts>()
  const at = (a: string, b: string) => {
    const key = JSON.stringify(a < b ? [a, b] : [b, a])
    const found = counts.get(key) ?? { first: 0, second: 0, tied: 0 }
    counts.set(key, found)
    return found
  }
  for (const ballot of ballots) {
    const { strict, ties } = comparisons(ballot)
    for (const [better, worse] of strict)
      at(better, worse)[better < worse ? 'first' : 'second'] += 1
    for (const [a, b] of ties) at(a, b).tied += 1
  }
  return counts
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2
}
