/**
 * Krippendorff's alpha for values whose distance is fixed: labels (nominal), numbers (interval) and
 * sets of labels (MASI). Any number of labelers, missing answers allowed.
 * K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011; A. Hayes and
 * K. Krippendorff, Communication Methods and Measures 1, 2007.
 */
import { addTo, ONCE, type Running, startTally, sumOf, type Tally } from '../bootstrap.ts'
import { finite, type Measured, unmeasured } from '../measured.ts'
import { masiDistance } from './masi.ts'

/** `key` is equal for equal values; `distance` is 0 for equal values and symmetric. */
export type Metric<Value> = {
  key(value: Value): string | number | boolean
  distance(a: Value, b: Value): number
}

export type RunningAlpha<Value> = Running<readonly Value[]> & {
  /** Units with two answers or more, and the answers in them: what alpha rests on. */
  overlap(): { units: number; answers: number }
}

export const nominal: Metric<string | number | boolean> = {
  key: (value) => value,
  distance: (a, b) => (a === b ? 0 : 1),
}

export const interval: Metric<number> = {
  key: (value) => value,
  distance: (a, b) => (a - b) ** 2,
}

export const masi: Metric<readonly string[]> = {
  key: (labels) => JSON.stringify([...new Set(labels)].sort()),
  distance: masiDistance,
}

/** Alpha of all units at once: each unit lists the answers it got, in any order. */
export function krippendorffAlpha<Value>(
  units: readonly (readonly Value[])[],
  metric: Metric<Value>,
): Measured {
  const alpha = startAlpha(metric)
  for (const unit of units) alpha.add(unit)
  return alpha.read()
}

/**
 * Starts an alpha to which units are added one at a time; memory grows with the number of different
 * values, never with the answers. A unit is what was judged: a record, or one output of it.
 */
export function startAlpha<Value>(metric: Metric<Value>, resamples = 0): RunningAlpha<Value> {
  const values: Value[] = []
  const places = new Map<string | number | boolean, number>()
  const tally = startTally(resamples)
  const seen = { units: 0, answers: 0 }
  let expected: Float64Array | null = null

  return {
    add(unit, weights = ONCE) {
      if (unit.length < 2) return
      seen.units += 1
      seen.answers += unit.length
      expected = null
      const counts = countByPlace(unit, metric, values, places)
      let observed = 0
      for (const [a, countOfA] of counts) {
        addTo(tally, a + 1, countOfA, weights)
        for (const [b, countOfB] of counts) {
          if (a < b) observed += 2 * countOfA * countOfB * distanceAt(metric, values, a, b)
        }
      }
      addTo(tally, 0, observed / (unit.length - 1), weights)
    },
    read(resample = 0) {
      if (values.length > MAX_VALUES) return unmeasured(TOO_MANY)
      expected ??= expectedDisagreement(tally, metric, values)
      const answers = sumRows(tally, values.length, resample)
      return alphaOf(sumOf(tally, 0, resample), expected[resample] ?? 0, answers)
    },
    overlap: () => ({ ...seen }),
  }
}

/** Alpha from the disagreement summed over answers and the one summed over all pairs of answers. */
export function alphaOf(observed: number, allPairs: number, answers: number): Measured {
  if (answers < 2) return unmeasured('Not enough overlap: nothing has two answers yet.')
  if (allPairs === 0) {
    return unmeasured('All answers are the same, so agreement by chance cannot be told apart.')
  }
  return finite(1 - ((answers - 1) * observed) / allPairs, 'The answers are too large to compare.')
}

/** The expected disagreement looks at every pair of different values. */
const MAX_VALUES = 4096
const TOO_MANY = `There are more than ${MAX_VALUES} different answers; use fewer labels or values.`

function countByPlace<Value>(
  unit: readonly Value[],
  metric: Metric<Value>,
  values: Value[],
  places: Map<string | number | boolean, number>,
): Map<number, number> {
  const counts = new Map<number, number>()
  for (const value of unit) {
    const key = metric.key(value)
    let place = places.get(key)
    if (place === undefined) {
      place = values.length
      places.set(key, place)
      // Over the limit nothing is kept but the fact; the tally stops growing too.
      if (values.length <= MAX_VALUES) values.push(value)
      else places.delete(key)
    }
    counts.set(place, (counts.get(place) ?? 0) + 1)
  }
  return counts
}

function distanceAt<Value>(
  metric: Metric<Value>,
  values: readonly Value[],
  a: number,
  b: number,
): number {
  const [first, second] = [values[a], values[b]]
  return first === undefined || second === undefined ? 0 : metric.distance(first, second)
}

function expectedDisagreement<Value>(
  tally: Tally,
  metric: Metric<Value>,
  values: readonly Value[],
): Float64Array {
  const expected = new Float64Array(tally.columns)
  for (let a = 0; a < values.length; a += 1) {
    for (let b = a + 1; b < values.length; b += 1) {
      const distance = distanceAt(metric, values, a, b)
      for (let column = 0; column < tally.columns; column += 1) {
        const pairs = 2 * sumOf(tally, a + 1, column) * sumOf(tally, b + 1, column)
        expected[column] = (expected[column] ?? 0) + pairs * distance
      }
    }
  }
  return expected
}

function sumRows(tally: Tally, rows: number, column: number): number {
  let sum = 0
  for (let row = 1; row <= rows; row += 1) sum += sumOf(tally, row, column)
  return sum
}
