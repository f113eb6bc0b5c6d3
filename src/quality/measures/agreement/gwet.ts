/**
 * Gwet's AC1 and AC2: agreement beyond chance that does not collapse where nearly all answers are alike,
 * as alpha and kappa do. Chance is guessing where people are unsure, not the shares of answers.
 * K. Gwet, "Computing inter-rater reliability and its variance in the presence of high agreement",
 * Brit. J. Math. Stat. Psych. 61, 2008; "Handbook of Inter-Rater Reliability", 4th ed., 2014, ch. 5.
 */
import { addTo, ONCE, type Running, startTally, sumOf } from '../bootstrap.ts'
import { type Measured, measured, unmeasured } from '../measured.ts'

type Value = string | number | boolean

/** How much two categories agree, 0 to 1, by their places in the scale. */
export type Credit = (a: number, b: number, categories: readonly Value[]) => number

/** AC1: equal or not. */
export const identity: Credit = (a, b) => (a === b ? 1 : 0)

/** AC2 of ratings: the fewer pairs of steps lie between two, the more they agree. */
export const ordinal: Credit = (a, b, { length }) => {
  const pairs = (steps: number) => ((steps + 1) * steps) / 2
  return 1 - pairs(Math.abs(a - b)) / pairs(length - 1)
}

export function gwet(
  units: readonly (readonly Value[])[],
  categories: readonly Value[],
  credit: Credit = identity,
): Measured {
  const running = startGwet(categories, credit)
  for (const unit of units) running.add(unit)
  return running.read()
}

/** `categories` are all that could be answered, in order, whether or not anybody did. */
export function startGwet(
  categories: readonly Value[],
  credit: Credit = identity,
  resamples = 0,
): Running<readonly Value[]> {
  const tally = startTally(resamples)
  const places = new Map(categories.map((category, place) => [category, place]))
  const all = [...categories.keys()]
  const total = all.reduce(
    (sum, a) => sum + all.reduce((row, b) => row + credit(a, b, categories), 0),
    0,
  )
  const [agreed, compared, answered, first] = [0, 1, 2, 3]
  return {
    add(unit, weights = ONCE) {
      const counts = new Map<number, number>()
      for (const value of unit) {
        const place = places.get(value)
        if (place !== undefined) counts.set(place, (counts.get(place) ?? 0) + 1)
      }
      const answers = [...counts.values()].reduce((sum, count) => sum + count, 0)
      if (answers === 0) return
      for (const [place, count] of counts) addTo(tally, first + place, count / answers, weights)
      addTo(tally, answered, 1, weights)
      if (answers < 2) return
      let same = 0
      for (const [a, countOfA] of counts)
        for (const [b, countOfB] of counts)
          same += countOfA * (countOfB - (a === b ? 1 : 0)) * credit(a, b, categories)
      addTo(tally, agreed, same / (answers * (answers - 1)), weights)
      addTo(tally, compared, 1, weights)
    },
    read(resample = 0) {
      const units = sumOf(tally, compared, resample)
      if (units === 0) return unmeasured('Not enough overlap: nothing has two answers yet.')
      if (all.length < 2) return unmeasured('There is only one possible answer.')
      const raw = sumOf(tally, agreed, resample) / units
      const given = sumOf(tally, answered, resample)
      const unsure = all.reduce((sum, place) => {
        const share = sumOf(tally, first + place, resample) / given
        return sum + share * (1 - share)
      }, 0)
      const chance = (total * unsure) / (all.length * (all.length - 1))
      return measured((raw - chance) / (1 - chance))
    },
  }
}
