/**
 * Plackett-Luce: how strong models are, from rankings of any length. A ranking is a row of choices,
 * best first. A tie stands for all orders of the tied, each counting its share, so that on pairs
 * this is Bradley-Terry with half wins.
 * R. Plackett, "The analysis of permutations", Appl. Statist. 24, 1975; D. Hunter, "MM algorithms
 * for generalized Bradley-Terry models", Ann. Statist. 32, 2004 (when a maximum exists).
 */

import { type Measured, measured, unmeasured } from '../measured.ts'
import { whyIncomparable } from './bradley-terry.ts'
import { type Duels, freedomOf } from './connectivity.ts'
import { choicesIn, offerRankings, type Row } from './offers.ts'
import { type Contest, fitContest, type Strengths } from './strength-fit.ts'

/**
 * Places in tiers, best tier first. `times` counts equal rankings, 1 if absent. With `openEnd` the
 * last tier was not compared within itself: only what was chosen before it counts.
 */
export type Tiers = { tiers: number[][]; times?: number; openEnd?: boolean }

/** Fits the strengths of places 0 to `size` - 1. */
export function fitPlackettLuce(size: number, rankings: readonly Tiers[]): Measured<Strengths> {
  const contest = plackettLuceContest(size, rankings)
  return contest.value === null ? contest : fitContest(contest.value)
}

export function plackettLuceContest(size: number, rankings: readonly Tiers[]): Measured<Contest> {
  const rows = rankings.map(
    ({ tiers, times = 1, openEnd = false }): Row => ({ tiers, times, openEnd }),
  )
  const duels = duelsOf(size, rows)
  const problem = whyIncomparable(duels)
  if (problem !== null) return unmeasured(problem)
  const chosen = Array.from({ length: size }, () => 0)
  for (const row of rows)
    for (const [index, tier] of row.tiers.entries())
      for (const place of tier)
        chosen[place] = (chosen[place] ?? 0) + (row.times * choicesIn(row, index)) / tier.length
  return measured({
    models: size,
    chosen,
    offers: offerRankings(rows),
    freedom: freedomOf(duels),
  })
}

/** Who was ranked above whom: what decides whether a maximum exists. */
function duelsOf(size: number, rows: readonly Row[]): Duels {
  const table = () => Array.from({ length: size }, () => Array.from({ length: size }, () => 0))
  const duels = { wins: table(), ties: table() }
  for (const { tiers, times, openEnd } of rows) {
    // The outputs right below were beaten, and so were all below those.
    for (const [index, tier] of tiers.entries()) {
      if (openEnd && index === tiers.length - 1) continue
      for (const a of tier) {
        for (const b of tiers[index + 1] ?? []) raise(duels.wins, a, b, times)
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
