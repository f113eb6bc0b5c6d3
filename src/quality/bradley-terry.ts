/**
 * Bradley-Terry: how strong models are, from who beat whom. A tie counts as half a win for each.
 * Strengths are logarithms of odds with mean 0: a difference of 1 is odds of e to 1.
 * R. Bradley and M. Terry, "Rank analysis of incomplete block designs", Biometrika 39, 1952.
 */
import { comparedGroups, type Duels, isBounded, judged } from './connectivity.ts'
import { fitLogit, type Offer } from './logit.ts'
import { type Measured, measured, unmeasured } from './measured.ts'

export type Strengths = {
  strengths: number[]
  /** Of the centred strengths; var(i - j) = c[i][i] + c[j][j] - 2 c[i][j]. */
  covariance: number[][]
  logLikelihood: number
  /** True if some model never lost (or never won) and the penalty had to keep it finite. */
  penalized: boolean
}

export function fitBradleyTerry(duels: Duels): Measured<Strengths> {
  const problem = whyIncomparable(duels)
  if (problem !== null) return unmeasured(problem)
  const places = duels.wins.map((_, place) => place)
  const won = places.map((a) =>
    places.reduce((sum, b) => sum + (duels.wins[a]?.[b] ?? 0) + (duels.ties[a]?.[b] ?? 0) / 2, 0),
  )
  const offers: Offer[] = places.flatMap((a) =>
    places.slice(a + 1).map((b) => ({
      alternatives: [one(a), one(b)],
      times: judged(duels, a, b),
    })),
  )
  return fitStrengths(won, offers, !isBounded(duels))
}

/** Why no common scale exists, in a sentence, or null if one does. */
export function whyIncomparable(duels: Duels): string | null {
  if (duels.wins.length < 2) return 'Strength needs outputs of two models that were compared.'
  if (comparedGroups(duels).length === 1) return null
  return 'Some models were never compared, not even through others: show their outputs together.'
}

/** The alternative "this one is chosen". */
export function one(place: number, scale = 1): { features: [number, number][]; scale: number } {
  return { features: [[place, 1]], scale }
}

/**
 * Fits one parameter a model, and `extra` parameters after them, and centres the models. With
 * `penalize`, each model also half-wins and half-loses against a phantom of strength 0, which keeps
 * everything finite: the logistic prior of F. Caron and A. Doucet, J. Comput. Graph. Stat. 21, 2012.
 */
export function fitStrengths(
  chosen: readonly number[],
  offers: readonly Offer[],
  penalize: boolean,
  extra = 0,
): Measured<Strengths & { extras: number[] }> {
  const models = chosen.length - extra
  const fit = penalize ? fitWithPhantom(chosen, offers, models) : fitLogit(chosen, offers)
  if (fit.value === null) return fit
  const first = penalize ? 1 : 0
  const raw = fit.value.parameters.slice(first, first + models)
  const center = raw.reduce((sum, value) => sum + value, 0) / models
  const free = fit.value.covariance
  const cell = (i: number, j: number) => free[i + first - 1]?.[j + first - 1] ?? 0
  return measured({
    strengths: raw.map((value) => value - center),
    covariance: centred(models, cell),
    logLikelihood: fit.value.logLikelihood,
    penalized: penalize,
    extras: fit.value.parameters.slice(first + models),
  })
}

function fitWithPhantom(chosen: readonly number[], offers: readonly Offer[], models: number) {
  const shifted = offers.map(({ alternatives, times }) => ({
    times,
    alternatives: alternatives.map(({ features, scale }) => ({
      scale,
      features: features.map(([place, amount]): [number, number] => [place + 1, amount]),
    })),
  }))
  const duels = Array.from({ length: models }, (_, place) => ({
    alternatives: [one(0), one(place + 1)],
    times: 1,
  }))
  const halfWins = chosen.map((amount, place) => (place < models ? amount + 0.5 : amount))
  return fitLogit([models / 2, ...halfWins], [...shifted, ...duels])
}

/** Covariance after subtracting the mean: each row and column sums to 0. */
function centred(size: number, cell: (i: number, j: number) => number): number[][] {
  const places = Array.from({ length: size }, (_, place) => place)
  const rows = places.map((i) => places.reduce((sum, j) => sum + cell(i, j), 0) / size)
  const all = rows.reduce((sum, value) => sum + value, 0) / size
  return places.map((i) => places.map((j) => cell(i, j) - (rows[i] ?? 0) - (rows[j] ?? 0) + all))
}
