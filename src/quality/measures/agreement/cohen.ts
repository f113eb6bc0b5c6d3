/**
 * Cohen's kappa: agreement of two labelers beyond chance, for labels or, weighted, for ratings.
 * J. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20, 1960;
 * "Weighted kappa", Psychol. Bull. 70, 1968.
 */

import { finite, type Measured, unmeasured } from '../measured.ts'
import type { Key } from './agreement.ts'

/** Two answers to the same thing, and how often they occur (1 if absent). */
export type Answered<Value extends Key> = readonly [Value, Value, number?]

export function cohenKappa(pairs: readonly Answered<Key>[]): Measured {
  return kappa(pairs, (a, b) => (a === b ? 0 : 1))
}

/** Weighs a disagreement by the distance of the two ratings, or by its square. */
export function weightedKappa(
  pairs: readonly Answered<number>[],
  weights: 'linear' | 'squared',
): Measured {
  const power = weights === 'linear' ? 1 : 2
  return kappa(pairs, (a, b) => Math.abs(a - b) ** power)
}

function kappa<Value extends Key>(
  pairs: readonly Answered<Value>[],
  distance: (a: Value, b: Value) => number,
): Measured {
  if (pairs.length === 0) return unmeasured('These two labelers have answered nothing in common.')
  const [first, second] = [new Map<Value, number>(), new Map<Value, number>()]
  let [observed, count] = [0, 0]
  for (const [a, b, times = 1] of pairs) {
    first.set(a, (first.get(a) ?? 0) + times)
    second.set(b, (second.get(b) ?? 0) + times)
    observed += times * distance(a, b)
    count += times
  }
  let expected = 0
  for (const [a, rows] of first)
    for (const [b, columns] of second) expected += rows * columns * distance(a, b)
  if (expected === 0) return unmeasured('Both labelers always gave the same one answer.')
  return finite(1 - (count * observed) / expected, 'The ratings are too large to compare.')
}
