/**
 * How much the judgements of one record count: people judge the same outputs, and one ranking gives
 * many pairs, so that what a record says is worth one judgement at least and at most all of them.
 * L. Kish, "Survey Sampling", 1965, 8.2 (design effect of clusters that are wholly alike).
 */
import type { Weights } from '../bootstrap.ts'

export function startClusters() {
  const sums = new Map<number, { judgements: number; squares: number }>()
  let records = 0
  return {
    /** By place, how many judgements records like this hold, `weights[0]` of them. */
    add(judgements: ReadonlyMap<number, number>, weights: Weights) {
      const times = weights[0] ?? 1
      if (judgements.size > 0) records += times
      for (const [place, count] of judgements) {
        const found = sums.get(place) ?? { judgements: 0, squares: 0 }
        sums.set(place, found)
        found.judgements += times * count
        found.squares += times * count ** 2
      }
    },
    records: () => records,
    /** How many judgements of this one are worth one, if those of a record are wholly alike. */
    asOne(place: number): number {
      const { judgements, squares } = sums.get(place) ?? { judgements: 1, squares: 1 }
      return squares / judgements
    },
  }
}
