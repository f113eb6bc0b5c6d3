/**
 * The interval of a share, good for few trials and near 0 and 1.
 * E. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
 */
import type { Interval } from './bootstrap.ts'
import { type Measured, measured, unmeasured } from './measured.ts'

export type Share = Interval & { share: number; count: number; of: number }

/** 95% unless another `z` is given. */
export function wilson(count: number, of: number, z?: number): Measured<Share> {
  return shareInterval(count, of, of, z)
}

/** The interval of `count` of `of` judgements that are worth so many independent `trials`. */
export function shareInterval(
  count: number,
  of: number,
  trials: number,
  z = 1.959963984540054,
): Measured<Share> {
  if (of === 0) return unmeasured('There is nothing to count yet.')
  const share = count / of
  const center = share + (z * z) / (2 * trials)
  const reach = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))
  const scale = 1 + (z * z) / trials
  return measured({
    share,
    low: count === 0 ? 0 : (center - reach) / scale,
    high: count === of ? 1 : (center + reach) / scale,
    count,
    of,
  })
}
