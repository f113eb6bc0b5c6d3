/**
 * The engine under Bradley-Terry, Davidson and Plackett-Luce: maximum likelihood for repeated
 * choices, by Newton's method with step halving. The likelihood needs only how often each parameter
 * was chosen and what was offered.
 * D. McFadden, "Conditional logit analysis of qualitative choice behavior", 1974.
 */
import { type Measured, measured, unmeasured } from '../measured.ts'

/** A point of the likelihood: its slope and minus its curvature (row-major, lower triangle). */
export type Point = { logLikelihood: number; slope: Float64Array; information: Float64Array }

/** What was offered: takes the log of its total odds off, and adds to slope and information. */
export type Offers = (parameters: Float64Array, into: Point) => void

export type Logit = {
  /** How often each parameter was chosen, in amounts. */
  chosen: ArrayLike<number>
  offers: readonly Offers[]
  /** The parameter that stays at 0: only differences are known. */
  held: number
}

export type Fit = { parameters: Float64Array; logLikelihood: number; information: Float64Array }

/** Fits all parameters; `start`, a fit of similar data, saves rounds. */
export function fitLogit(logit: Logit, start?: Float64Array): Measured<Fit> {
  const size = logit.chosen.length
  let parameters: Float64Array = start === undefined ? new Float64Array(size) : start.slice()
  let [here, next] = [newPoint(size), newPoint(size)]
  evaluate(logit, parameters, here)
  const step = new Float64Array(size)
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (!solve(here, logit.held, step)) return unmeasured(UNBOUNDED)
    let gain = 0
    let size = 0
    for (const [index, part] of step.entries()) {
      gain += part * (here.slope[index] ?? 0)
      size = Math.max(size, Math.abs(part))
    }
    // No step is so long that odds overflow on the way.
    let share = Math.min(1, LONGEST / size)
    let moved = along(parameters, step, share)
    evaluate(logit, moved, next)
    // The tolerance lets steps of rounding size pass.
    const least = here.logLikelihood - 1e-12 * Math.abs(here.logLikelihood)
    while (!(next.logLikelihood >= least) && share > 1e-9) {
      share /= 2
      moved = along(parameters, step, share)
      evaluate(logit, moved, next)
    }
    if (!Number.isFinite(next.logLikelihood)) return unmeasured(UNBOUNDED)
    parameters = moved
    ;[here, next] = [next, here]
    if (size < 1e-10 || (size < 1e-6 && gain < 1e-13 * Math.max(1, -here.logLikelihood)))
      return measured({ parameters, ...here })
  }
  return unmeasured(UNBOUNDED)
}

/** The covariance of the parameters; zero for the one that is held. */
export function covarianceOf(information: Float64Array, held: number): number[][] | null {
  const size = Math.sqrt(information.length)
  const free = freeOf(size, held)
  const lower = factor(information, free)
  if (lower === null) return null
  const rows = Array.from({ length: size }, () => new Array<number>(size).fill(0))
  const column = new Float64Array(free.length)
  for (const [at, parameter] of free.entries()) {
    column.fill(0)
    column[at] = 1
    substitute(lower, column)
    for (const [other, value] of column.entries()) {
      const row = rows[free[other] ?? 0]
      if (row !== undefined) row[parameter] = value
    }
  }
  return rows
}

const MOST_ROUNDS = 200
const LONGEST = 20
const UNBOUNDED = 'The strengths have no finite maximum: collect more comparisons.'

function newPoint(size: number): Point {
  return {
    logLikelihood: 0,
    slope: new Float64Array(size),
    information: new Float64Array(size * size),
  }
}

function evaluate({ chosen, offers }: Logit, parameters: Float64Array, into: Point): void {
  into.information.fill(0)
  into.logLikelihood = 0
  for (let index = 0; index < parameters.length; index += 1) {
    const amount = chosen[index] ?? 0
    into.slope[index] = amount
    into.logLikelihood += amount * (parameters[index] ?? 0)
  }
  for (const offer of offers) offer(parameters, into)
}

function along(from: Float64Array, step: Float64Array, share: number): Float64Array {
  return from.map((value, index) => value + share * (step[index] ?? 0))
}

/** Newton's step, by Cholesky; false if the information is not positive definite. */
function solve({ slope, information }: Point, held: number, step: Float64Array): boolean {
  const free = freeOf(slope.length, held)
  const lower = factor(information, free)
  if (lower === null) return false
  const right = Float64Array.from(free, (parameter) => slope[parameter] ?? 0)
  substitute(lower, right)
  step.fill(0)
  for (const [at, parameter] of free.entries()) step[parameter] = right[at] ?? 0
  return right.every(Number.isFinite)
}

function freeOf(size: number, held: number): number[] {
  return Array.from({ length: size }, (_, index) => index).filter((index) => index !== held)
}

/** The lower triangle of the free parameters, row-major. */
function factor(information: Float64Array, free: readonly number[]): Float64Array | null {
  const size = Math.sqrt(information.length)
  const count = free.length
  const lower = new Float64Array(count * count)
  for (let i = 0; i < count; i += 1) {
    const row = i * count
    const source = (free[i] ?? 0) * size
    for (let j = 0; j <= i; j += 1) {
      const other = j * count
      const cell = information[source + (free[j] ?? 0)] ?? 0
      let sum = cell
      for (let k = 0; k < j; k += 1) sum -= (lower[row + k] ?? 0) * (lower[other + k] ?? 0)
      if (j < i) lower[row + j] = sum / (lower[other + j] ?? 1)
      else if (!(sum > 1e-14 * cell)) return null
      else lower[row + j] = Math.sqrt(sum)
    }
  }
  return lower
}

/** Solves in place. */
function substitute(lower: Float64Array, right: Float64Array): void {
  const count = right.length
  for (let i = 0; i < count; i += 1) {
    let sum = right[i] ?? 0
    for (let k = 0; k < i; k += 1) sum -= (lower[i * count + k] ?? 0) * (right[k] ?? 0)
    right[i] = sum / (lower[i * count + i] ?? 1)
  }
  for (let i = count - 1; i >= 0; i -= 1) {
    let sum = right[i] ?? 0
    for (let k = i + 1; k < count; k += 1) sum -= (lower[k * count + i] ?? 0) * (right[k] ?? 0)
    right[i] = sum / (lower[i * count + i] ?? 1)
  }
}
