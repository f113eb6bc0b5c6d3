/**
 * Davidson's model: Bradley-Terry in which a tie is an outcome of its own, likelier the closer two
 * models are. P(tie) : P(a) : P(b) = v sqrt(ab) : a : b.
 * R. Davidson, "On extending the Bradley-Terry model to accommodate ties", JASA 65, 1970.
 */
import {
  fitBradleyTerry,
  fitStrengths,
  one,
  type Strengths,
  whyIncomparable,
} from './bradley-terry.ts'
import { type Duels, isBounded, judged } from './connectivity.ts'
import type { Alternative, Offer } from './logit.ts'
import { type Measured, measured, unmeasured } from './measured.ts'

/** `tieOdds` is Davidson's v; two equal models tie with probability v / (v + 2). */
export type StrengthsWithTies = Strengths & { tieOdds: number }

export function fitDavidson(duels: Duels): Measured<StrengthsWithTies> {
  const problem = whyIncomparable(duels)
  if (problem !== null) return unmeasured(problem)
  const ties = sum(duels.ties) / 2
  if (ties === 0) {
    const fit = fitBradleyTerry(duels)
    return fit.value === null ? fit : measured({ ...fit.value, tieOdds: 0 })
  }
  if (sum(duels.wins) === 0) return unmeasured('Every comparison is a tie.')
  const free = isBounded(duels) ? fitWith(duels, ties, false) : null
  // Ties alone may hold a group in place on paper only: then the odds of a tie run off instead.
  return free === null || free.value === null ? fitWith(duels, ties, true) : free
}

function fitWith(duels: Duels, ties: number, penalize: boolean): Measured<StrengthsWithTies> {
  const places = duels.wins.map((_, place) => place)
  const chosen = places.map(
    (place) => sum([duels.wins[place] ?? []]) + sum([duels.ties[place] ?? []]) / 2,
  )
  const offers: Offer[] = places.flatMap((a) =>
    places.slice(a + 1).map((b) => ({
      alternatives: [one(a), one(b), tie(a, b, places.length)],
      times: judged(duels, a, b),
    })),
  )
  const found = fitStrengths([...chosen, ties], offers, penalize, 1)
  if (found.value === null) return found
  const { extras, ...strengths } = found.value
  return measured({ ...strengths, tieOdds: Math.exp(extras[0] ?? 0) })
}

function tie(a: number, b: number, last: number): Alternative {
  return {
    scale: 1,
    features: [
      [a, 0.5],
      [b, 0.5],
      [last, 1],
    ],
  }
}

function sum(rows: readonly (readonly number[])[]): number {
  return rows.flat().reduce((total, value) => total + value, 0)
}
