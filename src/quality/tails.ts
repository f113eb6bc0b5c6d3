/**
 * Tail probabilities of the normal, chi-square and binomial distributions, to about 1e-12.
 * W. Press et al., "Numerical Recipes", 3rd ed., 6.1-6.2; C. Lanczos, SIAM J. Numer. Anal. 1, 1964.
 */

/** The chance that a standard normal is at least as far from 0 as `z`, on both sides. */
export function normalTails(z: number): number {
  return upperGamma(0.5, (z * z) / 2)
}

export function chiSquareTail(x: number, degrees: number): number {
  return upperGamma(degrees / 2, x / 2)
}

/**
 * The exact two-sided binomial test: the chance of all outcomes no likelier than the one seen.
 * H. Clopper and E. Pearson, Biometrika 26, 1934; as R's binom.test.
 */
export function binomialTails(successes: number, trials: number, chance: number): number {
  if (trials === 0) return 1
  if (chance <= 0 || chance >= 1) return successes === (chance <= 0 ? 0 : trials) ? 1 : 0
  const likelihood = (count: number) =>
    Math.exp(
      logChoose(trials, count) + count * Math.log(chance) + (trials - count) * Math.log1p(-chance),
    )
  // Outcomes as likely as the one seen count too, whatever the rounding.
  const limit = likelihood(successes) * (1 + 1e-7)
  const odds = chance / (1 - chance)
  const middle = Math.min(trials, Math.floor((trials + 1) * chance))
  const most = likelihood(middle)
  let sum = 0
  // From the likeliest outcome outwards each is its neighbour times a ratio, until nothing is left.
  for (let [count, here] = [middle, most]; count <= trials && here > 0; count += 1) {
    if (here <= limit) sum += here
    here *= ((trials - count) / (count + 1)) * odds
  }
  for (let [count, here] = [middle, most]; count > 0; ) {
    here *= count / ((trials - count + 1) * odds)
    if (here === 0) break
    if (here <= limit) sum += here
    count -= 1
  }
  return Math.min(1, sum)
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
]

function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const shifted = x - 1
  let series = LANCZOS[0] ?? 0
  for (const [index, term] of LANCZOS.entries()) if (index > 0) series += term / (shifted + index)
  const base = shifted + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series)
}

/** The regularised upper incomplete gamma function Q(a, x). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x)
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let n = 1; n < 1000 && term > sum * 1e-16; n += 1) {
    term *= x / (a + n)
    sum += term
  }
  return sum * Math.exp(-x + a * Math.log(x) - logGamma(a))
}

/** Lentz's continued fraction. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < 1000; n += 1) {
    const step = -n * (n - a)
    b += 2
    d = 1 / (step * d + b)
    c = b + step / c
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return Math.exp(-x + a * Math.log(x) - logGamma(a)) * fraction
}
