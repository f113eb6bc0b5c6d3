/** Statistics in a few lines for an admin in chat, with how to read them. The rest is in the terminal. */
import type { Estimate, QuestionStats, Stats } from '../quality/stats-shape.ts'

export function sayStats(stats: Stats): string {
  const { records, answers, labelers } = stats.counts
  if (answers === 0)
    return [`“${stats.dataset}” has no answer that counts yet.`, sayLeftOut(stats)]
      .filter(Boolean)
      .join('\n')
  const summary = `“${stats.dataset}”: ${counted(answers, 'answer')} to ${counted(records, 'record')} by ${counted(labelers, 'labeler')}`
  return [
    [summary, sayLeftOut(stats)].filter(Boolean).join('\n'),
    ...stats.questions.map(sayQuestion),
    [howToRead, `All of it, by labeler too: npx parley stats ${stats.dataset}`].join('\n'),
  ].join('\n\n')
}

/** A reference band, not a verdict: people honestly differ on what is better. */
export const howToRead =
  'How to read it: agreement is 0 when people agree as by chance and 1 when they always do. For preferences of people .3 to .5 is normal; a lower one asks for a look at the guidelines and the disputed records before anybody is blamed. Agreement whose interval holds 0 cannot be told from chance yet.'

/** "3 draft, 2 gold", or nothing when everything counts. */
export function sayLeftOut({ left_out: leftOut }: Stats): string {
  const parts = Object.entries(leftOut).map(([reason, count]) => `${count} ${saidReason(reason)}`)
  return parts.length === 0 ? '' : `Left out: ${parts.join(', ')}`
}

/** ".41 (.33 to .48)", or why there is none. */
export function sayEstimate(found: Estimate): string {
  if (found.value === null) return found.reason
  return found.low === undefined || found.high === undefined
    ? short(found.value)
    : `${short(found.value)} (${short(found.low)} to ${short(found.high)})`
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
  const lines = [`${question.title} (${question.name})`]
  lines.push(
    question.agreement.value === null
      ? question.agreement.reason
      : `Agreement ${sayEstimate(question.agreement)}, ${question.agreement.metric}; raw ${sayEstimate(question.raw_agreement)}`,
  )
  const { strength, mean_ratings: means, position } = question
  if (strength?.value)
    lines.push(
      `Models: ${strength.value.map(({ model, rank, rank_low: low, rank_high: high }) => `${low !== undefined && low !== high ? `${low}-${high}` : rank}. ${model}`).join(', ')}`,
    )
  else if (strength && question.answers > 0) lines.push(strength.reason ?? '')
  if (means)
    lines.push(
      `Mean ratings: ${means.map(({ model, mean }) => `${model} ${sayEstimate(mean)}`).join(', ')}`,
    )
  if (position && position.value !== null && position.p < 0.01)
    lines.push(
      `The output shown first was chosen ${percent(position.value)} of the time; ${percent(position.expected)} would be even.`,
    )
  if (question.disputed.length > 0)
    lines.push(
      `Most disputed: ${question.disputed
        .slice(0, 3)
        .map((one) => one.external_id)
        .join(', ')}`,
    )
  return lines.join('\n')
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}

const reasons: Readonly<Record<string, string>> = {
  draft: 'not submitted',
  discarded: 'skipped',
  gold: 'on gold records',
  repeat: 'on repeated records',
  same_person: 'second answers of one person',
  excluded: 'excluded',
  surplus: 'beyond the answers wanted',
}

function saidReason(reason: string): string {
  return reasons[reason] ?? reason
}
