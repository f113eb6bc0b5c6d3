/**
 * Model strength from whole rankings (Plackett-Luce) over a dataset in one pass: counts equal
 * rankings of models together, so memory grows with the different rankings, never with the answers.
 * R. Plackett, "The analysis of permutations", Appl. Statist. 24, 1975.
 */

import { addTo, ONCE, startTally, sumOf, type Weights } from '../bootstrap.ts'
import { type Ballot, ranksIn, UNJUDGED } from '../consensus/ballot.ts'
import { type Measured, unmeasured } from '../measured.ts'
import { startClusters } from './clusters.ts'
import { buildLeaderboard, type Leaderboard } from './leaderboard.ts'
import { plackettLuceContest, type Tiers } from './plackett-luce.ts'

export type RunningRankingStrength = {
  /** The ballots of one record and, by output id, who wrote what. */
  add(ballots: readonly Ballot[], modelOf: ReadonlyMap<string, string>, weights?: Weights): void
  /**
   * Ballots Plackett-Luce cannot take: two outputs of one model, fewer than two known models, or
   * best-worst, whose middle is not in order. Bradley-Terry takes their pairs.
   */
  leftOut(): number
  leaderboard(tell?: (share: number) => void): Measured<Leaderboard>
}

type Ranking = { tiers: string[][]; openEnd: boolean }

export function startRankingStrength(resamples = 0): RunningRankingStrength {
  const rankings: Ranking[] = []
  const rows = new Map<string, number>()
  const tally = startTally(resamples)
  const places = new Map<string, number>()
  const clusters = startClusters()
  const seen = { leftOut: 0, tooMany: false }
  const placeOf = (model: string) => {
    const place = places.get(model) ?? places.size
    places.set(model, place)
    return place
  }
  const addRanking = (ranking: Ranking, weights: Weights) => {
    const key = JSON.stringify(ranking)
    const row = rows.get(key) ?? rankings.length
    if (row === MAX_RANKINGS) {
      seen.tooMany = true
      return
    }
    if (row === rankings.length) {
      rows.set(key, row)
      rankings.push(ranking)
    }
    addTo(tally, row, 1, weights)
  }

  return {
    add(ballots, modelOf, weights = ONCE) {
      const met = new Map<number, number>()
      for (const ballot of ballots) {
        const ranking = rankModels(ballot, modelOf)
        if (ranking === null) {
          seen.leftOut += weights[0] ?? 1
          continue
        }
        addRanking(ranking, weights)
        for (const place of ranking.tiers.flat().map(placeOf))
          met.set(place, (met.get(place) ?? 0) + 1)
      }
      clusters.add(met, weights)
    },
    leftOut: () => seen.leftOut,
    leaderboard(tell) {
      if (seen.tooMany) return unmeasured(TOO_MANY)
      const models = [...places.keys()].sort()
      const inPlaces = placed(rankings, models)
      const timesOf = (row: number, resample: number) => sumOf(tally, row, resample)
      return buildLeaderboard({
        ...{ models, resamples, tell, records: clusters.records() },
        judgements: judgementsOf(models, inPlaces, timesOf),
        judgementsAsOne: models.map((model) => clusters.asOne(placeOf(model))),
        contestAt: (resample) =>
          contestOf(models.length, inPlaces, (row) => timesOf(row, resample)),
      })
    },
  }
}

/** Rankings of models as rankings of their places among all. */
function placed(rankings: readonly Ranking[], models: readonly string[]) {
  const order = new Map(models.map((model, place) => [model, place]))
  return rankings.map(({ tiers, openEnd }) => ({
    openEnd,
    tiers: tiers.map((tier) => tier.map((model) => order.get(model) ?? 0)),
  }))
}

function contestOf(
  models: number,
  rankings: readonly Omit<Tiers, 'times'>[],
  timesOf: (row: number) => number,
) {
  const counted = rankings.map((ranking, row): Tiers => ({ ...ranking, times: timesOf(row) }))
  return plackettLuceContest(
    models,
    counted.filter(({ times }) => times !== 0),
  )
}

/** In how many rankings each model stands. */
function judgementsOf(
  models: readonly string[],
  rankings: readonly { tiers: number[][] }[],
  timesOf: (row: number, resample: number) => number,
): number[] {
  const judgements = models.map(() => 0)
  for (const [row, { tiers }] of rankings.entries())
    for (const place of tiers.flat()) judgements[place] = (judgements[place] ?? 0) + timesOf(row, 0)
  return judgements
}

const MAX_RANKINGS = 20_000
const TOO_MANY = `There are more than ${MAX_RANKINGS} different rankings; read Bradley-Terry instead.`

function rankModels(ballot: Ballot, modelOf: ReadonlyMap<string, string>): Ranking | null {
  if (ballot.mode === 'best_worst') return null
  const ids = Object.keys(ballot.ranks).filter((id) => modelOf.has(id))
  const ranks = ranksIn(ballot, ids)
  const models = ids.map((id) => modelOf.get(id) ?? '')
  if (models.length < 2 || new Set(models).size < models.length) return null
  const tiers = Map.groupBy(models.keys(), (index) => ranks[index] ?? UNJUDGED)
  return {
    tiers: [...tiers]
      .sort(([a], [b]) => a - b)
      .map(([, places]) => places.map((place) => models[place] ?? '').sort()),
    openEnd: ballot.mode === 'best_only',
  }
}
