/**
 * How much the answers to one record differ, 0 to 1, by the measures of statistics. Exports keep records by
 * it, and records are sorted by it for review.
 */
import { isObject } from '../../json.ts'
import { type Question, rankingModes } from '../../questions/question.ts'
import {
  labelDisagreement,
  rankingDisagreement,
  ratingDisagreement,
} from '../measures/agreement/disagreement.ts'
import { masiDistance } from '../measures/agreement/masi.ts'
import { mean } from '../measures/consensus/average.ts'
import { countVotes } from '../measures/consensus/ballot.ts'

/**
 * Of the answers to one question; null for texts and spans, and while fewer than two can be compared. Where
 * it asks about each output, the mean over the outputs.
 */
export function disagreementOf(question: Question, answers: unknown[]): number | null {
  return question.of === 'outputs'
    ? mean(byOutput(answers).flatMap((each) => apart(each, question) ?? [])).value
    : apart(answers, question)
}

/** Of a record: that of the question its labelers differ on most. `all` are the values that count. */
export function recordDisagreement(
  questions: readonly Question[],
  all: readonly { readonly [question: string]: unknown }[],
): number | null {
  const each = questions.flatMap((question) => {
    const given = all.flatMap((one) =>
      Object.hasOwn(one, question.name) ? [one[question.name]] : [],
    )
    return disagreementOf(question, given) ?? []
  })
  return each.length === 0 ? null : Math.max(...each)
}

function byOutput(answers: unknown[]): unknown[][] {
  const entries = answers.flatMap((answer) => (isObject(answer) ? Object.entries(answer) : []))
  return [...Map.groupBy(entries, ([id]) => id).values()].map((all) => all.map(([, one]) => one))
}

function apart(answers: unknown[], question: Question): number | null {
  switch (question.type) {
    case 'label':
      return labelDisagreement(answers.map(String)).value
    case 'rating': {
      const [low, high] = [Math.min(...question.options), Math.max(...question.options)]
      const ratings = answers.filter((one) => typeof one === 'number')
      return ratingDisagreement(ratings, low, high).value
    }
    case 'multi_label': {
      const sets = answers.map((answer) => (Array.isArray(answer) ? answer.map(String) : []))
      return mean(sets.flatMap((a, at) => sets.slice(at + 1).map((b) => masiDistance(a, b)))).value
    }
    case 'ranking':
      return rankingDisagreement(countVotes(answers.flatMap((one) => readRanks(one) ?? []))).value
    case 'text':
    case 'span':
      return null
  }
}

/** A stored ranking as it votes, or null for what is none. */
export function readRanks(value: unknown) {
  if (!isObject(value)) return null
  const mode = rankingModes.find((one) => one === value['mode'])
  const ranks = value['ranks']
  if (!mode || !isObject(ranks)) return null
  return Object.values(ranks).every((rank) => typeof rank === 'number')
    ? {
        mode,
        ranks: Object.fromEntries(Object.entries(ranks).map(([id, rank]) => [id, Number(rank)])),
      }
    : null
}
