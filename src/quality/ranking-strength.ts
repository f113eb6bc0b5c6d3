/**
 * Model strength from whole rankings (Plackett-Luce) over a dataset in one pass: counts equal
 * rankings of models together, so memory grows with the different rankings, never with the answers.
 * R. Plackett, "The analysis of permutations", Appl. Statist. 24, 1975.
 */
import { type Ballot, ranksIn, UNJUDGED } from './ballot.ts'
import { addTo, ONCE, startTally, sumOf, type Weights } from './bootstrap.ts'
import { buildLeaderboard, type Leaderboard } from './leaderboard.ts'
import { type Measured, unmeasured } from './measured.ts'
import { fitPlackettLuce, type Tiers } from './plackett-luce.ts'

export type RunningRankingStrength = {
  /** One ballot and, by output id, who wrote what. */
  add(ballot: Ballot, modelOf: ReadonlyMap<string, string>, weights?: Weights): void
  /**
   * Ballots Plackett-Luce cannot take: two outputs of one model, fewer than two known models, or
   * best-worst, whose middle is not in order. Bradley-Terry takes their pairs.
   */
  leftOut(): number
  leaderboard(): Measured<Leaderboard>
}

type Ranking = { tiers: string[][]; openEnd: boolean }

export function startRankingStrength(resamples = 0): RunningRankingStrength {
  const rankings: Ranking[] = []
  const rows = new Map<string, number>()
  const tally = startTally(resamples)
  const seen = { leftOut: 0, tooMany: false }

  return {
    add(ballot, modelOf, weights = ONCE) {
      const ranking = rankModels(ballot, modelOf)
      if (ranking === null) {
        seen.leftOut += weights[0] ?? 1
        return
      }
      const key = JSON.stringify(ranking)
      let row = rows.get(key)
      if (row === undefined) {
        if (rankings.length === MAX_RANKINGS) {
          seen.tooMany = true
          return
        }
        row = rankings.length
        rows.set(key, row)
        rankings.push(ranking)
      }
      addTo(tally, row, 1, weights)
    },
    leftOut: () => seen.leftOut,
    leaderboard() {
      if (seen.tooMany) return unmeasured(TOO_MANY)
      const models = [...new Set(rankings.flatMap(({ tiers }) => tiers.flat()))].sort()
      const placeOf = new Map(models.map((model, place) => [model, place]))
      const inPlaces = rankings.map(({ tiers, openEnd }) => ({
        openEnd,
        tiers: tiers.map((tier) => tier.map((model) => placeOf.get(model) ?? 0)),
      }))
      const judgements = models.map((model) =>
        rankings.reduce(
          (sum, { tiers }, row) => sum + (tiers.flat().includes(model) ? sumOf(tally, row, 0) : 0),
          0,
        ),
      )
      return buildLeaderboard(models, judgements, resamples, (resample) => {
        const counted = inPlaces.map((ranking, row): Tiers => {
          return { ...ranking, times: sumOf(tally, row, resample) }
        })
        return fitPlackettLuce(
          models.length,
          counted.filter(({ times }) => times !== 0),
        )
      })
    },
  }
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
