/** Counts the ballots of a post: their result, and how far they agree. Pure. */
import { rawAgreement } from '../quality/measures/agreement/agreement.ts'
import { krippendorffAlpha, nominal } from '../quality/measures/agreement/alpha.ts'
import { pairJudgements } from '../quality/measures/agreement/pair-judgements.ts'
import type { Ballot } from '../quality/measures/consensus/ballot.ts'
import { consensusRanking } from '../quality/measures/consensus/consensus.ts'
import { wilson } from '../quality/measures/wilson.ts'

/** The stored result of a post; texts and models stay with the record. */
export type StoredResult = {
  /** All ballots, those that found nothing acceptable included. */
  votes: number
  /** Best first; `first` is the share of ballots that put it first, null where none ranked it. */
  ranking: { id: string; rank: number; first: number | null }[]
  /** The share of pairs of ballots that judged the same two outputs alike, or null. */
  agreement: number | null
  /** Krippendorff's alpha over the same judgements. */
  alpha: number | null
  /** How sure the first place is: the 95% interval of its share. */
  first: { share: number; low: number; high: number } | null
  /** How many rankings the result needed; set when there were fewer, and so the result stays private. */
  least?: number
}

/** The default: the private votes of one or two people are not shown to the channel. */
export const leastVotes = 3

/** `outputs` are those of the record, in its own order; `votes` may be more than gave a ranking. */
export function countPoll(
  outputs: readonly string[],
  ballots: readonly Ballot[],
  votes: number,
  least = leastVotes,
): StoredResult {
  if (ballots.length < least)
    return { votes, ranking: [], agreement: null, alpha: null, first: null, least }
  const { ranks } = consensusRanking(ballots, { ties: 'count' })
  const last = Math.max(0, ...Object.values(ranks)) + 1
  const ranking = outputs
    .map((id) => {
      const seen = ballots.filter((ballot) => Object.hasOwn(ballot.ranks, id))
      const first = seen.filter((ballot) => ballot.ranks[id] === 1).length
      return {
        id,
        rank: Object.hasOwn(ranks, id) ? (ranks[id] ?? last) : last,
        first: seen.length === 0 ? null : first / seen.length,
        count: first,
        of: seen.length,
      }
    })
    .sort((a, b) => a.rank - b.rank || (b.first ?? 0) - (a.first ?? 0))
  const units = pairJudgements(outputs, ballots)
  const [best] = ranking
  const sure = best ? wilson(best.count, best.of) : null
  return {
    votes,
    ranking: ranking.map(({ id, rank, first }) => ({ id, rank, first })),
    agreement: rawAgreement(units).value,
    alpha: krippendorffAlpha(units, nominal).value,
    first: sure?.value
      ? { share: sure.value.share, low: sure.value.low, high: sure.value.high }
      : null,
  }
}
