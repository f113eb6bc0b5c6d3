/** What statistics ask of rankings: kappa over pairs, strength of models, and habits of labelers. */
import { type Ballot, comparisons, countVotes, eachPair, type RankingMode } from './ballot.ts'
import { fitDavidson } from './davidson.ts'
import { rankingDisagreement } from './disagreement.ts'
import { markRanking } from './gold.ts'
import { startLengthBias } from './length-bias.ts'
import { unmeasured } from './measured.ts'
import { startPairwiseKappa } from './pairwise-kappa.ts'
import { startPositionBias } from './position-bias.ts'
import { type Kind, remember } from './question-kind.ts'
import { outcomesOf, tidy, toBias, toEstimate, toShare } from './stats-read.ts'
import type { ModelStrength } from './stats-shape.ts'
import type { Outline } from './stats-source.ts'
import { startStrength } from './strength.ts'
import { wilson } from './wilson.ts'

export function startRankings(mode: RankingMode, resamples: number): Kind {
  const kappa = startPairwiseKappa(resamples)
  const strength = startStrength(resamples)
  const everybody = startPositionBias()
  const shown = startShown()
  const labelers = new Map<string, RankingHabits>()
  const read = remember((text) => readRanking(mode, text))
  const habitsOf = (labeler: string) => {
    let habits = labelers.get(labeler)
    if (habits === undefined) {
      habits = { position: startPositionBias(), longer: startLengthBias(), ties: 0, pairs: 0 }
      labelers.set(labeler, habits)
    }
    return habits
  }

  return {
    metric: 'kappa over pairs of outputs',
    agreement: kappa,
    raw: kappa.raw,
    build(texts, outline) {
      const rankings = texts.map(read)
      const ballots = rankings.map(({ ballot }) => ballot)
      const votes = countVotes(ballots)
      const pairs = rankings.map(({ strict }) => placesOf(strict, outline))
      return {
        disagreement: rankingDisagreement(votes).value,
        outcomes: outcomesOf(
          (others) =>
            others.addRankings(
              ballots.map((value, index) => ({ labeler: String(index), value })),
              votes,
            ),
          texts.length,
        ),
        take(weights) {
          kappa.add(votes, weights)
          strength.add(votes, outline.modelOf, weights)
        },
        note(index, answer, { lengths }) {
          const ranking = rankings[index]
          if (ranking === undefined) return
          const habits = habitsOf(answer.labeler)
          habits.ties += ranking.ties
          habits.pairs += ranking.ties + ranking.strict.length
          if (ranking.best !== null && answer.first !== '') {
            const place = ranking.best === answer.first ? 0 : 1
            habits.position.add(place, answer.shown)
            everybody.add(place, answer.shown)
          }
          if (lengths !== null)
            for (const [better, worse] of pairs[index] ?? [])
              habits.longer.add(lengths[better] ?? 0, lengths[worse] ?? 0)
          // Of a block of outputs it is not known here which were shown.
          if (answer.shown === outline.ids.length) shown.add(outline, answer.first)
        },
      }
    },
    mark: (given, known) => markRanking(read(given).ballot, read(known).ballot),
    compare(before, after) {
      const found = { same: 0, of: 0 }
      eachPair(countVotes([read(before).ballot, read(after).ballot]), (pair) => {
        if (pair.first + pair.second + pair.tied < 2) return
        found.of += 1
        if (pair.first === 2 || pair.second === 2 || pair.tied === 2) found.same += 1
      })
      return found
    },
    read() {
      const board = strength.leaderboard(fitDavidson)
      const shownFirst = shown.read()
      const position = toBias(everybody.read())
      if (board.value === null) return { position, strength: board }
      const value = board.value.standings.map((standing): ModelStrength => {
        const { count, of, expected } = shownFirst.get(standing.model) ?? nobody
        const range = standing.rankRange.value
        return {
          model: standing.model,
          strength: toEstimate(
            { value: standing.strength },
            ...(resamples === 0 ? [] : [standing.interval]),
          ),
          rank: standing.rank,
          ...(range === null ? {} : { rank_low: range.low, rank_high: range.high }),
          judgements: standing.judgements,
          shown_first: { count, of, expected: tidy(expected) },
        }
      })
      return { position, strength: { value, penalized: board.value.penalized, method: 'Davidson' } }
    },
    ofLabeler(labeler) {
      const habits = labelers.get(labeler)
      if (habits === undefined) return {}
      const longer = habits.longer.read()
      return {
        position: toBias(habits.position.read()),
        longer_preferred: toBias(
          longer.value === null
            ? unmeasured('No pair of outputs of different length was judged.')
            : {
                value: {
                  first: longer.value.count,
                  cards: longer.value.of,
                  share: longer.value.share,
                  expected: 0.5,
                  p: longer.value.p,
                },
              },
        ),
        ties: toShare(
          habits.pairs === 0
            ? unmeasured('No pair of outputs was judged yet.')
            : wilson(habits.ties, habits.pairs),
        ),
      }
    },
  }
}

type RankingHabits = {
  position: ReturnType<typeof startPositionBias>
  longer: ReturnType<typeof startLengthBias>
  ties: number
  pairs: number
}

const nobody = { count: 0, of: 0, expected: 0 }

/** Counts which output of which outline was shown first; models are told apart when it is read. */
function startShown() {
  const models = new Map<string, { count: number; of: number; expected: number }>()
  const firsts = new Map<Outline, Map<string, number>>()
  const settle = () => {
    for (const [{ ids, modelOf }, counts] of firsts) {
      const cards = [...counts.values()].reduce((sum, count) => sum + count, 0)
      for (const id of ids) {
        const model = modelOf.get(id)
        if (model === undefined) continue
        const found = models.get(model) ?? { count: 0, of: 0, expected: 0 }
        models.set(model, found)
        found.of += cards
        found.expected += cards / ids.length
        found.count += counts.get(id) ?? 0
      }
    }
    firsts.clear()
  }
  return {
    add(outline: Outline, first: string) {
      let counts = firsts.get(outline)
      if (counts === undefined) {
        if (firsts.size >= 4096) settle()
        counts = new Map()
        firsts.set(outline, counts)
      }
      counts.set(first, (counts.get(first) ?? 0) + 1)
    },
    read() {
      settle()
      return models
    },
  }
}

/** Pairs of ids as places in the outline; without those it does not have. */
function placesOf(pairs: readonly [string, string][], { placeOf }: Outline): [number, number][] {
  return pairs.flatMap(([better, worse]): [number, number][] => {
    const [one, other] = [placeOf.get(better), placeOf.get(worse)]
    return one === undefined || other === undefined ? [] : [[one, other]]
  })
}

type ReadRanking = {
  ballot: Ballot
  best: string | null
  strict: [string, string][]
  ties: number
}

/** A question's mode is fixed once it is published, so all its rankings have it. */
function readRanking(mode: RankingMode, text: string): ReadRanking {
  const ranks: Record<string, number> = JSON.parse(text)
  const ballot: Ballot = { mode, ranks }
  const { strict, ties } = comparisons(ballot)
  const judged = Object.entries(ranks)
  const firsts = judged.filter(([, rank]) => rank === 1)
  const best = judged.length > 1 && firsts.length === 1 ? (firsts[0]?.[0] ?? null) : null
  return { ballot, best, strict, ties: ties.length }
}
