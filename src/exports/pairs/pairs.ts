/**
 * Chooses which pairs of a record's outputs become rows. A pair is decided (one output is better) or
 * open (a tie, not compared, or no agreement); only decided pairs ever become rows. Nothing depends
 * on what outputs are called: where the votes leave a choice, the outputs' places decide, by seed.
 */
import { createHash } from 'node:crypto'
import {
  type Ballot,
  consensusRanking,
  isTie,
  type PairVotes,
} from '../../quality/measures/consensus/consensus.ts'
import type { LabelerStrategy, PairStrategy } from '../options.ts'

/** Outputs are identified by their position in the record; -1 is one the record does not have. */
export type Verdict =
  | (Decided & { decided: true })
  | { high: number; low: number; decided: false; reason: OpenReason }
export type Decided = {
  high: number
  low: number
  /** (for - against) / votes, those for a tie among them; 1 when all agree, 0 without a vote. */
  voteShare: number
  /** The difference in ranks, as a share of the largest possible; negative in the other direction. */
  rankGap: number
}
export type OpenReason = (typeof openReasons)[number]

/** Why a pair is open; of several, the first in this list is the one an admin learns. */
const openReasons = [
  'not_unanimous',
  'no_majority',
  'no_consensus',
  'tie',
  'small_gap',
  'not_compared',
  'empty',
  'missing',
] as const
type Dropped = OpenReason | 'identical' | 'one_output'
export type Chosen = { pairs: Decided[]; dropped: Dropped[] }

/** The record's outputs in order; an output without text cannot be an example. */
export type JudgedOutput = { id: string; isEmpty: boolean }

/** What the ballots say about every pair of outputs. */
export function judgePairs(
  ballots: readonly Ballot[],
  labelers: LabelerStrategy,
  outputs: readonly JudgedOutput[],
): Verdict[] {
  const places = new Map(outputs.map(({ id }, place) => [id, place]))
  const verdicts: Verdict[] = []
  const consensus = consensusRanking(ballots, { ties: 'count' })
  for (const votes of consensus.pairs) {
    const a = places.get(votes.a) ?? -1
    const b = places.get(votes.b) ?? -1
    const found = unfit(outputs[a], outputs[b]) ?? judge(votes, labelers)
    if (typeof found === 'string') {
      const [high, low] = [Math.min(a, b), Math.max(a, b)]
      verdicts.push({ decided: false, reason: found, high, low })
      continue
    }
    const sign = found ? 1 : -1
    const { ranks } = consensus
    verdicts.push({
      decided: true,
      high: found ? a : b,
      low: found ? b : a,
      voteShare: sign * shareOf(votes) || 0,
      rankGap: sign * gapOf(ranks[votes.a], ranks[votes.b], outputs.length) || 0,
    })
  }
  return verdicts.sort((x, y) => x.high - y.high || x.low - y.low)
}

/**
 * The pairs a strategy takes of these verdicts. Every pair it looked at is taken or dropped, and
 * `best-worst` looks at one.
 */
export function choosePairs(
  strategy: PairStrategy,
  verdicts: readonly Verdict[],
  isSame: (high: number, low: number) => boolean,
  seed: string,
): Chosen {
  if (verdicts.length === 0) return { pairs: [], dropped: ['one_output'] }
  const decided = verdicts.filter((verdict) => verdict.decided)
  const open = verdicts.filter((verdict) => !verdict.decided)
  switch (strategy) {
    case 'all':
      return sift(decided, isSame, open)
    case 'adjacent':
      return sift(
        decided.filter((pair) => isStep(pair, decided)),
        isSame,
        open,
      )
    case 'best-worst': {
      const ends = decided.filter(
        ({ high, low }) => isTop(high, decided) && !decided.some((other) => other.high === low),
      )
      const pair = draw(
        ends.filter(({ high, low }) => !isSame(high, low)),
        seed,
      )
      if (pair) return { pairs: [pair], dropped: [] }
      return { pairs: [], dropped: [ends.length > 0 ? 'identical' : mainReason(open)] }
    }
    case 'best-rest': {
      const tops = decided.map(({ high }) => high).filter((high) => isTop(high, decided))
      const best = draw(
        [...new Set(tops)].sort((a, b) => a - b),
        seed,
      )
      if (best === undefined) return { pairs: [], dropped: [mainReason(open)] }
      return sift(
        decided.filter(({ high }) => high === best),
        isSame,
        open.filter(({ high, low }) => high === best || low === best),
      )
    }
  }
}

function unfit(a: JudgedOutput | undefined, b: JudgedOutput | undefined): OpenReason | null {
  if (!a || !b) return 'missing'
  return a.isEmpty || b.isEmpty ? 'empty' : null
}

/** True: a is better; false: b is; else why it is open. */
function judge(votes: PairVotes, labelers: LabelerStrategy): boolean | OpenReason {
  const { a, for: forA, against, ties, winner } = votes
  const voters = forA + against + ties
  const isOrdered = winner !== null && (labelers === 'each' || labelers === 'consensus')
  // A chain of other pairs may order two outputs that most call equal; nobody expressed that preference.
  if (isTie(votes)) return 'tie'
  if (isOrdered) return winner === a
  if (voters === 0) return 'not_compared'
  switch (labelers) {
    case 'each':
    case 'consensus':
      return 'no_consensus'
    case 'majority':
      if (forA * 2 > voters) return true
      return against * 2 > voters ? false : 'no_majority'
    case 'unanimous':
      if (forA === voters) return true
      return against === voters ? false : 'not_unanimous'
  }
}

/** For `a`, and below 0 against it. */
function shareOf({ for: forA, against, ties }: PairVotes): number {
  const votes = forA + against + ties
  return votes === 0 ? 0 : (forA - against) / votes
}

function gapOf(a: number | undefined, b: number | undefined, outputs: number): number {
  if (a === undefined || b === undefined || outputs < 2) return 0
  return (b - a) / (outputs - 1)
}

function sift(
  pairs: readonly Decided[],
  isSame: (high: number, low: number) => boolean,
  open: readonly Verdict[],
): Chosen {
  const kept = pairs.filter(({ high, low }) => !isSame(high, low))
  const same = Array<Dropped>(pairs.length - kept.length).fill('identical')
  return {
    pairs: kept,
    dropped: [...same, ...open.flatMap((pair) => (pair.decided ? [] : [pair.reason]))],
  }
}

function isTop(place: number, decided: readonly Decided[]): boolean {
  return !decided.some(({ low }) => low === place)
}

/** No output ranks between the two. */
function isStep({ high, low }: Decided, decided: readonly Decided[]): boolean {
  const below = decided.filter((pair) => pair.high === high).map((pair) => pair.low)
  return !below.some((middle) => decided.some((pair) => pair.high === middle && pair.low === low))
}

function mainReason(open: readonly Verdict[]): OpenReason {
  const found = open.flatMap((verdict) => (verdict.decided ? [] : [verdict.reason]))
  return openReasons.find((reason) => found.includes(reason)) ?? 'no_consensus'
}

/** One of several equals, the same one each time. */
function draw<T>(from: readonly T[], seed: string): T | undefined {
  if (from.length < 2) return from[0]
  const number = createHash('sha256').update(seed).digest().readUInt32BE(0)
  return from[number % from.length]
}
