/**
 * The mean of ratings over records, added one record at a time, with an interval by record. Records
 * have unequally many ratings, so it is a ratio of two sums: W. Cochran, "Sampling Techniques", 3rd
 * ed., 1977, chapter 6.
 */
import { addTo, ONCE, type Running, startTally, sumOf } from '../bootstrap.ts'
import { measured, unmeasured } from '../measured.ts'

export type RunningMean = Running<readonly number[]> & {
  /** How many ratings the observed mean rests on. */
  count(): number
  /** And how many records those are of. */
  records(): number
}

export function startMean(resamples = 0): RunningMean {
  const tally = startTally(resamples)
  return {
    count: () => sumOf(tally, 1, 0),
    records: () => sumOf(tally, 2, 0),
    add(ratings, weights = ONCE) {
      if (ratings.length === 0) return
      addTo(
        tally,
        0,
        ratings.reduce((sum, rating) => sum + rating, 0),
        weights,
      )
      addTo(tally, 1, ratings.length, weights)
      addTo(tally, 2, 1, weights)
    },
    read(resample = 0) {
      const count = sumOf(tally, 1, resample)
      return count === 0
        ? unmeasured('Nobody has answered yet.')
        : measured(sumOf(tally, 0, resample) / count)
    },
  }
}
