/**
 * Ranking by taps on the card itself: best first, then the next, the last is filled in. Pure: what
 * was tapped so far is the ranking of the draft, and a tap makes the next one of it.
 */

import { isDeepStrictEqual } from 'node:util'
import type { Question, RankingQuestion } from '../../questions/question.ts'
import { allowsTies } from '../../questions/ranking-form.ts'
import {
  letterOf,
  ownValue,
  type RankingValue,
  readTapped,
  type Tapped,
  type TappedRanking,
  type Values,
} from '../../questions/values.ts'
import type { Tap, TapPanel } from '../port/port.ts'
import { sayRanking } from './summary.ts'

/** Within this time a second tap hits what the first one drew: too soon to read and decide. */
export const repaintGuardMs = 700

/** More than these do not stand on one card of any platform's. */
const mostTapped = 10

/** The ranking that is tapped on a card of these outputs, or null when it needs a form. */
export function tapQuestion(
  questions: readonly Question[],
  outputs: readonly string[],
): RankingQuestion | null {
  for (const question of questions) {
    if (question.type !== 'ranking' || !question.required || question.when !== undefined) continue
    return outputs.length >= 3 && outputs.length <= mostTapped ? question : null
  }
  return null
}

/** What the card offers to tap, after what was tapped before. */
export function buildTapPanel(
  questions: readonly Question[],
  outputs: readonly string[],
  values: Values,
): TapPanel | null {
  const question = tapQuestion(questions, outputs)
  if (!question) return null
  const now = readRanking(question, values, outputs)
  const left = outputs.flatMap((id, place) => (Object.hasOwn(now.ranks, id) ? [] : [place]))
  const { order, same, step } = now.tapped
  const isDone = isWhole(now, outputs)
  const ties = allowsTies(question)
  const last = order.at(-1)
  const taps: Tap[] = []
  if (isDone) taps.push('done')
  else taps.push(...left)
  if (!isDone && ties) taps.push(...(last === undefined ? [] : (['same'] as const)), 'rest')
  if (isDone || last !== undefined) taps.push('back')
  if (!isDone && question.unacceptable) taps.push('none')
  return {
    title: question.title,
    asks: isDone
      ? 'nothing'
      : last === undefined
        ? 'best'
        : question.mode === 'best_worst'
          ? 'worst'
          : 'next',
    said: order.length > 0 || isDone ? sayRanking(now, outputs) : '',
    last: last === undefined ? null : letterOf(outputs.indexOf(last)),
    same,
    step,
    taps,
  }
}

/**
 * The ranking after one more tap; null when the tap changes nothing: twice the same, or so soon that
 * it was meant for the screen before. `isWhole` says whether it is an answer now.
 */
export function tapRanking(
  question: RankingQuestion,
  values: Values,
  outputs: readonly string[],
  { tap, step, at }: { tap: Tap; step: number; at: number },
): TappedRanking | null {
  const now = readRanking(question, values, outputs)
  const { tapped } = now
  const since = at - tapped.at
  if (step === tapped.step && tapped.at > 0 && since >= 0 && since < repaintGuardMs) return null
  // Meant for an older screen: an output that has no rank yet, and "none", mean the same on this one.
  if (step !== tapped.step && typeof tap !== 'number' && tap !== 'none') return null
  const next = { ...tapped, step: tapped.step + 1, at }
  if (typeof tap === 'number') return tapOutput(question, now, outputs, outputs[tap], next)
  switch (tap) {
    case 'same':
      return canTie(question, now, outputs) && tapped.order.length > 0
        ? { ...now, tapped: { ...next, same: !tapped.same } }
        : null
    case 'rest':
      return canTie(question, now, outputs) ? tapRest(now, outputs, next) : null
    case 'back':
      return tapBack(now, outputs, next)
    case 'none':
      return question.unacceptable
        ? { ...now, ranks: {}, all_unacceptable: true, tapped: { ...next, order: [], same: false } }
        : null
    case 'done':
      return isWhole(now, outputs) ? { ...now, tapped: next } : null
  }
}

/** Whether every output has its rank, or none is acceptable. */
export function isWhole(value: RankingValue, outputs: readonly string[]): boolean {
  const count = Object.keys(value.ranks).length
  return count === outputs.length || (count === 0 && value.all_unacceptable)
}

/** A form does not tell how a ranking was tapped: where its ranks are the same, that is kept. */
export function keepTaps(values: Values, before: Values): Values {
  const kept = { ...values }
  for (const [name, value] of Object.entries(values)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined
    if (!isRanking(value) || !isRanking(old) || !('tapped' in old)) continue
    const { tapped: _, ...untapped } = old
    if (isDeepStrictEqual(untapped, value)) kept[name] = old
  }
  return kept
}

function isInOrder({ mode }: RankingQuestion): boolean {
  return mode === 'full' || mode === 'tiers'
}

function canTie(question: RankingQuestion, now: RankingValue, outputs: readonly string[]): boolean {
  return allowsTies(question) && !isWhole(now, outputs)
}

function tapOutput(
  question: RankingQuestion,
  now: TappedRanking,
  outputs: readonly string[],
  id: string | undefined,
  next: Tapped,
): TappedRanking | null {
  if (id === undefined || Object.hasOwn(now.ranks, id)) return null
  const kept = { ...now, all_unacceptable: now.tapped.order.length > 0 && now.all_unacceptable }
  if (!isInOrder(question)) return tapEnd(question, kept, outputs, id, next)
  const rank = now.tapped.same ? highest(now) : highest(now) + 1
  const left = outputs.filter((one) => one !== id && !Object.hasOwn(now.ranks, one))
  const filled = left.length === 1 ? left : []
  const ranks = [[id, rank] as const, ...filled.map((one) => [one, rank + 1] as const)]
  return {
    ...kept,
    ranks: { ...now.ranks, ...Object.fromEntries(ranks) },
    tapped: { ...next, order: [...now.tapped.order, id, ...filled], same: false },
  }
}

/** The best, then (where it is asked) the worst; what is between was not compared. */
function tapEnd(
  question: RankingQuestion,
  now: TappedRanking,
  outputs: readonly string[],
  id: string,
  next: Tapped,
): TappedRanking {
  const [best = id] = now.tapped.order
  const order = [...now.tapped.order, id]
  if (question.mode === 'best_worst' && best === id)
    return { ...now, ranks: { [id]: 1 }, tapped: { ...next, order, same: false } }
  const last = question.mode === 'best_worst' ? id : null
  const ranks = outputs.map((one) => [one, one === best ? 1 : one === last ? 3 : 2] as const)
  return {
    ...now,
    ranks: Object.fromEntries(ranks),
    tapped: { ...next, order: [...new Set([...order, ...outputs])], same: false },
  }
}

function tapRest(now: TappedRanking, outputs: readonly string[], next: Tapped): TappedRanking {
  const rank = now.tapped.same ? highest(now) : highest(now) + 1
  const left = outputs.filter((id) => !Object.hasOwn(now.ranks, id))
  return {
    ...now,
    ranks: { ...now.ranks, ...Object.fromEntries(left.map((id) => [id, rank])) },
    tapped: { ...next, order: [...now.tapped.order, ...left], same: false },
  }
}

/** One tap less; an output that was filled in goes with the tap that filled it in. */
function tapBack(
  now: TappedRanking,
  outputs: readonly string[],
  next: Tapped,
): TappedRanking | null {
  const { order, same } = now.tapped
  if (same) return { ...now, tapped: { ...next, same: false } }
  if (order.length === 0 && !now.all_unacceptable) return null
  const isEnds = now.mode === 'best_only' || now.mode === 'best_worst'
  const most = isEnds ? (now.mode === 'best_worst' ? 1 : 0) : outputs.length - 2
  const kept = order.slice(0, Math.max(0, Math.min(order.length - 1, most)))
  return {
    ...now,
    ranks: Object.fromEntries(kept.map((id) => [id, now.ranks[id] ?? 1])),
    all_unacceptable: false,
    tapped: { ...next, order: kept, same: false },
  }
}

/** The ranking of a draft, whether it was tapped or left behind by a form. */
function readRanking(
  question: RankingQuestion,
  values: Values,
  outputs: readonly string[],
): TappedRanking {
  const value = ownValue(values, question.name)
  const empty: TappedRanking = {
    mode: question.mode,
    ranks: {},
    all_unacceptable: false,
    tapped: { order: [], same: false, step: 0, at: 0 },
  }
  if (!isRanking(value)) return empty
  const given = Object.fromEntries(
    outputs.flatMap((id) => {
      const rank = Object.hasOwn(value.ranks, id) ? value.ranks[id] : undefined
      return rank === undefined ? [] : [[id, rank]]
    }),
  )
  const tapped = readTapped('tapped' in value ? value.tapped : null, given)
  const { mode, all_unacceptable } = value
  if (tapped) return { mode, ranks: given, all_unacceptable, tapped }
  const ranks = isInOrder(question) ? dense(given) : endsOf(question, given, outputs)
  const order = Object.keys(ranks).sort(
    (a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) || outputs.indexOf(a) - outputs.indexOf(b),
  )
  return { ...empty, ranks, all_unacceptable, tapped: { ...empty.tapped, order } }
}

/** What a form kept of a best (and worst): both, only the best, or neither. */
function endsOf(
  question: RankingQuestion,
  given: Record<string, number>,
  outputs: readonly string[],
): Record<string, number> {
  const ranks = dense(given)
  if (Object.keys(ranks).length < outputs.length) return {}
  const holders = (rank: number) => outputs.filter((id) => ranks[id] === rank)
  const [best, ...more] = holders(1)
  if (best === undefined || more.length > 0) return {}
  if (question.mode === 'best_only') return ranks
  return holders(Math.max(...Object.values(ranks))).length === 1 ? ranks : { [best]: 1 }
}

function isRanking(value: Values[string] | undefined): value is RankingValue {
  return typeof value === 'object' && !Array.isArray(value) && 'ranks' in value && 'mode' in value
}

function dense(ranks: Record<string, number>): Record<string, number> {
  const levels = [...new Set(Object.values(ranks))].sort((a, b) => a - b)
  return Object.fromEntries(
    Object.entries(ranks).map(([id, rank]) => [id, levels.indexOf(rank) + 1]),
  )
}

function highest({ ranks }: RankingValue): number {
  return Math.max(0, ...Object.values(ranks))
}
