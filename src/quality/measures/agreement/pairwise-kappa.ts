/**
 * Kappa for rankings with ties, over pairs of outputs: do two judgements of the same pair agree
 * (first better, tie, second better) beyond chance? Between labelers, and of one labeler with
 * himself on repeats. Chance takes "first better" and "second better" as equally likely, because
 * which of a pair is first means nothing, and a tie as likely as it is in all judgements.
 * O. Bojar et al., "Findings of the 2013 Workshop on Statistical Machine Translation", section 3.2.
 */

import { addTo, ONCE, type Running, startTally, sumOf, type Weights } from '../bootstrap.ts'
import { type Ballot, countVotes, eachPair, type Votes } from '../consensus/ballot.ts'
import { type Measured, measured, unmeasured } from '../measured.ts'
import { unseenUnits } from '../unseen.ts'

export type RunningKappa = Running<Votes> & {
  /** The share of judgements of the same pair that agree, before chance is taken off. */
  raw(resample?: number): Measured
  addUnseen(unseen: (shape: number, scale?: number) => Weights): void
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
  const seen = { records: 0, pairs: 0, met: 0 }
  const raw = (resample = 0): Measured => {
    const met = sumOf(tally, meetings, resample)
    if (met === 0) return unmeasured('Not enough overlap: no two rankings share a pair of outputs.')
    return measured(sumOf(tally, agreeing, resample) / met)
  }
  return {
    add(votes, weights = ONCE) {
      const sums = { agreeing: 0, meetings: 0, ties: 0, judgements: 0, pairs: 0, met: 0 }
      eachPair(votes, ({ first, second, tied }) => {
        const judged = first + second + tied
        // Every judgement counts for how common ties are, whether another labeler judged the pair or not.
        sums.ties += tied
        sums.judgements += judged
        if (judged < 2) return
        sums.agreeing += pairsOf(first) + pairsOf(second) + pairsOf(tied)
        sums.meetings += pairsOf(judged)
        sums.pairs += 1
        sums.met += judged
      })
      if (sums.judgements === 0) return
      addTo(tally, ties, sums.ties, weights)
      addTo(tally, judgements, sums.judgements, weights)
      if (sums.meetings === 0) return
      addTo(tally, agreeing, sums.agreeing, weights)
      addTo(tally, meetings, sums.meetings, weights)
      seen.records += weights[0] ?? 1
      seen.pairs += sums.pairs * (weights[0] ?? 1)
      seen.met += sums.met * (weights[0] ?? 1)
    },
    addUnseen(unseen) {
      if (seen.records === 0) return
      const signs = sumOf(tally, ties, 0) > 0 ? ['first', 'second', 'tied'] : ['first', 'second']
      // As many pairs to a record, and judgements to a pair, as were seen.
      const scale = seen.pairs / seen.records
      for (const { unit, shape } of unseenUnits(signs, seen.met / seen.pairs))
        this.add(votesOf(unit), unseen(shape, scale))
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

/** One pair of outputs, judged so. */
function votesOf(signs: readonly string[]): Votes {
  const count = (sign: string) => signs.filter((one) => one === sign).length
  const [first, second, tied] = [count('first'), count('second'), count('tied')]
  return { ids: ['a', 'b'], preferred: [0, first, second, 0], tied: [0, tied, tied, 0] }
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2
}
