/** Compares outputs by rankings: whose they are, which pairs they decide, and by how much. */
import { didYouMean } from '../../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import {
  type Ballot,
  ranksIn,
  tiesCount,
  UNJUDGED,
} from '../../quality/measures/consensus/ballot.ts'
import { rankingModes } from '../../questions/question.ts'
import type { ExportFlags, MarginStrategy } from '../options.ts'
import type { ExportRecord, ExportResponse } from '../source.ts'
import type { OwnStrategies, PairJudge } from './judge.ts'
import { choosePairs, type Decided, judgePairs } from './pairs.ts'
import { meanRating } from './rated.ts'
import { unusable } from './usable.ts'

/** @throws ParleyError `invalid` when the dataset asks for no ranking, or not for the one named. */
export function openRankings(
  document: DatasetDocument,
  flags: ExportFlags,
  own: OwnStrategies,
): PairJudge {
  for (const name of ['min_gap', 'average'] as const)
    if (flags[name] !== undefined)
      throw invalid({ [name]: 'This is for ratings: choose --from ratings, or leave it out.' })
  const question = rankingQuestion(document, flags.question)
  const { pairs = own.pairs, labelers = own.labelers, seed = 0 } = flags
  const margin = own.margin && (flags.margin ?? own.margin)
  const marginOf = openMargin(document, margin, question)
  return {
    strategies: { from: 'rankings', question, pairs, labelers, ...(margin ? { margin } : {}) },
    judge(record, outputs) {
      return readGroups(record, question, labelers).map((group, at) => {
        if (typeof group === 'string') return group
        const verdicts = judgePairs(group, labelers, outputs)
        const isSame = (a: number, b: number) => outputs[a]?.same === outputs[b]?.same
        return {
          // Each labeler's ranking is a group of its own; there is one for each response, in order.
          by: labelers === 'each' ? `/${record.responses[at]?.labeler}` : '',
          ...choosePairs(pairs, verdicts, isSame, `${seed}:${record.external_id}`),
          marginOf: (pair) => marginOf(record, pair, group),
        }
      })
    },
  }
}

/**
 * How much better, in 0..1, or why it cannot be said: nothing to go by, or what there is speaks
 * against the pair, which a trainer would learn the wrong way round.
 */
type MarginOf = (
  record: ExportRecord,
  pair: Decided,
  ballots: readonly JudgedBallot[],
) => number | 'no_margin' | `${'votes' | 'ranks' | 'strength'}_against`

function openMargin(
  document: DatasetDocument,
  margin: MarginStrategy | undefined,
  question: string,
): MarginOf {
  switch (margin) {
    case undefined:
    case 'vote-share':
      return (_, { voteShare }) => (voteShare < 0 ? 'votes_against' : voteShare)
    case 'rank-gap':
      return (_, { rankGap }) => (rankGap < 0 ? 'ranks_against' : rankGap)
    case 'rating-gap':
      return ratingGap(document)
    case 'strength': {
      const asked = document.questions.find(({ name }) => name === question)
      if (asked?.type !== 'ranking' || !asked.strength)
        throw invalid({ margin: 'This ranking does not ask how much better. Use vote-share.' })
      return (record, { high, low }, ballots) => {
        const [better, worse] = [high, low].map((place) => record.outputs[place]?.id ?? '')
        return strengthOf(ballots, better ?? '', worse ?? '')
      }
    }
  }
}

/**
 * The sum of signed strengths over those who judged the two, as a share of the most it can be. A tie
 * is 0; who ordered the two and did not say how much counts as the least, 1.
 */
function strengthOf(ballots: readonly JudgedBallot[], better: string, worse: string) {
  const votes = ballots.flatMap((ballot) => {
    const sign = orderOf(ballot, better, worse)
    return sign === null ? [] : [{ sign, strength: ballot.strength }]
  })
  if (!votes.some(({ strength }) => strength !== null)) return 'no_margin'
  const sum = votes.reduce((all, { sign, strength }) => all + sign * (strength ?? 1), 0)
  return sum > 0 ? sum / votes.length / 2 : 'strength_against'
}

/** 1 where the ballot says so, -1 where it says the opposite, 0 for a tie, null if it does not say. */
function orderOf(ballot: Ballot, better: string, worse: string): -1 | 0 | 1 | null {
  const [high = UNJUDGED, low = UNJUDGED] = ranksIn(ballot, [better, worse])
  if (high === UNJUDGED || low === UNJUDGED) return null
  if (high !== low) return high < low ? 1 : -1
  return tiesCount(ballot.mode) ? 0 : null
}

/** The difference of the two outputs' mean ratings, as a share of the scale. */
function ratingGap(document: DatasetDocument): MarginOf {
  const rating = document.questions.find(({ type, of }) => type === 'rating' && of === 'outputs')
  if (rating?.type !== 'rating')
    throw invalid({ margin: 'This dataset rates no outputs. Use vote-share or rank-gap.' })
  const scale = Math.max(...rating.options) - Math.min(...rating.options)
  return (record, { high, low }) => {
    const [better, worse] = [high, low].map((place) =>
      meanRating(record, rating.name, record.outputs[place]?.id),
    )
    if (better === undefined || better === null || worse === undefined || worse === null)
      return 'no_margin'
    return better > worse ? (better - worse) / scale : 'no_margin'
  }
}

/** The requested ranking question, or the dataset's first. */
export function rankingQuestion(document: DatasetDocument, asked: ExportFlags['question']): string {
  const names = document.questions.filter(({ type }) => type === 'ranking').map(({ name }) => name)
  if (asked !== undefined && !names.includes(asked))
    throw invalid({
      question: `"${asked}" is no ranking question of this dataset.${didYouMean(asked, names)}`,
    })
  const name = asked ?? names[0]
  if (name !== undefined) return name
  throw invalid({ as: 'This dataset asks for no ranking, so it holds no preferences.' })
}

/** Ballots that speak together, or why there are none: one group a record, or one an answer. */
export function readGroups(
  record: ExportRecord,
  question: string,
  labelers: string,
): (readonly JudgedBallot[] | string)[] {
  if (labelers === 'each')
    return record.responses.map((response) => {
      const why = unusable(response)
      if (why) return why
      const ballot = readBallot(response, question)
      if (ballot === null) return 'unanswered'
      return ballot.bothBad ? 'both_bad' : [ballot]
    })
  const ballots = record.responses
    .filter((response) => unusable(response) === null)
    .flatMap((response) => readBallot(response, question) ?? [])
  if (ballots.length === 0) return ['unanswered']
  const good = ballots.filter((ballot) => !ballot.bothBad)
  // Where half of the labelers find nothing acceptable, the best is no example to learn from.
  return good.length * 2 <= ballots.length ? ['both_bad'] : [good]
}

export type JudgedBallot = Ballot & { bothBad: boolean; strength: number | null }

function readBallot({ values }: ExportResponse, question: string): JudgedBallot | null {
  const value = Object.hasOwn(values, question) ? values[question] : undefined
  if (typeof value !== 'object' || value === null || !('ranks' in value)) return null
  const mode = rankingModes.find((one) => 'mode' in value && one === value.mode)
  const bothBad = 'all_unacceptable' in value && value.all_unacceptable === true
  const strength = 'strength' in value && typeof value.strength === 'number' ? value.strength : null
  return mode && isRanks(value.ranks) ? { mode, ranks: value.ranks, bothBad, strength } : null
}

function isRanks(value: unknown): value is Record<string, number> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((rank) => typeof rank === 'number')
  )
}
