/**
 * Bradley-Terry: how strong models are, from who beat whom. A tie counts as half a win for each.
 * Strengths are logarithms of odds with mean 0: a difference of 1 is odds of e to 1.
 * R. Bradley and M. Terry, "Rank analysis of incomplete block designs", Biometrika 39, 1952.
 */

import { type Measured, measured, unmeasured } from '../measured.ts'
import { comparedGroups, type Duels, freedomOf, judged } from './connectivity.ts'
import { offerPairs, type Pairing } from './offers.ts'
import { type Contest, fitContest, type Strengths } from './strength-fit.ts'

export function fitBradleyTerry(duels: Duels): Measured<Strengths> {
  const contest = bradleyTerryContest(duels)
  return contest.value === null ? contest : fitContest(contest.value)
}

export function bradleyTerryContest(duels: Duels): Measured<Contest> {
  const problem = whyIncomparable(duels)
  if (problem !== null) return unmeasured(problem)
  return measured({
    models: duels.wins.length,
    chosen: wonBy(duels),
    offers: offerPairs(pairingsOf(duels)),
    freedom: freedomOf(duels),
  })
}

/** Why no common scale exists, in a sentence, or null if one does. */
export function whyIncomparable(duels: Duels): string | null {
  if (duels.wins.length < 2) return 'Strength needs outputs of two models that were compared.'
  if (comparedGroups(duels).length === 1) return null
  return 'Some models were never compared, not even through others: show their outputs together.'
}

/** Wins of each, ties as half of one. */
export function wonBy({ wins, ties }: Duels): number[] {
  return wins.map((row, a) => sum(row) + sum(ties[a] ?? []) / 2)
}

export function pairingsOf(duels: Duels): Pairing[] {
  const pairs: Pairing[] = []
  for (let a = 0; a < duels.wins.length; a += 1)
    for (let b = a + 1; b < duels.wins.length; b += 1) {
      const times = judged(duels, a, b)
      if (times > 0) pairs.push({ a, b, times })
    }
  return pairs
}

function sum(row: readonly number[]): number {
  return row.reduce((total, value) => total + value, 0)
}
