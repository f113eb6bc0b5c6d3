/**
 * Kendall's W: how alike several labelers order the same things, 0 to 1, corrected for ties.
 * M. Kendall and B. Babington Smith, "The problem of m rankings", Ann. Math. Statist. 10, 1939.
 */
import { type Measured, measured, unmeasured } from '../measured.ts'
import { chiSquareTail } from '../tails.ts'

export type Concordance = {
  w: number
  uncorrected: number
  chiSquare: number
  df: number
  p: number
}

/** `ratings[labeler][thing]`: scores or ranks, every labeler on all of the things. */
export function kendallW(ratings: readonly (readonly number[])[]): Measured<Concordance> {
  const labelers = ratings.length
  const things = ratings[0]?.length ?? 0
  if (labelers < 2 || things < 2) {
    return unmeasured('Two labelers must have ordered the same two things.')
  }
  if (ratings.some((row) => row.length !== things)) {
    return unmeasured('Every labeler must have ordered all of the things.')
  }
  const sums = Array.from({ length: things }, () => 0)
  let ties = 0
  for (const row of ratings) {
    for (const [thing, rank] of midRanks(row).entries()) sums[thing] = (sums[thing] ?? 0) + rank
    const groups = Map.groupBy(row, (value) => value)
    for (const { length } of groups.values()) ties += length ** 3 - length
  }
  const average = (labelers * (things + 1)) / 2
  const spread = 12 * sums.reduce((total, sum) => total + (sum - average) ** 2, 0)
  const most = labelers ** 2 * (things ** 3 - things)
  if (most - labelers * ties === 0) return unmeasured('Every labeler ties everything.')
  const w = spread / (most - labelers * ties)
  const [df, chiSquare] = [things - 1, labelers * (things - 1) * w]
  return measured({ w, uncorrected: spread / most, chiSquare, df, p: chiSquareTail(chiSquare, df) })
}

/** Ranks from 1; equal values share the mean of the ranks they cover. */
function midRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length
    const equal = values.filter((other) => other === value).length
    return below + (equal + 1) / 2
  })
}
