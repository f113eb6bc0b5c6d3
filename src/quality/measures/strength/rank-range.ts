/**
 * The ranks each model takes over resamples of the records: the honest form of a leaderboard.
 * P. Hall and H. Miller, "Using the bootstrap to quantify the authority of an empirical ranking",
 * Ann. Statist. 37, 2009.
 */
import { type Interval, percentileInterval } from '../bootstrap.ts'
import { type Measured, measured } from '../measured.ts'

/** Ranks strengths from 1; equal strengths share the better rank. */
export function ranksOf(strengths: readonly number[]): number[] {
  // Fits agree to about 1e-10; what is closer is equal.
  return strengths.map((own) => 1 + strengths.filter((other) => other > own + 1e-8).length)
}

/** For each model, the whole ranks that hold 95% of its resamples. */
export function rankRanges(
  resampled: readonly (readonly number[])[],
  models: number,
  resamples = resampled.length,
): Measured<Interval>[] {
  const ranks = resampled.map(ranksOf)
  return Array.from({ length: models }, (_, model) => {
    const range = percentileInterval(
      ranks.map((row) => row[model] ?? 1),
      resamples,
    )
    if (range.value === null) return range
    return measured({ low: Math.floor(range.value.low), high: Math.ceil(range.value.high) })
  })
}

/**
 * The ranks that intervals leave open: a model wholly above is ahead, one that overlaps may be ahead or
 * behind. An infinite end overlaps with everything beyond.
 */
export function overlapRanges(intervals: readonly Interval[]): Interval[] {
  return intervals.map(({ low, high }, own) => {
    const above = intervals.filter((other, place) => place !== own && other.low > high).length
    const below = intervals.filter((other, place) => place !== own && other.high < low).length
    return { low: 1 + above, high: intervals.length - below }
  })
}
