/**
 * Davidson's model: Bradley-Terry in which a tie is an outcome of its own, likelier the closer two
 * models are. P(tie) : P(a) : P(b) = v sqrt(ab) : a : b.
 * R. Davidson, "On extending the Bradley-Terry model to accommodate ties", JASA 65, 1970.
 */

import { type Measured, measured, unmeasured } from '../measured.ts'
import { bradleyTerryContest, pairingsOf, whyIncomparable, wonBy } from './bradley-terry.ts'
import { type Duels, freedomWithTies } from './connectivity.ts'
import { offerPairsOrTies } from './offers.ts'
import { type Contest, fitContest, type Strengths } from './strength-fit.ts'

/** `tieOdds` is Davidson's v; two equal models tie with probability v / (v + 2). */
export type StrengthsWithTies = Strengths & { tieOdds: number }

export function fitDavidson(duels: Duels): Measured<StrengthsWithTies> {
  const contest = davidsonContest(duels)
  if (contest.value === null) return contest
  const found = fitContest(contest.value)
  if (found.value === null) return found
  const { parameters } = found.value
  const hasTies = contest.value.chosen.length > contest.value.models
  const tieOdds = hasTies ? Math.exp(parameters[contest.value.models] ?? 0) : 0
  return measured({ ...found.value, tieOdds })
}

/** Without a tie it is Bradley-Terry's. */
export function davidsonContest(duels: Duels): Measured<Contest> {
  const problem = whyIncomparable(duels)
  if (problem !== null) return unmeasured(problem)
  const ties = duels.ties.flat().reduce((total, value) => total + value, 0) / 2
  if (ties === 0) return bradleyTerryContest(duels)
  if (duels.wins.every((row) => row.every((value) => value === 0)))
    return unmeasured('Every comparison is a tie.')
  const models = duels.wins.length
  return measured({
    models,
    chosen: [...wonBy(duels), ties],
    offers: offerPairsOrTies(pairingsOf(duels), models),
    freedom: freedomWithTies(duels),
  })
}
