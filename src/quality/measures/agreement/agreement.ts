/**
 * Raw agreement: the share of pairs of answers to the same thing that are equal, each answer
 * counting once. It is alpha's observed agreement for labels, and Fleiss's P-bar where every unit
 * has equally many answers. Shown beside alpha, which collapses when nearly all answers are alike:
 * A. Feinstein and D. Cicchetti, "High agreement but low kappa", J. Clin. Epidemiol. 43, 1990.
 */
import { addTo, ONCE, type Running, startTally, sumOf } from '../bootstrap.ts'
import { type Measured, measured, unmeasured } from '../measured.ts'

export type Key = string | number | boolean

export function rawAgreement(units: readonly (readonly Key[])[]): Measured {
  const agreement = startAgreement()
  for (const unit of units) agreement.add(unit)
  return agreement.read()
}

export function startAgreement(resamples = 0): Running<readonly Key[]> {
  const tally = startTally(resamples)
  return {
    add(unit, weights = ONCE) {
      if (unit.length < 2) return
      const counts = new Map<Key, number>()
      for (const value of unit) counts.set(value, (counts.get(value) ?? 0) + 1)
      let equal = 0
      for (const count of counts.values()) equal += count * (count - 1)
      addTo(tally, 0, equal / (unit.length - 1), weights)
      addTo(tally, 1, unit.length, weights)
    },
    read(resample = 0) {
      const answers = sumOf(tally, 1, resample)
      if (answers === 0) return unmeasured('Not enough overlap: nothing has two answers yet.')
      return measured(sumOf(tally, 0, resample) / answers)
    },
  }
}
