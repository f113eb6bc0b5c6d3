/**
 * Plackett-Luce: how strong models are, from rankings of any length. A ranking is a row of choices,
 * best first. A tie stands for all orders of the tied, each counting its share, so that on pairs
 * this is Bradley-Terry with half wins.
 * R. Plackett, "The analysis of permutations", Appl. Statist. 24, 1975; D. Hunter, "MM algorithms
 * for generalized Bradley-Terry models", Ann. Statist. 32, 2004; B. Efron, JASA 72, 1977 (large ties).
 */
import { fitStrengths, one, type Strengths, whyIncomparable } from './bradley-terry.ts'
import { type Duels, isBounded } from './connectivity.ts'
import type { Alternative, Offer } from './logit.ts'
import { type Measured, unmeasured } from './measured.ts'

/**
 * Places in tiers, best tier first. `times` counts equal rankings, 1 if absent. With `openEnd` the
 * last tier was not compared within itself: only what was chosen before it counts.
 */
export type Tiers = { tiers: number[][]; times?: number; openEnd?: boolean }

/** Fits the strengths of places 0 to `size` - 1. */
export function fitPlackettLuce(size: number, rankings: readonly Tiers[]): Measured<Strengths> {
  const duels = duelsOf(size, rankings)
  const problem = whyIncomparable(duels)
  if (problem !== null) return unmeasured(problem)
  const chosen = Array.from({ length: size }, () => 0)
  const offers = new Map<string, Offer>()
  for (const { tiers, times = 1, openEnd = false } of rankings) {
    for (const [index, tier] of tiers.entries()) {
      if (openEnd && index === tiers.length - 1) continue
      const rest = tiers.slice(index + 1).flat()
      // The last one left is no choice.
      const choices = rest.length === 0 ? tier.length - 1 : tier.length
      for (const place of tier) {
        chosen[place] = (chosen[place] ?? 0) + (times * choices) / tier.length
      }
      for (let taken = 0; taken < choices; taken += 1) {
        const sets = remaining(tier, taken)
        for (const set of sets) {
          offer(offers, [...set, ...rest.map((a) => one(a))], times / sets.length)
        }
      }
    }
  }
  return fitStrengths(chosen, [...offers.values()], !isBounded(duels))
}

/** Ties of more than this are approximated: their subsets are too many. */
const EXACT_TIES = 6

/**
 * What may be left of a tier when so many are taken: every subset of that size, or, of a large tier,
 * all of it at the share that is left (Efron).
 */
function remaining(tier: readonly number[], taken: number): Alternative[][] {
  const left = tier.length - taken
  if (tier.length > EXACT_TIES) return [tier.map((place) => one(place, left / tier.length))]
  return subsets(tier, left).map((set) => set.map((place) => one(place)))
}

function subsets(from: readonly number[], size: number): number[][] {
  if (size === 0) return [[]]
  return from.flatMap((place, index) =>
    subsets(from.slice(index + 1), size - 1).map((rest) => [place, ...rest]),
  )
}

/** Adds to equal sets rather than repeating them. */
function offer(offers: Map<string, Offer>, alternatives: Alternative[], times: number): void {
  const key = alternatives
    .map(({ features, scale }) => `${features[0]?.[0]}x${scale}`)
    .sort()
    .join()
  const found = offers.get(key)
  if (found === undefined) offers.set(key, { alternatives, times })
  else found.times += times
}

/** Who was ranked above whom: what decides whether a maximum exists. */
function duelsOf(size: number, rankings: readonly Tiers[]): Duels {
  const table = () => Array.from({ length: size }, () => Array.from({ length: size }, () => 0))
  const duels = { wins: table(), ties: table() }
  for (const { tiers, times = 1, openEnd = false } of rankings) {
    for (const [index, tier] of tiers.entries()) {
      if (openEnd && index === tiers.length - 1) continue
      for (const a of tier) {
        for (const b of tiers.slice(index + 1).flat()) raise(duels.wins, a, b, times)
        for (const b of tier) if (a !== b) raise(duels.ties, a, b, times)
      }
    }
  }
  return duels
}

function raise(table: number[][], a: number, b: number, times: number): void {
  const row = table[a]
  if (row !== undefined) row[b] = (row[b] ?? 0) + times
}
