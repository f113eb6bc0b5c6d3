/**
 * Limits of a model's strength from the likelihood itself: the lowest and highest under which the
 * answers still had a fair chance. They hold where resampling fails, because an outcome that was
 * never seen is in no resample: a model that never lost has a lower limit and no upper one.
 * D. Venzon and S. Moolgavkar, "A method for computing profile-likelihood-based confidence
 * intervals", Appl. Statist. 37, 1988.
 */
import type { Interval } from '../bootstrap.ts'
import { fitLogit, type Logit } from './logit.ts'
import {
  type Contest,
  centred,
  centredCovariance,
  type Strengths,
  withPhantom,
} from './strength-fit.ts'

/**
 * How much of the log-likelihood a limit may cost: at ln 40 a model that won all of its comparisons
 * would do so in one case of 40. In the middle of the scale that is a little wider than 95% needs.
 */
const ALLOWED = Math.log(40)

/** Holds the other parameters finite, and is too weak to move a limit. */
const FAINT = 1e-3

/**
 * `judgementsAsOne[place]` is how many of a model's judgements depend on each other: so many
 * count as one. An end without a limit is infinite.
 */
export function likelihoodIntervals(
  contest: Contest,
  fit: Strengths,
  judgementsAsOne: readonly number[],
): Interval[] {
  const logit = withPhantom(contest, FAINT)
  const base = fitLogit(logit, fit.parameters)
  const open = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
  if (base.value === null) return Array.from({ length: contest.models }, () => open)
  const { parameters, logLikelihood } = base.value
  const highest = logLikelihood - faintly(parameters, contest.models)
  const spreads = centredCovariance(base.value, logit.held, contest.models)
  const search = (place: number, side: 1 | -1) => {
    const cost = ALLOWED * Math.max(1, judgementsAsOne[place] ?? 1)
    const variance = spreads[place]?.[place] ?? 0
    return findLimit({ contest, logit, parameters, highest, place, side, cost, variance })
  }
  return Array.from({ length: contest.models }, (_, place) => ({
    low: contest.freedom.down[place] ? open.low : search(place, -1),
    high: contest.freedom.up[place] ? open.high : search(place, 1),
  }))
}

type Search = {
  contest: Contest
  logit: Logit
  parameters: Float64Array
  highest: number
  place: number
  side: 1 | -1
  cost: number
  variance: number
}

/**
 * Leans on the model's strength until the likelihood has fallen by the cost: to lean is to add wins or
 * losses, so that each try is one more fit.
 */
function findLimit(search: Search): number {
  const { contest, logit, place, side, cost, variance } = search
  const { models } = contest
  let start = search.parameters
  let limit = centred(start, models)[place] ?? 0
  let below = { weight: 0, root: 0 }
  let above: { weight: number; root: number | null } | null = null
  let weight = Math.max(Math.sqrt((2 * cost) / Math.max(variance, 1e-12)), cost / 8)
  for (let round = 0; round < 60; round += 1) {
    const chosen = Array.from(logit.chosen, (amount, index) => {
      if (index >= models) return amount
      return amount + side * weight * ((index === place ? 1 : 0) - 1 / models)
    })
    const { value } = fitLogit({ ...logit, chosen }, start)
    const strength = value === null ? null : (centred(value.parameters, models)[place] ?? 0)
    const lost =
      value === null || strength === null
        ? null
        : search.highest -
          (value.logLikelihood - faintly(value.parameters, models) - side * weight * strength)
    if (value !== null && strength !== null && lost !== null && lost <= cost * 1.002) {
      limit = strength
      start = value.parameters
      if (lost >= cost * 0.998) return limit
      below = { weight, root: Math.sqrt(Math.max(0, lost)) }
    } else above = { weight, root: lost === null ? null : Math.sqrt(lost) }
    weight = nextWeight(below, above, Math.sqrt(cost))
    if (above !== null && above.weight - below.weight < 1e-9 * above.weight) return limit
  }
  return limit
}

/** Where the root of the loss, which grows nearly evenly, would reach the wanted one; or the middle. */
function nextWeight(
  below: { weight: number; root: number },
  above: { weight: number; root: number | null } | null,
  wanted: number,
): number {
  if (above === null) return below.weight * 2
  const width = above.weight - below.weight
  if (above.root === null) return below.weight + width / 2
  const share = (wanted - below.root) / (above.root - below.root)
  return below.weight + width * Math.min(0.95, Math.max(0.05, share))
}

/** What the faint phantom adds to the log-likelihood. */
function faintly(parameters: Float64Array, models: number): number {
  const phantom = parameters[parameters.length - 1] ?? 0
  let sum = 0
  for (let place = 0; place < models; place += 1) {
    const own = parameters[place] ?? 0
    const most = Math.max(own, phantom)
    const log = most + Math.log1p(Math.exp(Math.min(own, phantom) - most))
    sum += FAINT * ((own + phantom) / 2 - log)
  }
  return sum
}
