/** When a dataset is likely finished, from what happened in the last fourteen days. */
import type { DatasetProgress } from '../../assignments/progress.ts'
import { type Forecast, forecast } from '../../quality/measures/forecast.ts'
import { type Measured, unmeasured } from '../../quality/measures/measured.ts'
import type { Recent } from './recent.ts'

/**
 * Answers that records still need, from sums: completed records have what they asked for, so the other
 * counted answers belong to the rest.
 */
export function answersNeeded(progress: DatasetProgress, minSubmitted: number): number {
  const left = progress.pending + progress.needsOutputs
  const partly = progress.counted - progress.completed * minSubmitted
  return Math.min(left * minSubmitted, Math.max(left, left * minSubmitted - partly))
}

/**
 * The interval holds 80%. Days before the first answer of these fourteen days are no days of work, and the
 * day of that answer was not whole; surplus answers and checks count as they did so far.
 */
export function endingOf(
  { answers }: Recent,
  progress: DatasetProgress,
  minSubmitted: number,
): Measured<Forecast> {
  const needed = answersNeeded(progress, minSubmitted)
  if (needed === 0 && progress.completed === 0) return unmeasured('It has no records yet.')
  if (needed > 0 && progress.submitted === 0) return unmeasured('Nobody has answered yet.')
  const first = answers.findLastIndex((count) => count > 0)
  if (needed > 0 && (answers[0] ?? 0) === 0 && !answers.slice(0, 7).some((count) => count > 0))
    return unmeasured('Nobody has answered for a week.')
  const whole = first === answers.length - 1 ? answers : answers.slice(0, Math.max(0, first))
  const share =
    progress.submitted > 0 && progress.counted > 0 ? progress.counted / progress.submitted : 1
  return forecast(whole, Math.ceil(needed / share))
}
