/**
 * Tail probabilities of the normal, chi-square, binomial and Student's distributions, to about 1e-12.
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
  return binomialBoth(successes, trials, chance).tails
}

/**
 * The same with half of the outcomes as likely as the one seen: not conservative where there are few
 * trials, as the exact test is.
 * H. Lancaster, "Significance tests in discrete distributions", JASA 56, 1961.
 */
export function binomialMidTails(successes: number, trials: number, chance: number): number {
  const { tails, equal } = binomialBoth(successes, trials, chance)
  return tails - equal / 2
}

/** `equal` is the part of outcomes exactly as likely as the one seen. */
function binomialBoth(successes: number, trials: number, chance: number) {
  if (trials === 0) return { tails: 1, equal: 0 }
  if (chance <= 0 || chance >= 1) {
    return { tails: successes === (chance <= 0 ? 0 : trials) ? 1 : 0, equal: 0 }
  }
  const likelihood = (count: number) =>
    Math.exp(
      logChoose(trials, count) + count * Math.log(chance) + (trials - count) * Math.log1p(-chance),
    )
  // Outcomes as likely as the one seen count too, whatever the rounding.
  const seen = likelihood(successes)
  const limit = seen * (1 + 1e-7)
  let equal = 0
  const take = (here: number) => {
    if (here > limit) return 0
    if (here >= seen * (1 - 1e-7)) equal += here
    return here
  }
  const odds = chance / (1 - chance)
  const middle = Math.min(trials, Math.floor((trials + 1) * chance))
  const most = likelihood(middle)
  let sum = 0
  // From the likeliest outcome outwards each is its neighbour times a ratio, until nothing is left.
  for (let [count, here] = [middle, most]; count <= trials && here > 0; count += 1) {
    sum += take(here)
    here *= ((trials - count) / (count + 1)) * odds
  }
  for (let [count, here] = [middle, most]; count > 0; ) {
    here *= count / ((trials - count + 1) * odds)
    if (here === 0) break
    sum += take(here)
    count -= 1
  }
  return { tails: Math.min(1, sum), equal: Math.min(1, equal) }
}

/**
 * Mid-p of a number of successes in trials of unequal chances, given as how many trials have which:
 * the whole distribution, trial by trial.
 */
export function mixedMidTails(
  successes: number,
  kinds: readonly { trials: number; chance: number }[],
): number {
  let chances = [1]
  for (const { trials, chance } of kinds)
    for (let trial = 0; trial < trials; trial += 1) {
      const next = new Array<number>(chances.length + 1).fill(0)
      for (const [count, here] of chances.entries()) {
        next[count] = (next[count] ?? 0) + here * (1 - chance)
        next[count + 1] = here * chance
      }
      chances = next
    }
  const seen = chances[successes] ?? 0
  let tails = 0
  for (const here of chances) {
    if (here < seen * (1 - 1e-7)) tails += here
    else if (here <= seen * (1 + 1e-7)) tails += here / 2
  }
  return Math.min(1, tails)
}

/** The chance that Student's t is at least as far from 0 as `t`, on both sides. */
export function studentTails(t: number, degrees: number): number {
  return betaShare(degrees / (degrees + t * t), degrees / 2, 0.5)
}

/** Student's t below which lies this share, at least one half. */
export function studentQuantile(share: number, degrees: number): number {
  const known = quantiles.get(`${share} ${degrees}`)
  if (known !== undefined) return known
  const wanted = 2 * (1 - share)
  let [low, high] = [0, 1]
  while (studentTails(high, degrees) > wanted) high *= 2
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2
    if (studentTails(middle, degrees) > wanted) low = middle
    else high = middle
  }
  if (quantiles.size >= 4096) quantiles.clear()
  quantiles.set(`${share} ${degrees}`, high)
  return high
}

const quantiles = new Map<string, number>()

/** The regularised incomplete beta function. */
function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const log = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  // The fraction converges fast on this side; the other is found from its mirror image.
  return x < (a + 1) / (a + b + 2)
    ? (Math.exp(log) * betaFraction(x, a, b)) / a
    : 1 - (Math.exp(log) * betaFraction(1 - x, b, a)) / b
}

/** Lentz's continued fraction. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / (1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 1000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / (1 + even * d)
    c = 1 + even / c
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / (1 + odd * d)
    c = 1 + odd / c
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return fraction
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
export function upperGamma(a: number, x: number): number {
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
