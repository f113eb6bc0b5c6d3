/** Statistics in a few lines for an admin in chat, with how to read them. The rest is in the terminal. */
import { leastOverlap } from '../../quality/dataset/question-stats.ts'
import type {
  Estimate,
  QuestionStats,
  ShareOf,
  Stats,
  SuggestionEffect,
} from '../../quality/dataset/stats-result.ts'
import type { Cell, Report, Table } from '../port/port.ts'
import { sayPart } from './say.ts'
import { spoken } from './words.ts'

/** What an admin asks to see, briefly: a heading a question, how to read it below. */
export function reportStats(stats: Stats): Report {
  const said = spoken()
  const { records, answers, labelers } = stats.counts
  const title = said.statsTitle(stats.dataset)
  const lead = answers === 0 ? said.statsNothing : said.statsCounts(answers, records, labelers)
  return {
    title,
    lead: [lead, sayLeftOut(stats), stats.questions.length === 0 ? said.statsTexts : '']
      .filter(Boolean)
      .join('\n'),
    parts: [
      ...stats.questions
        .filter((question) => question.answers > 0 || question.gold)
        .map((question) => ({ heading: question.title, ...sayQuestion(question) })),
      ...sayLabelers(stats),
    ],
    notes: [...(answers === 0 ? [] : [said.statsHow]), said.statsAll(stats.dataset)],
  }
}

/** The same without a layout. */
export function sayReport({ title, lead, parts, notes }: Report): string {
  return [
    `${title}\n${lead}`,
    ...parts.map((part) => `${part.heading}\n${sayPart(part)}`),
    notes.join('\n'),
  ].join('\n\n')
}

/** A reference band, not a verdict: people honestly differ on what is better. */
export function howToRead(): string {
  return spoken().statsHow
}

/** Of a dataset that asks for texts and marks in them alone. */
export function nothingToCompare(): string {
  return spoken().statsTexts
}

/** Said beside a number of a sample that is too small. */
export function tooFew(): string {
  return spoken().statsTooFew
}

/** "3 draft, 2 gold", or nothing when everything counts. */
export function sayLeftOut({ left_out: leftOut }: Stats): string {
  const parts = Object.entries(leftOut).map(([reason, count]) => `${count} ${saidReason(reason)}`)
  return parts.length === 0 ? '' : spoken().statsLeftOut(parts.join(', '))
}

/** ".41 (.33 to .48)", "2.16 (at least 1.02)", or why there is none. */
export function sayEstimate(found: Estimate): string {
  const said = spoken()
  if (found.value === null) return said.statsWhy(found.reason)
  const { low, high } = found
  const value = short(found.value)
  if (low === undefined || high === undefined) return value
  if (low === null) return high === null ? value : said.statsUpTo(value, short(high))
  return high === null
    ? said.statsFrom(value, short(low))
    : said.statsRange(value, short(low), short(high))
}

/** Two decimals, as the language writes them, and never "-.00". */
export function short(value: number): string {
  return spoken().statsNumber(Math.abs(value) < 0.005 ? 0 : value)
}

function sayQuestion(question: QuestionStats): { text: string; table?: Table } {
  const said = spoken()
  const { strength, position, gold, suggestions, likely_labels: likely } = question
  const lines = question.answers > 0 ? sayAgreement(question) : []
  if (gold && gold.value !== null) lines.push(said.statsGold(sayEstimate(gold), gold.of))
  if (suggestions && suggestions.value !== null) lines.push(saySway(suggestions))
  if (strength && !strength.value) lines.push(said.statsWhy(strength.reason ?? ''))
  if (likely?.value)
    lines.push(
      said.statsLikely(
        likely.value
          .toSorted((a, b) => b.share - a.share)
          .slice(0, 5)
          .map(({ label, share }) => `${label} ${percent(share)}`)
          .join(', '),
      ),
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
  const table = tableOf(question)
  return { text: lines.join('\n'), ...(table ? { table } : {}) }
}

/** Whether people follow what a model suggests: only a difference beside 0 says so. */
function saySway(effect: Extract<SuggestionEffect, { value: number }>): string {
  const said = spoken()
  const [shown, heldOut] = [percent(effect.shown.value), percent(effect.held_out.value)]
  const line = said.statsSway(sayEstimate(effect), shown, heldOut)
  return effect.low > 0 ? `${line} ${said.statsSwayed}` : line
}

/** Models and how they do: by rank, or by their mean rating. Lines hold the first of them. */
function tableOf({ strength, mean_ratings: means }: QuestionStats): Table | null {
  const said = spoken()
  const { model, rank, strength: strong, rating } = said.statsColumns
  if (strength?.value && strength.value.length > 0) {
    const ranked = strength.value.map((one) => {
      const { rank_low: low, rank_high: high } = one
      const place = low !== undefined && low !== high ? `${low}–${high}` : String(one.rank)
      return { ...one, place }
    })
    return {
      caption: strength.too_few === undefined ? said.statsModels : said.statsFewModels,
      columns: [model, rank, strong],
      rows: ranked.map((one) => [
        one.model,
        { value: one.rank, text: one.place },
        cellOf(one.strength),
      ]),
      lines: shownModels(ranked).map(
        (one) => `${one.place}. ${one.model}  ${sayEstimate(one.strength)}`,
      ),
    }
  }
  if (!means || means.length === 0) return null
  return {
    caption: said.statsRatings,
    columns: [model, rating],
    rows: means.map((one) => [one.model, cellOf(one.mean)]),
    lines: shownModels(means).map((one) => `• ${one.model}  ${sayEstimate(one.mean)}`),
  }
}

/** Sorted by the number, read with its interval. */
function cellOf(found: Estimate): Cell {
  const text = sayEstimate(found)
  return found.value === null ? text : { value: found.value, text }
}

function sayAgreement({ type, agreement, raw_agreement: raw, overlap }: QuestionStats): string[] {
  const said = spoken()
  if (agreement.value === null)
    return [
      overlap.records === 0
        ? said.statsOverlap(overlap.records, leastOverlap)
        : said.statsWhy(agreement.reason),
    ]
  const metric = said.statsMetric[agreement.metric]
  const line = said.statsAgreement(sayEstimate(agreement), metric, sayEstimate(raw))
  if (agreement.too_few !== undefined) return [`${line}; ${said.statsTooFew}.`]
  const { value } = agreement
  const [low, high] = [agreement.low ?? value, agreement.high ?? value]
  if (low <= 0 && high >= 0) return [line, said.statsChance]
  // What is usual is known of preferences; labels are as clear as their guidelines.
  if (type !== 'ranking') return [line]
  return [line, said.statsBand[high < 0.3 ? 'below' : low > 0.5 ? 'above' : 'within']]
}

/** How far the labelers lie apart, nobody named: who is who is in the terminal. */
function sayLabelers({ labelers }: Stats): Report['parts'] {
  const said = spoken()
  const each = labelers.flatMap(({ questions }) => questions)
  const spread = (shares: ShareOf[]) => {
    const values = shares.flatMap(({ value }) => value ?? [])
    if (values.length === 0) return null
    const [low, high] = [percent(Math.min(...values)), percent(Math.max(...values))]
    return low === high ? low : said.statsSpread(low, high)
  }
  const others = spread(each.map((one) => one.leave_one_out))
  const selves = spread(each.map((one) => one.consistency))
  const gold = spread(each.map((one) => one.gold))
  const [fast, of] = labelers.reduce(
    ([count, all], { too_fast: own }) => [count + own.count, all + own.of],
    [0, 0],
  )
  const lines = [
    others && said.statsOthers(others),
    selves && said.statsSelves(selves),
    gold && said.statsKnown(gold),
    fast > 0 && said.statsFast(fast, of),
  ].filter((line) => typeof line === 'string')
  return lines.length === 0 ? [] : [{ heading: said.statsLabelers, text: lines.join('\n') }]
}

/** More than these are in the terminal. */
function shownModels<Model>(models: readonly Model[]): readonly Model[] {
  return models.slice(0, 8)
}

function percent(share: number): string {
  return spoken().statsPercent(Math.round(share * 100))
}

function saidReason(reason: string): string {
  const reasons: Readonly<Record<string, string>> = spoken().statsReason
  return reasons[reason] ?? reason
}
