/**
 * Kendall's tau-b: how alike two orders are, corrected for ties, with the p-value of the normal
 * approximation for ties.
 * M. Kendall, "The treatment of ties in ranking problems", Biometrika 33, 1945.
 */
import { type Measured, measured, unmeasured } from '../measured.ts'
import { normalTails } from '../tails.ts'

export function kendallTau(
  pairs: readonly (readonly [number, number])[],
): Measured<{ tau: number; p: number | null }> {
  let [balance, untiedInX, untiedInY] = [0, 0, 0]
  for (const [index, [x, y]] of pairs.entries()) {
    for (const [otherX, otherY] of pairs.slice(index + 1)) {
      const [inX, inY] = [Math.sign(x - otherX), Math.sign(y - otherY)]
      balance += inX * inY
      untiedInX += Math.abs(inX)
      untiedInY += Math.abs(inY)
    }
  }
  if (pairs.length < 2) return unmeasured('An order needs at least two outputs.')
  if (untiedInX === 0 || untiedInY === 0) {
    return unmeasured('One of the two orders ties everything.')
  }
  const deviation = Math.sqrt(varianceOf(pairs))
  return measured({
    tau: balance / Math.sqrt(untiedInX) / Math.sqrt(untiedInY),
    p: deviation > 0 ? normalTails(balance / deviation) : null,
  })
}

/** The variance of the balance if the two orders had nothing to do with each other. */
function varianceOf(pairs: readonly (readonly [number, number])[]): number {
  const n = pairs.length
  const x = tieSizes(pairs.map(([value]) => value))
  const y = tieSizes(pairs.map(([, value]) => value))
  const spread = (t: number) => t * (t - 1) * (2 * t + 5)
  const two = (t: number) => t * (t - 1)
  const three = (t: number) => t * (t - 1) * (t - 2)
  const sum = (sizes: number[], term: (t: number) => number) =>
    sizes.reduce((total, size) => total + term(size), 0)
  return (
    (spread(n) - sum(x, spread) - sum(y, spread)) / 18 +
    (n > 2 ? (sum(x, three) * sum(y, three)) / (9 * three(n)) : 0) +
    (sum(x, two) * sum(y, two)) / (2 * two(n))
  )
}

function tieSizes(values: readonly number[]): number[] {
  return [...Map.groupBy(values, (value) => value).values()].map((group) => group.length)
}
