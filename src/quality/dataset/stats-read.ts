/** Turns measurements into results: rounded, with the interval, or the reason why there is none. */
import { type Interval, intervalOf } from '../measures/bootstrap.ts'
import { startLeaveOneOut } from '../measures/labelers/leave-one-out.ts'
import type { PositionBias } from '../measures/labelers/position-bias.ts'
import { type Measured, measured } from '../measures/measured.ts'
import type { Share } from '../measures/wilson.ts'
import type { BiasOf, Estimate, ShareOf } from './stats-result.ts'

/** Six decimals: hides differences from the order of summation. */
export function tidy(value: number): number {
  // Adding 0 makes -0 a plain 0.
  return Math.round(value * 1e6) / 1e6 + 0
}

export function toEstimate(found: Measured, interval?: Measured<Interval>): Estimate {
  if (found.value === null) return found
  const value = tidy(found.value)
  if (interval === undefined) return { value }
  if (interval.value === null) return { value, no_interval: interval.reason }
  return { value, low: limitOf(interval.value.low), high: limitOf(interval.value.high) }
}

/** Null where there is none: the answers do not rule out any distance. */
function limitOf(limit: number): number | null {
  return Number.isFinite(limit) ? tidy(limit) : null
}

/** With its interval, where intervals are asked for. */
export function estimateOf(
  running: { read(resample?: number): Measured },
  resamples: number,
): Estimate {
  const found = running.read()
  const { value } = found
  if (value === null || resamples === 0) return toEstimate(found)
  const interval = intervalOf(running.read, resamples)
  if (interval.value === null) return toEstimate(found, interval)
  // A unanimous value is at the end of its resamples' range.
  const { low, high } = interval.value
  return toEstimate(found, measured({ low: Math.min(low, value), high: Math.max(high, value) }))
}

/** Compares each answer to one record with the majority of the others. */
export function outcomesOf(
  fill: (others: ReturnType<typeof startLeaveOneOut>) => void,
  answers: number,
): { agreed: number; judged: number }[] {
  const others = startLeaveOneOut()
  fill(others)
  return Array.from({ length: answers }, (_, index) => {
    const { value } = others.read(String(index))
    return { agreed: value?.count ?? 0, judged: value?.of ?? 0 }
  })
}

export function toShare(found: Measured<Share>): ShareOf {
  if (found.value === null) return found
  const { share, low, high, count, of } = found.value
  return { value: tidy(share), low: tidy(low), high: tidy(high), count, of }
}

export function toBias(found: Measured<PositionBias>): BiasOf {
  if (found.value === null) return found
  const { first, cards, share, expected, p } = found.value
  return { value: tidy(share), expected: tidy(expected), count: first, of: cards, p: tidy(p) }
}

export type Disputed = { record: string; disagreement: number; answers: number }

/** Keeps the most disputed few; of equals, those with more answers, then the older records. */
export function startDisputed(most = 10) {
  const kept: Disputed[] = []
  return {
    offer(one: Disputed) {
      const last = kept[most - 1]
      if (last !== undefined && compare(last, one) <= 0) return
      kept.push(one)
      kept.sort(compare)
      if (kept.length > most) kept.pop()
    },
    read: () => kept.map((one) => ({ ...one, disagreement: tidy(one.disagreement) })),
  }
}

function compare(a: Disputed, b: Disputed): number {
  return (
    b.disagreement - a.disagreement || b.answers - a.answers || Number(a.record) - Number(b.record)
  )
}
