/**
 * Cohen's kappa: agreement of two labelers beyond chance, for labels or, weighted, for ratings.
 * J. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20, 1960;
 * "Weighted kappa", Psychol. Bull. 70, 1968.
 */
import type { Key } from './agreement.ts'
import { finite, type Measured, unmeasured } from './measured.ts'

export function cohenKappa(pairs: readonly (readonly [Key, Key])[]): Measured {
  return kappa(pairs, (a, b) => (a === b ? 0 : 1))
}

/** Weighs a disagreement by the distance of the two ratings, or by its square. */
export function weightedKappa(
  pairs: readonly (readonly [number, number])[],
  weights: 'linear' | 'squared',
): Measured {
  const power = weights === 'linear' ? 1 : 2
  return kappa(pairs, (a, b) => Math.abs(a - b) ** power)
}

function kappa<Value extends Key>(
  pairs: readonly (readonly [Value, Value])[],
  distance: (a: Value, b: Value) => number,
): Measured {
  if (pairs.length === 0) return unmeasured('These two labelers have answered nothing in common.')
  const first = Map.groupBy(pairs, ([a]) => a)
  const second = Map.groupBy(pairs, ([, b]) => b)
  let observed = 0
  for (const [a, b] of pairs) observed += distance(a, b)
  let expected = 0
  for (const [a, rows] of first) {
    for (const [b, columns] of second) expected += rows.length * columns.length * distance(a, b)
  }
  if (expected === 0) return unmeasured('Both labelers always gave the same one answer.')
  return finite(1 - (pairs.length * observed) / expected, 'The ratings are too large to compare.')
}
