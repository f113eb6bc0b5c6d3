/**
 * What a foreign line says of its outputs besides their text: ranks, scores, ratings by aspect, good or
 * bad. Higher scores are better; an explicit rank or choice takes precedence over a score.
 */
import { isObject, type JsonObject } from '../../json.ts'
import type { RecordOutput } from '../../records/record-line.ts'
import { numberOf, own, type Said } from './line.ts'

/** What a family of shapes found out, by the outputs' places. */
export type Verdict = {
  ranks?: readonly number[]
  bothBad?: boolean
  strength?: 1 | 2
  labeler?: string
}

// UltraFeedback's overall scores are known to be off by a digit; the mean of its aspects is not.
const scoreKeys = [
  'fine-grained_score',
  'overall_score',
  'score',
  'rating',
  'reward',
  'pm_score',
  'quality',
]
const labelKeys = ['label', 'kto_tag', 'is_safe', 'is_correct']
/** The scales of published ratings: HelpSteer, UltraFeedback, OpenAI's summaries, and the usual words. */
const aspects = new Set([
  ...[
    'helpfulness',
    'correctness',
    'coherence',
    'complexity',
    'verbosity',
    'honesty',
    'truthfulness',
  ],
  ...[
    'instruction_following',
    'harmlessness',
    'safety',
    'accuracy',
    'coverage',
    'overall',
    'quality',
  ],
  ...[
    'rating',
    'score',
    'fluency',
    'relevance',
    'clarity',
    'usefulness',
    'factuality',
    'conciseness',
  ],
])

export function saidOf(
  outputs: readonly RecordOutput[],
  metadata: JsonObject,
  verdict: Verdict,
): Said {
  const { ranks, bothBad, strength, labeler } = verdict
  const [only, second] = outputs
  const about = outputs.map((output) => output.metadata ?? {})
  const ranked = bothBad ? undefined : (ranks ?? (second ? ranksOf(about) : undefined))
  const labels = labelsOf(outputs, second ? {} : metadata)
  const ratings = ratingsOf(outputs, second ? {} : metadata)
  return {
    ...(ranked?.length === outputs.length && only ? { ranks: byId(outputs, ranked) } : {}),
    ...(bothBad ? { bothBad } : {}),
    ...(strength ? { strength } : {}),
    ...(labels ? { labels } : {}),
    ...(Object.keys(ratings).length > 0 ? { ratings } : {}),
    ...(labeler === undefined ? {} : { labeler }),
  }
}

function byId<T>(outputs: readonly RecordOutput[], values: readonly T[]): Record<string, T> {
  return Object.fromEntries(
    outputs.flatMap(({ id }, at) => {
      const value = values[at]
      return value === undefined ? [] : [[id, value] as const]
    }),
  )
}

/** Ranks that the outputs carry, or the order of their scores. */
function ranksOf(about: readonly JsonObject[]): number[] | undefined {
  if (about.map(({ source }) => source).join() === 'chosen,rejected') return [1, 2]
  const ranks = numbersOf(about, 'rank')
  if (ranks?.every((rank) => Number.isInteger(rank) && rank >= 0))
    return ranks.map((rank) => rank + (ranks.includes(0) ? 1 : 0))
  for (const key of scoreKeys) {
    const scores = numbersOf(about, key)
    if (scores) return ranksByScore(scores)
  }
  return undefined
}

/** 1 for the highest; equal scores share a rank. */
export function ranksByScore(scores: readonly number[]): number[] {
  const levels = [...new Set(scores)].sort((a, b) => b - a)
  return scores.map((score) => levels.indexOf(score) + 1)
}

function numbersOf(about: readonly JsonObject[], key: string): number[] | undefined {
  const numbers = about.flatMap((one) => numberOf(own(one, key)) ?? [])
  return numbers.length === about.length ? numbers : undefined
}

function labelsOf(outputs: readonly RecordOutput[], line: JsonObject): Said['labels'] {
  for (const key of labelKeys) {
    const labels = outputs.flatMap(({ metadata = {} }) => {
      const label = own(metadata, key) ?? own(line, key)
      const flag = typeof label === 'string' ? flags.get(label.trim().toLowerCase()) : label
      return typeof flag === 'boolean' ? [flag] : []
    })
    if (labels.length === outputs.length && labels.length > 0) return byId(outputs, labels)
  }
  return undefined
}

/** As cells of tables write them. */
const flags = new Map([
  ['true', true],
  ['false', false],
])

/** Numbers under the name of an aspect, in the line, an output or its annotations. */
function ratingsOf(
  outputs: readonly RecordOutput[],
  line: JsonObject,
): Record<string, Record<string, number>> {
  const ratings: Record<string, Record<string, number>> = {}
  for (const { id, metadata = {} } of outputs) {
    const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {}
    const all = { ...line, ...nested(line, 'axes'), ...metadata, ...annotations }
    for (const [key, value] of Object.entries(all)) {
      const name = key.toLowerCase()
      if (!aspects.has(name)) continue
      const rating = numberOf(isObject(value) ? (value['Rating'] ?? value['rating']) : value)
      if (rating !== null) ratings[name] = { ...ratings[name], [id]: rating }
    }
  }
  return ratings
}

function nested(line: JsonObject, key: string): JsonObject {
  const held = own(line, key)
  return isObject(held) ? held : {}
}
