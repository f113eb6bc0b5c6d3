/**
 * A leaderboard: strengths with intervals and rank ranges, from one fit a resample of the records.
 * W.-L. Chiang et al., "Chatbot Arena: an open platform for evaluating LLMs by human preference",
 * ICML 2024, section 4.
 */

import { type Interval, percentileInterval } from './bootstrap.ts'
import type { Strengths } from './bradley-terry.ts'
import { type Measured, measured } from './measured.ts'
import { rankRanges, ranksOf } from './rank-range.ts'

export type Standing = {
  model: string
  strength: number
  interval: Measured<Interval>
  rank: number
  rankRange: Measured<Interval>
  /** Judgements it took part in: pairs for Bradley-Terry, rankings for Plackett-Luce. */
  judgements: number
}

/** Best first. `penalized`: some model never lost or never won, see `Strengths`. */
export type Leaderboard = { standings: Standing[]; penalized: boolean }

/** `fitAt(0)` fits the data as observed; strengths and judgements are in the order of `models`. */
export function buildLeaderboard(
  models: readonly string[],
  judgements: readonly number[],
  resamples: number,
  fitAt: (resample: number) => Measured<Strengths>,
): Measured<Leaderboard> {
  const found = fitAt(0)
  if (found.value === null) return found
  const { strengths, penalized } = found.value
  const resampled: number[][] = []
  for (let resample = 1; resample <= resamples; resample += 1) {
    const { value } = fitAt(resample)
    if (value !== null) resampled.push(value.strengths)
  }
  const ranks = ranksOf(strengths)
  const ranges = rankRanges(resampled, strengths.length, resamples)
  const standings = models.map((model, place): Standing => {
    const values = resampled.map((row) => row[place] ?? 0)
    return {
      model,
      strength: strengths[place] ?? 0,
      interval: percentileInterval(values, resamples),
      rank: ranks[place] ?? 1,
      rankRange: ranges[place] ?? percentileInterval([], resamples),
      judgements: judgements[place] ?? 0,
    }
  })
  return measured({ standings: standings.sort((a, b) => a.rank - b.rank), penalized })
}
