/**
 * The engine under Bradley-Terry, Davidson and Plackett-Luce: maximum likelihood for repeated
 * choices among weighted alternatives, by Newton's method with step halving. The likelihood needs
 * only how often each feature was chosen and how often each set was offered.
 * D. McFadden, "Conditional logit analysis of qualitative choice behavior", 1974.
 */
import { type Measured, measured, unmeasured } from './measured.ts'

/** `features` are [parameter, amount]; the odds are `scale` x exp(sum of amount x parameter). */
export type Alternative = { features: [number, number][]; scale: number }

/** A set of alternatives, offered so many times. */
export type Offer = { alternatives: Alternative[]; times: number }

export type Fit = { parameters: number[]; covariance: number[][]; logLikelihood: number }

/** `chosen[p]` sums the amounts of parameter p over all choices; parameter 0 is held at 0. */
export function fitLogit(chosen: readonly number[], offers: readonly Offer[]): Measured<Fit> {
  const scale = Math.max(1, ...offers.map((offer) => offer.times))
  let parameters = chosen.map(() => 0)
  let here = evaluate(chosen, offers, parameters)
  for (let round = 0; round < 100; round += 1) {
    const step = solve(here.information, here.slope)
    if (step === null) return unmeasured(UNBOUNDED)
    let share = 1
    let next = evaluate(chosen, offers, moved(parameters, step, share))
    // The tolerance lets steps of rounding size pass.
    const least = here.logLikelihood - 1e-12 * Math.abs(here.logLikelihood)
    while (!(next.logLikelihood >= least) && share > 1e-9) {
      share /= 2
      next = evaluate(chosen, offers, moved(parameters, step, share))
    }
    parameters = moved(parameters, step, share)
    here = next
    if (parameters.some((value) => Math.abs(value) > FAR)) return unmeasured(UNBOUNDED)
    const size = Math.max(0, ...step.map(Math.abs))
    if (size < 1e-10 || (size < 1e-8 && maximum(here.slope) < 1e-9 * scale)) {
      const covariance = invert(here.information)
      if (covariance === null) return unmeasured(UNBOUNDED)
      return measured({ parameters, covariance, logLikelihood: here.logLikelihood })
    }
  }
  return unmeasured(UNBOUNDED)
}

/** Odds of e^30 are a parameter on its way to infinity. */
const FAR = 30
const UNBOUNDED = 'The strengths have no finite maximum: collect more comparisons.'

type Point = { logLikelihood: number; slope: number[]; information: number[][] }

/** Likelihood, its slope and minus its curvature, in the free parameters 1, 2, … */
function evaluate(
  chosen: readonly number[],
  offers: readonly Offer[],
  parameters: readonly number[],
): Point {
  const slope = chosen.slice(1)
  const information = slope.map(() => slope.map(() => 0))
  let logLikelihood = 0
  for (const [index, amount] of chosen.entries()) logLikelihood += amount * (parameters[index] ?? 0)
  for (const { alternatives, times } of offers) {
    if (times === 0) continue
    const odds = alternatives.map(
      ({ features, scale }) => scale * Math.exp(dot(features, parameters)),
    )
    const total = odds.reduce((sum, value) => sum + value, 0)
    logLikelihood -= times * Math.log(total)
    const means = new Map<number, number>()
    for (const [index, { features }] of alternatives.entries()) {
      const weight = (times * (odds[index] ?? 0)) / total
      for (const [p, amount] of features) {
        means.set(p, (means.get(p) ?? 0) + weight * amount)
        for (const [q, other] of features) add(information, p, q, weight * amount * other)
      }
    }
    for (const [p, amount] of means) {
      if (p > 0) slope[p - 1] = (slope[p - 1] ?? 0) - amount
      for (const [q, other] of means) add(information, p, q, (-amount * other) / times)
    }
  }
  return { logLikelihood, slope, information }
}

function dot(features: readonly [number, number][], parameters: readonly number[]): number {
  let sum = 0
  for (const [parameter, amount] of features) sum += amount * (parameters[parameter] ?? 0)
  return sum
}

function add(matrix: number[][], p: number, q: number, amount: number): void {
  const row = matrix[p - 1]
  if (row !== undefined && q > 0) row[q - 1] = (row[q - 1] ?? 0) + amount
}

function moved(from: readonly number[], step: readonly number[], share: number): number[] {
  return from.map((value, index) => (index === 0 ? 0 : value + share * (step[index - 1] ?? 0)))
}

function maximum(values: readonly number[]): number {
  return Math.max(0, ...values.map(Math.abs))
}

/** Solves a symmetric positive definite system by Cholesky; null if it is not one. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] | null {
  const lower = factor(matrix)
  return lower === null ? null : substitute(lower, right)
}

function invert(matrix: readonly number[][]): number[][] | null {
  const lower = factor(matrix)
  if (lower === null) return null
  return matrix.map((_, column) =>
    substitute(
      lower,
      matrix.map((_, row) => (row === column ? 1 : 0)),
    ),
  )
}

function factor(matrix: readonly number[][]): number[][] | null {
  const lower: number[][] = []
  for (const [i, source] of matrix.entries()) {
    const row: number[] = []
    for (let j = 0; j <= i; j += 1) {
      const other = j === i ? row : (lower[j] ?? [])
      let sum = source[j] ?? 0
      for (let k = 0; k < j; k += 1) sum -= (row[k] ?? 0) * (other[k] ?? 0)
      if (j < i) row.push(sum / (other[j] ?? 1))
      else if (!(sum > 1e-14 * (source[i] ?? 0))) return null
      else row.push(Math.sqrt(sum))
    }
    lower.push(row)
  }
  return lower
}

function substitute(lower: readonly number[][], right: readonly number[]): number[] {
  const half: number[] = []
  for (const [i, row] of lower.entries()) {
    let sum = right[i] ?? 0
    for (let k = 0; k < i; k += 1) sum -= (row[k] ?? 0) * (half[k] ?? 0)
    half.push(sum / (row[i] ?? 1))
  }
  const solution = half.map(() => 0)
  for (let i = half.length - 1; i >= 0; i -= 1) {
    let sum = half[i] ?? 0
    for (let k = i + 1; k < half.length; k += 1) sum -= (lower[k]?.[i] ?? 0) * (solution[k] ?? 0)
    solution[i] = sum / (lower[i]?.[i] ?? 1)
  }
  return solution
}
