/**
 * What resampling cannot show: answers of a kind that was never given, or hardly ever. Each resample
 * is given about one record in which people agree and one in which they do not, of random weight, so
 * that intervals reach as far as such answers would take them. It is the uniform prior, which is why
 * what is unanimous gets limits like Wilson's.
 * D. Rubin, "The Bayesian bootstrap", Ann. Statist. 9, 1981; L. Brown, T. Cai and A. DasGupta,
 * "Interval estimation for a binomial proportion", Statist. Sci. 16, 2001.
 */
import type { Weights } from './bootstrap.ts'

/**
 * Makes weights for records that were not seen: 0 for the data as observed, and for each resample a
 * draw from the gamma distribution of this shape, times `scale`. The same calls give the same draws.
 */
export function startUnseen(resamples: number): (shape: number, scale?: number) => Weights {
  const random = mulberry(0x5eed)
  return (shape, scale = 1) => {
    const weights = new Float64Array(resamples + 1)
    for (let resample = 1; resample <= resamples; resample += 1)
      weights[resample] = scale * gamma(shape, random)
    return weights
  }
}

/**
 * Units of `answers` answers that stand for what was not seen: all alike of each category, and all
 * but one alike of each two. The more categories, the less of each.
 */
export function unseenUnits<Value>(
  all: readonly Value[],
  answers: number,
): { unit: Value[]; shape: number }[] {
  const categories = all.slice(0, MOST_CATEGORIES)
  if (categories.length < 2) return []
  const size = Math.max(2, Math.round(answers))
  const pairs = categories.length * (categories.length - 1)
  return categories.flatMap((own) => [
    { unit: new Array<Value>(size).fill(own), shape: ALIKE / categories.length },
    ...categories
      .filter((other) => other !== own)
      .map((other) => ({
        unit: [...new Array<Value>(size - 1).fill(own), other],
        shape: APART / pairs,
      })),
  ])
}

/** Records in all that were alike, and that were not. */
const ALIKE = 1
const APART = 1

/** Of more the first stand for all: a record or two is shared out among them in any case. */
const MOST_CATEGORIES = 20

/** G. Marsaglia and W. Tsang, ACM Trans. Math. Softw. 26, 2000. */
function gamma(shape: number, random: () => number): number {
  if (shape < 1) return gamma(shape + 1, random) * random() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(random)
    const v = (1 + c * x) ** 3
    if (v <= 0) continue
    if (Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** G. Box and M. Muller, Ann. Math. Statist. 29, 1958. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** T. Ettinger's mulberry32 (public domain): the same numbers for the same start. */
function mulberry(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
