/**
 * Fits strengths to a contest, whatever the model of choice: logarithms of odds with mean 0. Where no
 * finite maximum exists a penalty keeps the fit finite, and it is said: each model also half-wins and
 * half-loses against a phantom (the logistic prior of F. Caron and A. Doucet, J. Comput. Graph. Stat.
 * 21, 2012).
 */

import { type Measured, measured } from '../measured.ts'
import type { Freedom } from './connectivity.ts'
import { covarianceOf, type Fit, fitLogit, type Logit, type Offers } from './logit.ts'
import { offerPairs } from './offers.ts'

export type Contest = {
  models: number
  /** How often each model was chosen, in amounts; then the parameters that are no model's. */
  chosen: readonly number[]
  offers: Offers
  freedom: Freedom
}

export type Strengths = {
  strengths: number[]
  logLikelihood: number
  /** True if some model never lost (or never won) and the penalty had to keep it finite. */
  penalized: boolean
  /** Of the centred strengths; var(i - j) = c[i][i] + c[j][j] - 2 c[i][j]. */
  covariance(): number[][]
  /** All parameters, for the next fit to start from. */
  parameters: Float64Array
}

export function isFree({ freedom }: Contest): boolean {
  return freedom.up.some(Boolean) || freedom.down.some(Boolean)
}

/** `start` are the parameters of a fit to nearly the same contest. */
export function fitContest(contest: Contest, start?: Float64Array): Measured<Strengths> {
  const penalized = isFree(contest)
  const logit = withPhantom(contest, penalized ? 1 : 0)
  const fit = fitLogit(logit, start)
  if (fit.value === null) return fit
  const { parameters, logLikelihood } = fit.value
  const found = fit.value
  return measured({
    strengths: centred(parameters, contest.models),
    logLikelihood,
    penalized,
    covariance: () => centredCovariance(found, logit.held, contest.models),
    parameters,
  })
}

/**
 * The contest with a phantom as its last parameter, in which each model half-wins and half-loses
 * `weight` times; without weight the first model stays where it is instead.
 */
export function withPhantom({ models, chosen, offers }: Contest, weight: number): Logit {
  const phantom = chosen.length
  const pairs = Array.from({ length: models }, (_, a) => ({ a, b: phantom, times: weight }))
  return {
    chosen: [
      ...chosen.map((amount, place) => (place < models ? amount + weight / 2 : amount)),
      (models * weight) / 2,
    ],
    offers: weight === 0 ? [offers, holdAt(phantom)] : [offers, offerPairs(pairs)],
    held: weight === 0 ? 0 : phantom,
  }
}

export function centred(parameters: Float64Array, models: number): number[] {
  const raw = [...parameters.subarray(0, models)]
  const center = raw.reduce((sum, value) => sum + value, 0) / models
  return raw.map((value) => value - center)
}

/** Covariance after subtracting the mean: each row and column sums to 0. */
export function centredCovariance({ information }: Fit, held: number, models: number): number[][] {
  const free = covarianceOf(information, held) ?? []
  const places = Array.from({ length: models }, (_, place) => place)
  const cell = (i: number, j: number) => free[i]?.[j] ?? 0
  const rows = places.map((i) => places.reduce((sum, j) => sum + cell(i, j), 0) / models)
  const all = rows.reduce((sum, value) => sum + value, 0) / models
  return places.map((i) => places.map((j) => cell(i, j) - (rows[i] ?? 0) - (rows[j] ?? 0) + all))
}

/** A phantom nobody meets stays at 0. */
function holdAt(place: number): Offers {
  return (parameters, { slope, information }) => {
    const cell = place * parameters.length + place
    slope[place] = (slope[place] ?? 0) - (parameters[place] ?? 0)
    information[cell] = (information[cell] ?? 0) + 1
  }
}
