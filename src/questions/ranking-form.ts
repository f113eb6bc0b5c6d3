/**
 * How a ranking is asked by choices, the same on every platform: two outputs as one choice, the ends
 * as the places of one or two outputs, more tiers as a rank for each output. Pure.
 */
import { rankOf } from './earlier.ts'
import type { RankingMode, RankingQuestion } from './question.ts'
import type { RankingValue } from './values.ts'

/** What may be said of two outputs: the first is better, they are equal, the second is, both are bad. */
export type Pair = 'a' | 'tie' | 'b' | 'bad'
export type End = 'best' | 'worst'
type Ranks = [output: string, rank: number][]

/** Tiers are asked as one press for each output, where a menu would take two. */
export const tiers = 5

export function fitsTiers(value: RankingValue | undefined): boolean {
  return Object.values(value?.ranks ?? {}).every((rank) => rank <= tiers)
}

/** Whether equal ranks are an answer; tiers are made of them. */
export function allowsTies({ mode, ties }: RankingQuestion): boolean {
  return mode === 'tiers' || (mode === 'full' && ties)
}

/** Two outputs are asked in one choice, unless they were ranked and both found bad. */
export function asksPair(outputs: readonly string[], value: RankingValue | undefined): boolean {
  const bothRanked = value?.all_unacceptable === true && Object.keys(value.ranks).length > 0
  return outputs.length === 2 && !bothRanked
}

export function pairOf(
  value: RankingValue | undefined,
  outputs: readonly string[],
): Pair | undefined {
  if (!value) return undefined
  const [first, second] = outputs.map((output) => rankOf(value.ranks, output))
  if (first === undefined || second === undefined) return value.all_unacceptable ? 'bad' : undefined
  if (first === second) return 'tie'
  return first < second ? 'a' : 'b'
}

export function pairRanks(pair: string | undefined, outputs: readonly string[]): Ranks {
  const [first = '', second = ''] = outputs
  if (pair === 'a' || pair === 'tie' || pair === 'b')
    return [
      [first, pair === 'b' ? 2 : 1],
      [second, pair === 'a' ? 2 : 1],
    ]
  return []
}

/** The place of the one output at this end, as far as it is known. */
export function endPlace(
  end: End,
  value: RankingValue | undefined,
  outputs: readonly string[],
): number | undefined {
  const ranks = outputs.map((output) => rankOf(value?.ranks, output))
  const known = ranks.filter((rank) => rank !== undefined)
  const [least, most] = [Math.min(...known), Math.max(...known)]
  // While only the best is known there is no worst yet.
  const wanted = end === 'best' ? least : most > least ? most : null
  const holders = ranks.flatMap((rank, place) => (rank === wanted ? [place] : []))
  return holders.length === 1 ? holders[0] : undefined
}

/**
 * Best, the middle, worst, from the places that were chosen; while only one end is chosen the others
 * share the next rank.
 */
export function endRanks(
  { best, worst }: Partial<Record<End, string | undefined>>,
  outputs: readonly string[],
): Ranks {
  if (best === undefined && worst === undefined) return []
  const levels = outputs.map((_, place) =>
    String(place) === best ? 1 : String(place) === worst ? 3 : 2,
  )
  const dense = [...new Set(levels)].sort()
  return outputs.map((output, place) => [output, dense.indexOf(levels[place] ?? 2) + 1])
}

/** A ranking as it was entered; undefined when nothing was. */
export function buildRanking(
  mode: RankingMode,
  entered: {
    ranks: readonly (readonly [output: string, rank: number])[]
    pair: string | undefined
    strength: number | undefined
    unacceptable: boolean
  },
): RankingValue | undefined {
  const { ranks, pair, strength } = entered
  const unacceptable = entered.unacceptable || pair === 'bad'
  if (ranks.length === 0 && !unacceptable) return undefined
  // A tie is not slightly or much of anything.
  const hasStrength = (strength === 1 || strength === 2) && (pair === 'a' || pair === 'b')
  return {
    mode,
    ranks: Object.fromEntries(ranks),
    ...(hasStrength ? { strength } : {}),
    all_unacceptable: unacceptable,
  }
}
