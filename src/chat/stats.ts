/** Statistics in a few lines for an admin in chat, with how to read them. The rest is in the terminal. */
import type { Estimate, QuestionStats, Stats } from '../quality/stats-shape.ts'
import { spoken } from './words.ts'

export function sayStats(stats: Stats): string {
  const { records, answers, labelers } = stats.counts
  const said = spoken()
  if (answers === 0)
    return [said.statsNothing(stats.dataset), sayLeftOut(stats)].filter(Boolean).join('\n')
  const summary = said.statsCounts(stats.dataset, answers, records, labelers)
  return [
    [summary, sayLeftOut(stats)].filter(Boolean).join('\n'),
    ...stats.questions.map(sayQuestion),
    [said.statsHow, said.statsAll(stats.dataset)].join('\n'),
  ].join('\n\n')
}

/** A reference band, not a verdict: people honestly differ on what is better. */
export function howToRead(): string {
  return spoken().statsHow
}

/** "3 draft, 2 gold", or nothing when everything counts. */
export function sayLeftOut({ left_out: leftOut }: Stats): string {
  const parts = Object.entries(leftOut).map(([reason, count]) => `${count} ${saidReason(reason)}`)
  return parts.length === 0 ? '' : spoken().statsLeftOut(parts.join(', '))
}

/** ".41 (.33 to .48)", or why there is none. */
export function sayEstimate(found: Estimate): string {
  if (found.value === null) return found.reason
  return found.low === undefined || found.high === undefined
    ? short(found.value)
    : spoken().statsRange(short(found.value), short(found.low), short(found.high))
}

/** Two decimals, without the 0 that says nothing, and never "-.00". */
export function short(value: number): string {
  const text = value.toFixed(2).replace(/^(-?)0\./, '$1.')
  return text === '-.00' ? '.00' : text
}

/** "1 record", "2 records". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function sayQuestion(question: QuestionStats): string {
  const said = spoken()
  const lines = [`${question.title} (${question.name})`]
  lines.push(
    question.agreement.value === null
      ? question.agreement.reason
      : said.statsAgreement(
          sayEstimate(question.agreement),
          question.agreement.metric,
          sayEstimate(question.raw_agreement),
        ),
  )
  const { strength, mean_ratings: means, position, gold } = question
  if (gold && gold.value !== null) lines.push(said.statsGold(sayEstimate(gold), gold.of))
  if (strength?.value)
    lines.push(
      said.statsModels(
        strength.value
          .map(
            ({ model, rank, rank_low: low, rank_high: high }) =>
              `${low !== undefined && low !== high ? `${low}-${high}` : rank}. ${model}`,
          )
          .join(', '),
      ),
    )
  else if (strength && question.answers > 0) lines.push(strength.reason ?? '')
  if (means)
    lines.push(
      said.statsRatings(means.map(({ model, mean }) => `${model} ${sayEstimate(mean)}`).join(', ')),
    )
  if (position && position.value !== null && position.p < 0.01)
    lines.push(said.statsPosition(percent(position.value), percent(position.expected)))
  if (question.disputed.length > 0)
    lines.push(
      said.statsDisputed(
        question.disputed
          .slice(0, 3)
          .map((one) => one.external_id)
          .join(', '),
      ),
    )
  return lines.join('\n')
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}

function saidReason(reason: string): string {
  const reasons: Readonly<Record<string, string>> = spoken().statsReason
  return reasons[reason] ?? reason
}
