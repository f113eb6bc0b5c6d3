/** What one ranking says about pairs of outputs, and what all rankings of a record say together. */

/** Dense ranks by output id, 1 = best; an output that was not judged is absent. */
export type Ranks = Record<string, number>
export type RankingMode = 'full' | 'tiers' | 'best_worst' | 'best_only'

/** A stored ranking value; its other keys (strength, all_unacceptable) change no pair. */
export type Ballot = { mode: RankingMode; ranks: Ranks }

/** The pairs one ballot judged: `strict` holds [better, worse], `ties` holds equals. */
export type Comparisons = { strict: [string, string][]; ties: [string, string][] }

/**
 * Turns a stored ranking into the pairs it judged. In `full` and `tiers` a shared rank is a tie;
 * in `best_worst` and `best_only` it means "not compared" and gives no pair.
 */
export function comparisons(ballot: Ballot): Comparisons {
  const judged = Object.entries(ballot.ranks)
  const found: Comparisons = { strict: [], ties: [] }
  for (const [index, [a, rankOfA]] of judged.entries()) {
    for (const [b, rankOfB] of judged.slice(index + 1)) {
      if (rankOfA < rankOfB) found.strict.push([a, b])
      else if (rankOfB < rankOfA) found.strict.push([b, a])
      else if (tiesCount(ballot.mode)) found.ties.push([a, b])
    }
  }
  return found
}

/**
 * The ballots of one record in square tables over its outputs, row-major: cell (i, j) is at
 * `i * ids.length + j`. `preferred` counts ballots with i above j, `tied` (symmetric) those with a
 * tie. `ids` are in code unit order.
 */
export type Votes = { ids: string[]; preferred: number[]; tied: number[] }

/** Counts the ballots of one record once, for consensus, kappa, strength and disagreement alike. */
export function countVotes(ballots: readonly Ballot[]): Votes {
  const ids: string[] = []
  for (const { ranks } of ballots) {
    for (const id of Object.keys(ranks)) if (!ids.includes(id)) ids.push(id)
  }
  ids.sort()
  const preferred: number[] = new Array(ids.length ** 2).fill(0)
  const tied: number[] = new Array(ids.length ** 2).fill(0)
  for (const ballot of ballots) {
    const own = ranksIn(ballot, ids)
    const ties = tiesCount(ballot.mode)
    let cell = 0
    for (let i = 0; i < own.length; i += 1) {
      const rank = own[i] ?? UNJUDGED
      for (let j = 0; j < own.length; j += 1, cell += 1) {
        const other = own[j] ?? UNJUDGED
        if (i === j || rank === UNJUDGED || other === UNJUDGED) continue
        if (rank < other) preferred[cell] = (preferred[cell] ?? 0) + 1
        else if (rank === other && ties) tied[cell] = (tied[cell] ?? 0) + 1
      }
    }
  }
  return { ids, preferred, tied }
}

/** The ranks a ballot gives to these outputs; `UNJUDGED` where it gives none. */
export function ranksIn({ ranks }: Ballot, ids: readonly string[]): number[] {
  const own: number[] = []
  for (const id of ids) own.push(Object.hasOwn(ranks, id) ? (ranks[id] ?? UNJUDGED) : UNJUDGED)
  return own
}

/** Ranks begin at 1. */
export const UNJUDGED = 0

/** How often a pair was judged each way. */
export type PairCounts = { first: number; second: number; tied: number }

/** Calls back for every pair of outputs, `i` before `j` in `ids`, judged or not. */
export function eachPair(
  votes: Votes,
  visit: (pair: PairCounts, i: number, j: number) => void,
): void {
  const size = votes.ids.length
  for (let i = 0; i < size; i += 1) {
    for (let j = i + 1; j < size; j += 1) {
      const first = votes.preferred[i * size + j] ?? 0
      const second = votes.preferred[j * size + i] ?? 0
      visit({ first, second, tied: votes.tied[i * size + j] ?? 0 }, i, j)
    }
  }
}

/** Whether a shared rank is a tie, rather than "not compared". */
export function tiesCount(mode: RankingMode): boolean {
  switch (mode) {
    case 'full':
    case 'tiers':
      return true
    case 'best_worst':
    case 'best_only':
      return false
  }
}
