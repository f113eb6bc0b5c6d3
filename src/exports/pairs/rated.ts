/**
 * Compares outputs by ratings of each: one is better where it was rated at least `min_gap` points higher.
 * `consensus` compares the mean (or median) of everybody's ratings, `each` every labeler's own, `majority`
 * and `unanimous` count who rated which of the two higher.
 */
import { didYouMean } from '../../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { mean, median } from '../../quality/measures/consensus/average.ts'
import type { ExportFlags, LabelerStrategy, PairStrategy } from '../options.ts'
import type { ExportRecord, ExportResponse } from '../source.ts'
import type { JudgedGroup, OwnStrategies, PairJudge } from './judge.ts'
import type { Output } from './outputs.ts'
import { choosePairs, type OpenReason, type Verdict } from './pairs.ts'
import { unusable } from './usable.ts'

/** @throws ParleyError `invalid` when the dataset rates no outputs, or not in the question named. */
export function openRated(
  document: DatasetDocument,
  flags: ExportFlags,
  own: OwnStrategies,
): PairJudge {
  const { name: question, options } = ratingQuestion(document, flags.question)
  const scale = Math.max(...options) - Math.min(...options)
  const { pairs = own.pairs, labelers = own.labelers, average, min_gap: least = 1 } = flags
  const isAveraged = labelers === 'consensus'
  if (average !== undefined && !isAveraged)
    throw invalid({
      average: 'Only --labelers consensus takes an average. Leave one of the two out.',
    })
  const margin = own.margin && (flags.margin ?? 'rating-gap')
  if (margin === 'rank-gap' || margin === 'strength')
    throw invalid({
      margin: 'Ratings have no ranks and no strength. Use rating-gap or vote-share.',
    })
  const how: How = { labelers, least, averageOf: average === 'median' ? median : mean }
  return {
    strategies: {
      ...{ from: 'ratings', question, pairs, labelers },
      ...(isAveraged ? { average: average ?? 'mean' } : {}),
      min_gap: least,
      ...(margin ? { margin } : {}),
    },
    judge: (record, outputs) =>
      readRatings(record, question, labelers).map((group): JudgedGroup => {
        if (typeof group === 'string') return group
        const levels = outputs.map(({ id }) => levelOf(group.ratings, id, how))
        const verdicts = compare(group.ratings, levels, outputs, how)
        const isSame = (a: number, b: number) => outputs[a]?.same === outputs[b]?.same
        const seed = `${flags.seed ?? 0}:${record.external_id}`
        return {
          by: group.by,
          ...choosePairs(pairs, ofStrategy(pairs, verdicts, levels), isSame, seed),
          marginOf: ({ high, low, voteShare }) => {
            // Without a margin in the rows nothing has to be positive: the labelers decided the pair.
            if (margin === undefined) return voteShare
            if (margin === 'vote-share') return voteShare < 0 ? 'votes_against' : voteShare
            const gap = ((levels[high] ?? 0) - (levels[low] ?? 0)) / scale
            return gap < 0 ? 'ratings_against' : gap
          },
        }
      }),
  }
}

type How = {
  labelers: LabelerStrategy
  least: number
  averageOf: typeof mean
}
/** By output id, what one labeler gave. */
type Ratings = Readonly<Record<string, number>>

/** The requested rating question of outputs, or the dataset's first. */
function ratingQuestion({ questions }: DatasetDocument, asked: string | undefined) {
  const rated = questions.flatMap((one) =>
    one.type === 'rating' && one.of === 'outputs' ? [one] : [],
  )
  const names = rated.map(({ name }) => name)
  if (asked !== undefined && !names.includes(asked))
    throw invalid({
      question: `"${asked}" does not rate the outputs of this dataset.${didYouMean(asked, names)}`,
    })
  const found = rated.find(({ name }) => asked === undefined || name === asked)
  if (found) return found
  throw invalid({ as: 'This dataset rates no outputs, so there are no pairs to make of ratings.' })
}

/** Ratings that speak together, or why there are none: one group a record, or one an answer. */
function readRatings(
  { responses }: ExportRecord,
  question: string,
  labelers: LabelerStrategy,
): (string | { by: string; ratings: Ratings[] })[] {
  if (labelers === 'each')
    return responses.map((response) => {
      const ratings = ratingsIn(response, question)
      return (
        unusable(response) ??
        (ratings ? { by: `/${response.labeler}`, ratings: [ratings] } : 'unanswered')
      )
    })
  const ratings = responses.flatMap((response): Ratings[] => {
    const given = unusable(response) === null ? ratingsIn(response, question) : null
    return given ? [given] : []
  })
  return [ratings.length > 0 ? { by: '', ratings } : 'unanswered']
}

function ratingsIn({ values }: ExportResponse, question: string): Ratings | null {
  const value = Object.hasOwn(values, question) ? values[question] : undefined
  if (typeof value !== 'object' || value === null) return null
  const rated = Object.entries(value).filter(([, one]) => typeof one === 'number')
  return rated.length > 0 ? Object.fromEntries(rated) : null
}

function levelOf(ratings: readonly Ratings[], id: string, { averageOf }: How): number | null {
  return averageOf(ratings.flatMap((one) => (Object.hasOwn(one, id) ? (one[id] ?? []) : []))).value
}

/** What the ratings say about every pair of outputs. */
function compare(
  ratings: readonly Ratings[],
  levels: readonly (number | null)[],
  outputs: readonly Output[],
  how: How,
): Verdict[] {
  return outputs.flatMap((a, high) =>
    outputs.slice(high + 1).map((b, at): Verdict => {
      const low = high + 1 + at
      const open = (reason: OpenReason): Verdict => ({ decided: false, reason, high, low })
      const [ours, theirs] = [levels[high] ?? null, levels[low] ?? null]
      if (a.isEmpty || b.isEmpty) return open('empty')
      if (ours === null || theirs === null) return open('not_compared')
      const votes = countVotes(ratings, a.id, b.id, how.least)
      const found = decide(ours - theirs, votes, how)
      if (typeof found === 'string') return open(found)
      const share = votes.all === 0 ? 0 : (votes.for - votes.against) / votes.all
      const pair = found ? { high, low } : { high: low, low: high }
      return { ...pair, decided: true, voteShare: (found ? share : -share) || 0, rankGap: 0 }
    }),
  )
}

type Votes = { for: number; against: number; all: number }

/** Who rated both, and how many of them put one clearly above the other. */
function countVotes(ratings: readonly Ratings[], a: string, b: string, least: number): Votes {
  const gaps = ratings.flatMap((one) => {
    const [ours, theirs] = [one[a], one[b]]
    return ours === undefined || theirs === undefined ? [] : [ours - theirs]
  })
  const above = (sign: number) => gaps.filter((gap) => isClear(sign * gap, least)).length
  return { for: above(1), against: above(-1), all: gaps.length }
}

/** True: the first is better; false: the second is; else why neither. */
function decide(gap: number, votes: Votes, { labelers, least }: How): boolean | OpenReason {
  switch (labelers) {
    case 'each':
    case 'consensus':
      if (isClear(Math.abs(gap), least)) return gap > 0
      return gap === 0 ? 'tie' : 'small_gap'
    case 'majority':
    case 'unanimous': {
      const { for: forA, against, all } = votes
      const needed = labelers === 'majority' ? Math.floor(all / 2) + 1 : all
      if (all === 0) return 'not_compared'
      if (forA >= needed) return true
      if (against >= needed) return false
      if (forA + against === 0) return gap === 0 ? 'tie' : 'small_gap'
      return labelers === 'majority' ? 'no_majority' : 'not_unanimous'
    }
  }
}

/** Means of thirds are not exact: 13/3 - 10/3 is a whole point. */
function isClear(gap: number, least: number): boolean {
  return gap >= least - 1e-9
}

/**
 * The best and the worst are those rated so, though others may be within the gap of them. If none of their
 * pairs is decided, these pairs say why.
 */
function ofStrategy(
  strategy: PairStrategy,
  verdicts: readonly Verdict[],
  levels: readonly (number | null)[],
): readonly Verdict[] {
  const known = levels.filter((level) => level !== null)
  const isBest = (place: number) => levels[place] === Math.max(...known)
  const isWorst = (place: number) => levels[place] === Math.min(...known)
  const isOf = ({ high, low, decided }: Verdict) => {
    if (strategy === 'best-worst') return decided && isBest(high) && isWorst(low)
    return strategy !== 'best-rest' || isBest(high) || isBest(low)
  }
  const found = verdicts.filter(isOf)
  if (found.some(({ decided }) => decided)) return found
  if (strategy !== 'best-worst') return verdicts
  const ends = verdicts.filter(({ high, low }) =>
    [
      [high, low],
      [low, high],
    ].some(([a = 0, b = 0]) => isBest(a) && isWorst(b)),
  )
  return ends.length > 0 ? ends : verdicts
}

/** The mean of everybody's usable rating of one output, or null without any. */
export function meanRating(
  record: ExportRecord,
  question: string,
  output: string | undefined,
): number | null {
  if (output === undefined) return null
  const ratings = record.responses.flatMap((response) => {
    const value = Object.hasOwn(response.values, question) ? response.values[question] : undefined
    if (unusable(response) || typeof value !== 'object' || value === null) return []
    const one: unknown = Object.getOwnPropertyDescriptor(value, output)?.value
    return typeof one === 'number' ? [one] : []
  })
  return ratings.length > 0 ? ratings.reduce((sum, one) => sum + one, 0) / ratings.length : null
}
