/**
 * Kappa for rankings with ties, over pairs of outputs: do two judgements of the same pair agree
 * (first better, tie, second better) beyond chance? Between labelers, and of one labeler with
 * himself on repeats. Chance takes "first better" and "second better" as equally likely, because
 * which of a pair is first means nothing.
 * O. Bojar et al., "Findings of the 2013 Workshop on Statistical Machine Translation", section 3.2.
 */
import { type Ballot, countVotes, eachPair, type Votes } from './ballot.ts'
import { addTo, ONCE, type Running, startTally, sumOf } from './bootstrap.ts'
import { type Measured, measured, unmeasured } from './measured.ts'

export type RunningKappa = Running<Votes> & {
  /** The share of judgements of the same pair that agree, before chance is taken off. */
  raw(resample?: number): Measured
}

/** Kappa of all records at once; each lists the rankings it got. */
export function pairwiseKappa(records: readonly (readonly Ballot[])[]): Measured {
  const kappa = startPairwiseKappa()
  for (const ballots of records) kappa.add(countVotes(ballots))
  return kappa.read()
}

/** Starts a kappa to which the votes of one record at a time are added, in constant memory. */
export function startPairwiseKappa(resamples = 0): RunningKappa {
  const tally = startTally(resamples)
  const [agreeing, meetings, ties, judgements] = [0, 1, 2, 3]
  const raw = (resample = 0): Measured => {
    const met = sumOf(tally, meetings, resample)
    if (met === 0) return unmeasured('Not enough overlap: no two rankings share a pair of outputs.')
    return measured(sumOf(tally, agreeing, resample) / met)
  }
  return {
    add(votes, weights = ONCE) {
      const sums = { agreeing: 0, meetings: 0, ties: 0, judgements: 0 }
      eachPair(votes, ({ first, second, tied }) => {
        const judged = first + second + tied
        if (judged < 2) return
        sums.agreeing += pairsOf(first) + pairsOf(second) + pairsOf(tied)
        sums.meetings += pairsOf(judged)
        sums.ties += tied
        sums.judgements += judged
      })
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

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2
}
