/** What statistics ask of rankings: kappa over pairs, strength of models, and habits of labelers. */

import { counted } from '../../sentences.ts'
import { rankingDisagreement } from '../measures/agreement/disagreement.ts'
import { type RunningKappa, startPairwiseKappa } from '../measures/agreement/pairwise-kappa.ts'
import { addBundle, type Bundles, noBundles, shareOfBundles } from '../measures/clustered-share.ts'
import {
  type Ballot,
  comparisons,
  countVotes,
  eachPair,
  type RankingMode,
  tiesCount,
} from '../measures/consensus/ballot.ts'
import { markRanking } from '../measures/labelers/gold.ts'
import { startLengthBias } from '../measures/labelers/length-bias.ts'
import { startPositionBias } from '../measures/labelers/position-bias.ts'
import { startShownFirst } from '../measures/labelers/shown-first.ts'
import { unmeasured } from '../measures/measured.ts'
import { bradleyTerryContest } from '../measures/strength/bradley-terry.ts'
import { davidsonContest } from '../measures/strength/davidson.ts'
import { leastRecords } from '../measures/strength/leaderboard.ts'
import { startRankingStrength } from '../measures/strength/ranking-strength.ts'
import { startStrength } from '../measures/strength/strength.ts'
import { startUnseen } from '../measures/unseen.ts'
import { type Kind, type Mark, type Pattern, remember } from './question-kind.ts'
import { outcomesOf, tidy, toBias, toEstimate, toShare } from './stats-read.ts'
import type { ModelStrength, StrengthMethod } from './stats-result.ts'
import type { Outline, RecordAnswers, RowAnswer } from './stats-source.ts'

export function startRankings(
  mode: RankingMode,
  resamples: number,
  method: StrengthMethod = 'Davidson',
  tell?: (share: number) => void,
): Kind {
  const sums = startSums(mode, resamples, method)
  const { kappa, read } = sums
  return {
    metric: 'kappa over pairs of outputs',
    agreement: kappa,
    raw: kappa.raw,
    comparable: {
      kappa: 'pairs',
      judgements: (text) => {
        const { strict, ties } = comparisons(read(text).ballot)
        const sign = ([a, b]: readonly [string, string], value: number) =>
          [JSON.stringify([a, b].sort()), a < b ? value : 0 - value] as const
        return [...strict.map((pair) => sign(pair, 1)), ...ties.map((pair) => sign(pair, 0))]
      },
      // If a shared rank means "not compared", ranks are not an order.
      numbers: tiesCount(mode) ? (text) => Object.entries(read(text).ballot.ranks) : null,
    },
    addUnseen: () => kappa.addUnseen(startUnseen(resamples)),
    build: (texts, outline) => buildPattern(sums, texts, outline),
    mark: (given, known) => markRanking(read(given).ballot, read(known).ballot),
    repeat: (before, after, labeler) => compareRepeat(sums, [before, after], labeler),
    read: () => readBoard(sums, resamples, method, tell),
    ofLabeler: (labeler) => readHabits(sums, labeler),
  }
}

/** The sums over records. */
function startSums(mode: RankingMode, resamples: number, method: StrengthMethod) {
  return {
    kappa: startPairwiseKappa(resamples),
    strength: startStrength(resamples),
    /** Strength from whole rankings, where that was asked for. */
    whole: method === 'Plackett-Luce' ? startRankingStrength(resamples) : null,
    everybody: startPositionBias(),
    shown: startShownFirst(),
    labelers: new Map<string, RankingHabits>(),
    /** Each labeler's agreement with themselves. */
    selves: new Map<string, RunningKappa>(),
    read: remember((text) => readRanking(mode, text)),
  }
}
type Sums = ReturnType<typeof startSums>

function buildPattern(sums: Sums, texts: readonly string[], outline: Outline): Pattern {
  const { kappa, strength, whole } = sums
  const rankings = texts.map(sums.read)
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
      if (whole === null) strength.add(votes, outline.modelOf, weights)
      else whole.add(ballots, outline.modelOf, weights)
    },
    note(index, answer, record) {
      const ranking = rankings[index]
      if (ranking === undefined) return
      noteHabits(sums, answer, record, { ranking, pairs: pairs[index] ?? [] })
      sums.shown.add(outline, answer.first)
    },
  }
}

/** Whether a labeler prefers what is shown first, what is longer, and how often they see no difference. */
function noteHabits(
  { labelers, everybody }: Sums,
  answer: RowAnswer,
  { lengths, record }: RecordAnswers,
  { ranking, pairs }: { ranking: ReadRanking; pairs: readonly [number, number][] },
): void {
  let habits = labelers.get(answer.labeler)
  if (habits === undefined) {
    habits = { position: startPositionBias(), longer: startLengthBias(), ties: noBundles() }
    labelers.set(answer.labeler, habits)
  }
  addBundle(habits.ties, ranking.ties, ranking.ties + ranking.strict.length)
  if (ranking.best !== null && answer.first !== '') {
    const place = ranking.best === answer.first ? 0 : 1
    habits.position.add(place, answer.shown)
    everybody.add(place, answer.shown, record)
  }
  if (lengths !== null)
    habits.longer.add(pairs.map(([better, worse]) => [lengths[better] ?? 0, lengths[worse] ?? 0]))
}

/** In how many pairs a labeler's second answer to a record says the same as the first. */
function compareRepeat(
  { selves, read }: Sums,
  texts: readonly [before: string, after: string],
  labeler: string,
): Mark {
  const found = { same: 0, of: 0 }
  const votes = countVotes(texts.map((text) => read(text).ballot))
  const self = selves.get(labeler) ?? startPairwiseKappa()
  selves.set(labeler, self)
  self.add(votes)
  eachPair(votes, (pair) => {
    if (pair.first + pair.second + pair.tied < 2) return
    found.of += 1
    if (pair.first === 2 || pair.second === 2 || pair.tied === 2) found.same += 1
  })
  return found
}

function readBoard(
  { strength, whole, everybody, shown }: Sums,
  resamples: number,
  method: StrengthMethod,
  tell: ((share: number) => void) | undefined,
): ReturnType<Kind['read']> {
  const board = whole
    ? whole.leaderboard(tell)
    : strength.leaderboard(method === 'Davidson' ? davidsonContest : bradleyTerryContest, tell)
  const position = toBias(everybody.read())
  if (board.value === null) return { position, strength: board }
  const value = board.value.standings.map((standing): ModelStrength => {
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
      shown_first: shown.read(standing.model),
    }
  })
  return {
    position,
    strength: {
      value,
      penalized: board.value.penalized,
      method,
      ...(whole && { left_out: whole.leftOut() }),
      ...tooFewFor(board.value.records),
    },
  }
}

function readHabits({ labelers, selves }: Sums, labeler: string) {
  const self = selves.get(labeler)
  const kappa = self ? { self_kappa: toEstimate(self.read()) } : {}
  const habits = labelers.get(labeler)
  if (habits === undefined) return kappa
  const longer = habits.longer.read()
  return {
    ...kappa,
    position: toBias(habits.position.read()),
    longer_preferred:
      longer.value === null
        ? { value: null, reason: 'No pair of outputs of different length was judged.' }
        : {
            ...{ value: tidy(longer.value.share), expected: 0.5 },
            ...{ low: tidy(longer.value.low), high: tidy(longer.value.high) },
            ...{ count: longer.value.count, of: longer.value.of, p: tidy(longer.value.p) },
          },
    ties: toShare(
      habits.ties.of === 0
        ? unmeasured('No pair of outputs was judged yet.')
        : shareOfBundles(habits.ties),
    ),
  }
}

function tooFewFor(records: number): { too_few?: string } {
  if (records >= leastRecords) return {}
  const said = counted(records, 'record compares', 'records compare')
  return { too_few: `Only ${said} models; below ${leastRecords} their order is mostly luck.` }
}

type RankingHabits = {
  position: ReturnType<typeof startPositionBias>
  longer: ReturnType<typeof startLengthBias>
  ties: Bundles
}

/** Pairs of ids as indexes in the outline; omits ids it lacks. */
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
