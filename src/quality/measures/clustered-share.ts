/**
 * A share of judgements that come in bundles: the pairs of one ranking hang together, so a ranking is
 * one judgement however many pairs it has. The interval is Wilson's with as many trials as the bundles
 * are worth, the test compares bundles.
 * E. Korn and B. Graubard, "Confidence intervals for proportions with small expected number of
 * positive counts estimated from survey data", Surv. Methodol. 24, 1998; L. Kish, "Survey Sampling",
 * 1965 (design effect); W. Cochran, "Sampling Techniques", 1977, 6 (ratio of two sums).
 */
import { type Measured, unmeasured } from './measured.ts'
import { binomialMidTails, studentQuantile, studentTails } from './tails.ts'
import { type Share, shareInterval, wilson } from './wilson.ts'

/** Sums over bundles of `count` of `of` judgements. */
export type Bundles = {
  bundles: number
  count: number
  of: number
  countSquares: number
  products: number
  ofSquares: number
}

export function noBundles(): Bundles {
  return { bundles: 0, count: 0, of: 0, countSquares: 0, products: 0, ofSquares: 0 }
}

/** Adds one ranking, or anything else judged in one go; an empty one is skipped. */
export function addBundle(sums: Bundles, count: number, of: number): void {
  if (of === 0) return
  sums.bundles += 1
  sums.count += count
  sums.of += of
  sums.countSquares += count ** 2
  sums.products += count * of
  sums.ofSquares += of ** 2
}

/** The share with its 95% interval; of single judgements it is Wilson's. */
export function shareOfBundles(sums: Bundles): Measured<Share> {
  const { bundles, count, of } = sums
  if (of === 0) return unmeasured('There is nothing to count yet.')
  if (isSingle(sums)) return wilson(count, of)
  const z = bundles > 1 ? studentQuantile(0.975, bundles - 1) : undefined
  return shareInterval(count, of, worthOf(sums), z)
}

/**
 * The two-sided chance of a share so far from `chance`: of single judgements an exact test, of bundles
 * a test of their means, which no fewer bundles can pass than a test of signs needs.
 */
export function chanceOfBundles(sums: Bundles, chance: number): number {
  const { bundles, count, of } = sums
  if (bundles === 0) return 1
  if (isSingle(sums)) return binomialMidTails(count, of, chance)
  const surplus = count - chance * of
  const squares = sums.countSquares - 2 * chance * sums.products + chance ** 2 * sums.ofSquares
  return chanceOfSum(bundles, surplus, squares)
}

/** Student's test of numbers whose mean should be 0, from their count, sum and sum of squares. */
export function chanceOfSum(count: number, sum: number, squares: number): number {
  if (count < 2 || sum === 0) return 1
  const variance = (squares - sum ** 2 / count) * (count / (count - 1))
  // What all bundles say alike is worth the flips of a coin.
  const least = 2 ** -count
  if (variance <= 1e-12 * squares) return least
  return Math.max(least, studentTails(sum / Math.sqrt(variance), count - 1))
}

function isSingle({ bundles, of }: Bundles): boolean {
  return bundles === of
}

/** How many independent judgements the bundles are worth; no more than there are. */
function worthOf(sums: Bundles): number {
  const { bundles, count, of } = sums
  // As if the judgements of a bundle were all alike.
  const least = of ** 2 / sums.ofSquares
  const share = count / of
  const squares = sums.countSquares - 2 * share * sums.products + share ** 2 * sums.ofSquares
  const variance = ((bundles / (bundles - 1)) * squares) / of ** 2
  // Without a difference between bundles nothing is known of how alike they are within.
  if (bundles < 2 || count === 0 || count === of || !(variance > 0)) return least
  return Math.max(1, Math.min(of, (share * (1 - share)) / variance))
}
