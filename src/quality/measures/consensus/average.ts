/**
 * The middle and the mean of the ratings of one record. The middle of an even number is the mean of
 * the two in the middle, so that turning the scale around turns the result around.
 * J. Tukey, "Exploratory Data Analysis", 1977, section 2A.
 */
import { type Measured, measured, unmeasured } from '../measured.ts'

/** The middle rating; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b)
  const high = sorted[Math.floor(sorted.length / 2)]
  const low = sorted[Math.ceil(sorted.length / 2) - 1]
  if (high === undefined || low === undefined) return unmeasured('Nobody has answered yet.')
  return measured((low + high) / 2)
}

export function mean(values: readonly number[]): Measured {
  if (values.length === 0) return unmeasured('Nobody has answered yet.')
  return measured(values.reduce((sum, value) => sum + value, 0) / values.length)
}
