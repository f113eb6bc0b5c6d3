/**
 * Model strength over a whole dataset in one pass: adds the comparisons of one record at a time and
 * reads a leaderboard with intervals and rank ranges by record. Memory grows with the square of the
 * number of models, never with the answers. The wins and ties are all that the models of Bradley and
 * Terry, 1952, and of Davidson, 1970, need to know.
 */

import { addTo, ONCE, startTally, sumOf, type Weights } from '../bootstrap.ts'
import { eachPair, type Votes } from '../consensus/ballot.ts'
import type { Measured } from '../measured.ts'
import { bradleyTerryContest } from './bradley-terry.ts'
import { startClusters } from './clusters.ts'
import { type Duels, judged } from './connectivity.ts'
import { buildLeaderboard, type Leaderboard } from './leaderboard.ts'
import type { Contest } from './strength-fit.ts'

export type RunningStrength = {
  /**
   * The votes on one record and, by output id, who wrote what. Outputs of an unknown model, and two
   * of one and the same model, say nothing and are skipped.
   */
  add(votes: Votes, modelOf: ReadonlyMap<string, string>, weights?: Weights): void
  models(): string[]
  /** Wins and ties in the order of `models()`. */
  duels(resample?: number): Duels
  leaderboard(
    contest?: (duels: Duels) => Measured<Contest>,
    tell?: (share: number) => void,
  ): Measured<Leaderboard>
}

export function startStrength(resamples = 0): RunningStrength {
  const places = new Map<string, number>()
  const wins = startTally(resamples)
  const ties = startTally(resamples)
  const clusters = startClusters()
  const placeOf = (model: string) => {
    const place = places.get(model) ?? places.size
    places.set(model, place)
    return place
  }
  const models = () => [...places.keys()].sort()
  const duels = (resample = 0): Duels => {
    const order = models().map(placeOf)
    const table = (cell: (a: number, b: number) => number) =>
      order.map((a) => order.map((b) => (a === b ? 0 : cell(a, b))))
    return {
      wins: table((a, b) => sumOf(wins, squareRow(a, b), resample)),
      ties: table((a, b) => sumOf(ties, squareRow(Math.min(a, b), Math.max(a, b)), resample)),
    }
  }

  return {
    models,
    duels,
    add(votes, modelOf, weights = ONCE) {
      const models = votes.ids.map((id) => modelOf.get(id))
      const met = new Map<number, number>()
      eachPair(votes, ({ first, second, tied }, i, j) => {
        const [one, other] = [models[i], models[j]]
        if (one === undefined || other === undefined || one === other) return
        const [a, b] = [placeOf(one), placeOf(other)]
        if (first > 0) addTo(wins, squareRow(a, b), first, weights)
        if (second > 0) addTo(wins, squareRow(b, a), second, weights)
        if (tied > 0) addTo(ties, squareRow(Math.min(a, b), Math.max(a, b)), tied, weights)
        const judgements = first + second + tied
        if (judgements === 0) return
        met.set(a, (met.get(a) ?? 0) + judgements)
        met.set(b, (met.get(b) ?? 0) + judgements)
      })
      clusters.add(met, weights)
    },
    leaderboard(contest = bradleyTerryContest, tell) {
      const observed = duels()
      const names = models()
      const judgements = names.map((_, place) =>
        names.reduce((sum, _, other) => sum + judged(observed, place, other), 0),
      )
      return buildLeaderboard({
        ...{ models: names, judgements, resamples, tell, records: clusters.records() },
        judgementsAsOne: names.map((name) => clusters.asOne(placeOf(name))),
        contestAt: (resample) => contest(duels(resample)),
      })
    },
  }
}

/** The row of cell (a, b) in a square that can grow: its shells lie one after the other. */
function squareRow(a: number, b: number): number {
  return a >= b ? a * a + b : b * b + b + 1 + a
}
