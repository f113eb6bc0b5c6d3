/**
 * A leaderboard: strengths with intervals and rank ranges. They come from one fit per resample of the
 * records, or from the likelihood where resampling fails: with few records, and for models that never
 * lost or never won in some resamples.
 * W.-L. Chiang et al., "Chatbot Arena: an open platform for evaluating LLMs by human preference",
 * ICML 2024, section 4.
 */
import { type Interval, percentileInterval } from '../bootstrap.ts'
import { type Measured, measured, unmeasured } from '../measured.ts'
import { overlapRanges, rankRanges, ranksOf } from './rank-range.ts'
import { type Contest, fitContest, type Strengths } from './strength-fit.ts'
import { likelihoodIntervals } from './strength-limits.ts'

export type Standing = {
  model: string
  strength: number
  /** An end is infinite where the answers set no limit. */
  interval: Measured<Interval>
  rank: number
  rankRange: Measured<Interval>
  /** Judgements it took part in: pairs for Bradley-Terry, rankings for Plackett-Luce. */
  judgements: number
}

/** Best first. `penalized`: some model never lost or never won, see `Strengths`. */
export type Leaderboard = { standings: Standing[]; penalized: boolean; records: number }

export type Board = {
  models: readonly string[]
  /** What follows is in the order of `models`. */
  judgements: readonly number[]
  /** How many judgements of each depend on each other, being of one record, on average. */
  judgementsAsOne: readonly number[]
  /** Records that compare any of them. */
  records: number
  resamples: number
  /** The data as observed at 0, then the resamples. */
  contestAt(resample: number): Measured<Contest>
  /** Called with the share that is done. */
  tell?: ((share: number) => void) | undefined
}

/** Over fewer records a resample says too little of what was not seen. */
export const leastRecords = 30

export function buildLeaderboard(board: Board): Measured<Leaderboard> {
  const contest = board.contestAt(0)
  if (contest.value === null) return contest
  const fit = fitContest(contest.value)
  if (fit.value === null) return fit
  const { strengths, penalized } = fit.value
  const { intervals, ranges } = sureness(board, contest.value, fit.value)
  const ranks = ranksOf(strengths)
  const none = percentileInterval([], 0)
  const standings = board.models.map((model, place): Standing => {
    return {
      model,
      strength: strengths[place] ?? 0,
      interval: intervals[place] ?? none,
      rank: ranks[place] ?? 1,
      rankRange: ranges[place] ?? none,
      judgements: board.judgements[place] ?? 0,
    }
  })
  standings.sort((a, b) => a.rank - b.rank)
  return measured({ standings, penalized, records: board.records })
}

type Sureness = { intervals: Measured<Interval>[]; ranges: Measured<Interval>[] }

function sureness(board: Board, contest: Contest, fit: Strengths): Sureness {
  const { resamples, models } = board
  if (resamples === 0) return { intervals: [], ranges: [] }
  const found = resample(board, fit)
  const isShaky = models.map(
    (_, place) => board.records < leastRecords || (found.free[place] ?? 0) > 0.025 * resamples,
  )
  const resampled = models.map((_, place) =>
    percentileInterval(
      found.strengths.map((row) => row[place] ?? 0),
      resamples,
    ),
  )
  if (!isShaky.some(Boolean))
    return { intervals: resampled, ranges: rankRanges(found.strengths, models.length, resamples) }
  const limits = likelihoodIntervals(contest, fit, board.judgementsAsOne)
  const intervals = models.map((_, place): Measured<Interval> => {
    const own = resampled[place]
    if (!isShaky[place] && own?.value) return own
    const { low, high } = limits[place] ?? NO_LIMITS
    const strength = fit.strengths[place] ?? 0
    return measured({ low: Math.min(low, strength), high: Math.max(high, strength) })
  })
  const ranges = overlapRanges(intervals.map(({ value }) => value ?? NO_LIMITS))
  return { intervals: intervals.map(orWhyNot), ranges: ranges.map(measured) }
}

const NO_LIMITS = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }

function orWhyNot(interval: Measured<Interval>): Measured<Interval> {
  const { low, high } = interval.value ?? NO_LIMITS
  return Number.isFinite(low) || Number.isFinite(high) ? interval : unmeasured(UNHELD)
}

const UNHELD =
  'Some model never beat it and it never beat some other, not even through others: collect more comparisons.'

/** Strengths of each resample that has any, and in how many a model was held on one side at most. */
function resample(board: Board, { parameters }: Strengths) {
  const strengths: number[][] = []
  const free = board.models.map(() => 0)
  for (let resample = 1; resample <= board.resamples; resample += 1) {
    board.tell?.((resample - 1) / board.resamples)
    const { value: contest } = board.contestAt(resample)
    const fit = contest === null ? null : fitContest(contest, startFor(contest, parameters)).value
    if (fit !== null) strengths.push(fit.strengths)
    const freedom = contest?.freedom
    for (const place of free.keys())
      if (fit === null || freedom?.up[place] || freedom?.down[place])
        free[place] = (free[place] ?? 0) + 1
  }
  board.tell?.(1)
  return { strengths, free }
}

/** A resample without a tie has no parameter for ties. */
function startFor({ chosen }: Contest, parameters: Float64Array): Float64Array | undefined {
  return parameters.length === chosen.length + 1 ? parameters : undefined
}
