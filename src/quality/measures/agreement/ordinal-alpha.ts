/**
 * Krippendorff's alpha for ratings, whose distance depends on how many answers lie between two of
 * them, and so is only known when all are counted.
 * K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011, section E.
 */

import { addTo, ONCE, startTally, sumOf } from '../bootstrap.ts'
import type { Measured } from '../measured.ts'
import { alphaOf, type RunningAlpha } from './alpha.ts'

export function ordinalAlpha(units: readonly (readonly number[])[]): Measured {
  const alpha = startOrdinalAlpha()
  for (const unit of units) alpha.add(unit)
  return alpha.read()
}

/** Starts an ordinal alpha; memory grows with the square of the number of different ratings. */
export function startOrdinalAlpha(resamples = 0): RunningAlpha<number> {
  const places = new Map<number, number>()
  const counts = startTally(resamples)
  const pairs = startTally(resamples)
  const seen = { units: 0, answers: 0 }

  return {
    add(unit, weights = ONCE) {
      if (unit.length < 2) return
      seen.units += 1
      seen.answers += unit.length
      const inUnit = new Map<number, number>()
      for (const value of unit) {
        const place = places.get(value) ?? places.size
        places.set(value, place)
        inUnit.set(place, (inUnit.get(place) ?? 0) + 1)
      }
      for (const [a, countOfA] of inUnit) {
        addTo(counts, a, countOfA, weights)
        for (const [b, countOfB] of inUnit) {
          if (a >= b) continue
          addTo(pairs, pairRow(a, b), (2 * countOfA * countOfB) / (unit.length - 1), weights)
        }
      }
    },
    read(resample = 0) {
      const ordered = [...places].sort(([a], [b]) => a - b).map(([, place]) => place)
      let [observed, expected, answers] = [0, 0, 0]
      for (const [index, a] of ordered.entries()) {
        const countOfA = sumOf(counts, a, resample)
        answers += countOfA
        let between = countOfA / 2
        for (const b of ordered.slice(index + 1)) {
          const countOfB = sumOf(counts, b, resample)
          const distance = (between + countOfB / 2) ** 2
          observed += sumOf(pairs, pairRow(a, b), resample) * distance
          expected += 2 * countOfA * countOfB * distance
          between += countOfB
        }
      }
      return alphaOf(observed, expected, answers)
    },
    overlap: () => ({ ...seen }),
  }
}

/** The row of an unordered pair in a triangle that can grow. */
function pairRow(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a]
  return (high * (high - 1)) / 2 + low
}
