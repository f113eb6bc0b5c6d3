/**
 * Finds what several rankings of one record say together, by ranked pairs. Nothing here is ever
 * decided by the order of ids, of outputs or of ballots: what the votes leave open stays open.
 */
import { type Ballot, countVotes, eachPair, type Ranks, type Votes } from './ballot.ts'

export { type Ballot, comparisons, type Ranks } from './ballot.ts'

/** How the ballots judged a pair, `a` before `b` in code unit order; `winner` is the consensus. */
export type PairVotes = {
  a: string
  b: string
  for: number
  against: number
  ties: number
  winner: string | null
}

/**
 * `ranks` holds every output seen and says nothing the votes do not: one output is above another
 * only if `pairs` names it the winner. The reverse may fail, because ranks cannot express a partial
 * order: with A > B decided and C undecided against both, the three share a rank. Code that
 * needs every decided pair (exports, adjudication) reads `pairs`.
 */
export type Consensus = { ranks: Ranks; pairs: PairVotes[] }

/**
 * Ranks outputs by ranked pairs over weak and partial orders: pairs are locked from the largest
 * margin down unless they contradict what is locked. Pairs of equal margin are locked together, and
 * those of them that would close a cycle are all left open, so a tie never falls to an id.
 * Every majority that the result goes against is outweighed by a path at least as strong.
 * T. N. Tideman, "Independence of clones as a criterion for voting rules", Soc. Choice Welf. 4,
 * 1987; T. M. Zavist and T. N. Tideman, Soc. Choice Welf. 6, 1989. In them a tie is no vote, so one voice against two ties
 * decides a pair; with `ties` "count" a pair that most call a tie is a majority for neither.
 */
export function consensusRanking(
  ballots: readonly Ballot[],
  how: { ties?: 'count' } = {},
): Consensus {
  return consensusOf(countVotes(ballots), how)
}

/** The same from votes that are already counted. */
export function consensusOf(votes: Votes, how: { ties?: 'count' } = {}): Consensus {
  const above = lockPairs(votes, how.ties === 'count')
  return { ranks: readRanks(votes.ids, above), pairs: readPairs(votes, above) }
}

/** Whether "no difference" is what most say: more than those who prefer either one. */
export function isTie({
  for: forA,
  against,
  ties,
}: Omit<PairVotes, 'a' | 'b' | 'winner'>): boolean {
  return ties > forA && ties > against
}

/** Ranks outputs from plain ranks, in which a shared rank is a tie. */
export function rankedPairs(ballots: readonly Ranks[]): Consensus {
  return consensusRanking(ballots.map((ranks) => ({ mode: 'full', ranks })))
}

/** Who is above whom, row-major like the votes, and closed: above of above is above. */
type Order = { size: number; cells: Uint8Array }

type Edge = { from: number; to: number; margin: number }

function lockPairs(votes: Votes, tiesCount: boolean): Order {
  const size = votes.ids.length
  const locked: Order = { size, cells: new Uint8Array(size * size) }
  const edges = majorities(votes, tiesCount)
  let start = 0
  while (start < edges.length) {
    let end = start + 1
    while (edges[end]?.margin === edges[start]?.margin) end += 1
    lockTogether(locked, edges.slice(start, end))
    start = end
  }
  return locked
}

function majorities(votes: Votes, tiesCount: boolean): Edge[] {
  const edges: Edge[] = []
  eachPair(votes, (pair, i, j) => {
    const { first, second } = pair
    if (tiesCount && isTie({ for: first, against: second, ties: pair.tied })) return
    if (first > second) edges.push({ from: i, to: j, margin: first - second })
    if (second > first) edges.push({ from: j, to: i, margin: second - first })
  })
  return edges.sort((a, b) => b.margin - a.margin)
}

function lockTogether(locked: Order, group: readonly Edge[]): void {
  const open = group.filter(({ from, to }) => !isAbove(locked, to, from))
  const all: Order = { size: locked.size, cells: locked.cells.slice() }
  for (const { from, to } of open) putAbove(all, from, to)
  for (const { from, to } of open) if (!isAbove(all, to, from)) putAbove(locked, from, to)
}

function isAbove({ size, cells }: Order, high: number, low: number): boolean {
  return cells[high * size + low] === 1
}

/** Adds `high` above `low` and everything that follows from it. */
function putAbove(order: Order, high: number, low: number): void {
  if (isAbove(order, high, low)) return
  const { size, cells } = order
  for (let upper = 0; upper < size; upper += 1) {
    if (upper !== high && !isAbove(order, upper, high)) continue
    for (let lower = 0; lower < size; lower += 1) {
      if (lower === low || isAbove(order, low, lower)) cells[upper * size + lower] = 1
    }
  }
}

/** Outputs joined by a chain of undecided pairs share a rank; all other pairs are decided. */
function readRanks(ids: readonly string[], above: Order): Ranks {
  const tiers = undecidedTogether(above)
  const below = tiers.map((tier) => countBelow(above, tier))
  const order = tiers.map((_, index) => index).sort((a, b) => (below[b] ?? 0) - (below[a] ?? 0))
  const rankOf = new Map(
    order.flatMap((tier, place) => (tiers[tier] ?? []).map((member) => [member, place + 1])),
  )
  // Without a prototype, an output called "__proto__" is a key like any other.
  const ranks: Ranks = Object.create(null)
  for (const [index, id] of ids.entries()) ranks[id] = rankOf.get(index) ?? 1
  return ranks
}

function undecidedTogether(above: Order): number[][] {
  const seen = new Set<number>()
  const tiers: number[][] = []
  for (let start = 0; start < above.size; start += 1) {
    if (seen.has(start)) continue
    const tier = [start]
    seen.add(start)
    for (const member of tier) {
      for (let other = 0; other < above.size; other += 1) {
        if (seen.has(other) || isAbove(above, member, other) || isAbove(above, other, member))
          continue
        seen.add(other)
        tier.push(other)
      }
    }
    tiers.push(tier)
  }
  return tiers
}

/** How many outputs outside the tier are below it; the same for every member, so the first is asked. */
function countBelow(above: Order, tier: readonly number[]): number {
  const first = tier[0] ?? 0
  let count = 0
  for (let other = 0; other < above.size; other += 1) {
    if (isAbove(above, first, other) && !tier.includes(other)) count += 1
  }
  return count
}

function readPairs(votes: Votes, above: Order): PairVotes[] {
  const pairs: PairVotes[] = []
  eachPair(votes, ({ first, second, tied }, i, j) => {
    const [a, b] = [votes.ids[i] ?? '', votes.ids[j] ?? '']
    const winner = isAbove(above, i, j) ? a : isAbove(above, j, i) ? b : null
    pairs.push({ a, b, for: first, against: second, ties: tied, winner })
  })
  return pairs
}
