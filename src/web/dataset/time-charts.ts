/** Charts of a dataset over time: progress with where it leads, answers, agreement. */

import type { AgreementStats, QuestionStats } from '../../quality/dataset/stats-result.ts'
import type { Forecast } from '../../quality/measures/forecast.ts'
import type { Measured } from '../../quality/measures/measured.ts'
import type { Chart, Line } from '../charts/chart.ts'
import { sayNumber } from '../charts/number.ts'
import { type Day, dayOf, daysBetween, nextOf, periodFor, sumByPeriod } from './history.ts'
import type { Said } from './said.ts'
import type { Statistics } from './statistics.ts'

/** Completed records added up, and the pace of the last days carried on. */
export function progressChart(
  { history, progress, asOf }: Statistics,
  ending: Measured<Forecast>,
  said: Said,
): Chart {
  const { words } = said
  const today = dayOf(asOf)
  const first = history.days[0]?.day ?? today
  const period = periodFor(first, today)
  const past = sumByPeriod(history.days, period, today)
  // What was completed without a dated answer is there from the start.
  let sum = progress.completed - past.reduce((all, { completed }) => all + completed, 0)
  const values = past.map(({ completed }) => {
    sum += completed
    return sum
  })
  const days = past.map(({ day }) => day)
  const left = progress.pending + progress.needsOutputs
  const ahead = left > 0 && ending.value ? daysAhead(days, period, ending.value) : []
  const expected = expectedLine(values, ahead, { today, left, ending, name: words.expected })
  const blank = ahead.map(() => null)
  const total = progress.records - progress.rejected
  return {
    name: 'progress',
    title: words.progress,
    how: ahead.length > 0 ? words.progressHow : `${words.progressHow} ${words.progressEnd}`,
    summary: words.progressSummary(said.count(progress.completed), said.count(total)),
    missing: past.length === 0 ? words.noAnswers : null,
    drawing:
      past.length === 0
        ? null
        : {
            type: 'timeline',
            days: [...days, ...ahead],
            bars: [],
            lines: [
              { name: words.completed, tone: 'accent', values: [...values, ...blank] },
              ...(expected ? [expected] : []),
            ],
            level: { name: words.records(said.count(total)), value: total },
            format: 'count',
            range: [0, Math.max(1, total) * 1.08],
          },
    table: {
      columns: [
        said.column('from', 'day', 'day'),
        said.column('completed', 'completed', 'count'),
        said.column('completed_total', 'completedAll', 'count'),
      ],
      rows: past.map(({ day, completed }, at) => [day, completed, values[at] ?? 0]),
    },
  }
}

/** As many places as the forecast needs, but no more than half the picture. */
function daysAhead(
  past: readonly string[],
  period: ReturnType<typeof periodFor>,
  { days, high }: Forecast,
): string[] {
  const last = past.at(-1)
  if (last === undefined) return []
  const until = Math.min(high ?? days * 3, days * 3)
  const most = Math.max(7, past.length)
  const found: string[] = []
  for (let day = nextOf(last, period); found.length < most; day = nextOf(day, period)) {
    found.push(day)
    if (daysBetween(last, day) >= until) break
  }
  return found
}

function expectedLine(
  values: readonly number[],
  ahead: readonly string[],
  {
    today,
    left,
    ending,
    name,
  }: { today: string; left: number; ending: Measured<Forecast>; name: string },
): Line | null {
  const { value } = ending
  const now = values.at(-1)
  if (value === null || now === undefined || ahead.length === 0) return null
  const { days, low, high } = value
  const reached = (until: number | null) => [
    ...values.slice(1).map(() => null),
    now,
    ...ahead.map((day) => {
      const passed = daysBetween(today, day)
      if (until === null) return now
      return now + Math.round(left * (until <= 0 ? 1 : Math.min(1, passed / until)))
    }),
  ]
  return {
    ...{ name, tone: 'second', isDashed: true },
    ...{ values: reached(days), low: reached(high), high: reached(low) },
  }
}

/** Stacked: what counts, what does not, what was skipped. */
export function answersChart({ history, asOf }: Statistics, said: Said): Chart {
  const { words } = said
  const today = dayOf(asOf)
  const period = periodFor(history.days[0]?.day ?? today, today)
  const past = sumByPeriod(history.days, period, today)
  const sumOf = (key: 'counted' | 'surplus' | 'skipped') =>
    said.count(past.reduce((sum, day) => sum + day[key], 0))
  const bar = (key: 'counted' | 'surplus' | 'skipped', tone: 'accent' | 'third' | 'muted') => ({
    ...{ name: words[key], tone, values: past.map((day: Day) => day[key]) },
  })
  return {
    name: 'answers',
    title: words.answers(period),
    how: words.answersHow,
    summary: words.answersSummary(sumOf('counted'), sumOf('surplus'), sumOf('skipped')),
    missing: past.length === 0 ? words.noAnswers : null,
    drawing:
      past.length === 0
        ? null
        : {
            type: 'timeline',
            days: past.map(({ day }) => day),
            bars: [bar('counted', 'accent'), bar('surplus', 'third'), bar('skipped', 'muted')],
            lines: [],
            format: 'count',
          },
    table: {
      columns: [
        said.column('from', 'day', 'day'),
        said.column('counted', 'counted', 'count'),
        said.column('not_counted', 'surplus', 'count'),
        said.column('skipped', 'skipped', 'count'),
      ],
      rows: past.map(({ day, counted, surplus, skipped }) => [day, counted, surplus, skipped]),
    },
  }
}

/** One question's agreement by day, week or month. */
export function agreementChart(
  { stats, period }: Statistics,
  question: QuestionStats,
  said: Said,
): Chart {
  const { words, told, locale } = said
  const over = (stats.over ?? []).flatMap(({ day, questions }) => {
    const own = questions.find(({ name }) => name === question.name)
    return own ? [{ day, own }] : []
  })
  const { agreement } = question
  const known = over.filter(({ own }) => own.agreement.value !== null)
  const line = lineOf(over, told.statsMetric[agreement.metric])
  const lows = (line.low ?? []).flatMap((low) => low ?? [])
  const all = agreement.value
  return {
    name: `agreement-${question.name}`,
    title: words.agreement(question.title),
    how: `${words.agreementHow(period)} ${words.agreementGap}`,
    summary:
      all === null
        ? told.statsWhy(agreement.reason)
        : words.agreementAll(sayNumber(all, locale), told.statsMetric[agreement.metric]),
    missing: known.length === 0 ? words.noOverlap : null,
    drawing:
      known.length === 0
        ? null
        : {
            type: 'timeline',
            days: over.map(({ day }) => day),
            bars: [],
            lines: [line],
            ...(all === null
              ? {}
              : { level: { name: `${words.all}: ${sayNumber(all, locale)}`, value: all } }),
            format: 'number',
            range: [Math.max(-1, Math.min(0, ...lows)), 1],
          },
    table: {
      columns: [
        said.column('from', 'day', 'day'),
        said.column('records_with_two', 'overlap', 'count'),
        said.column('agreement', 'agreement', 'number'),
        said.column('low', 'low', 'number'),
        said.column('high', 'high', 'number'),
        said.column('raw_agreement', 'raw', 'share'),
        said.column('note', 'note', 'text'),
      ],
      rows: over.map(({ day, own }) => rowOf(day, own, said)),
    },
  }
}

function lineOf(over: readonly { own: AgreementStats }[], name: string): Line {
  const found = over.map(({ own }) => own.agreement)
  return {
    ...{ name, tone: 'accent', hasPoints: true },
    values: found.map(({ value }) => value),
    low: found.map((one) => (one.value === null ? null : (one.low ?? one.value))),
    high: found.map((one) => (one.value === null ? null : (one.high ?? one.value))),
  }
}

function rowOf(
  day: string,
  { overlap, agreement, raw_agreement: raw }: AgreementStats,
  said: Said,
) {
  const has = agreement.value !== null
  const note = has ? (agreement.too_few ?? agreement.no_interval ?? null) : agreement.reason
  return [
    ...[day, overlap.records, agreement.value],
    ...[has ? (agreement.low ?? null) : null, has ? (agreement.high ?? null) : null],
    ...[raw.value, note === null ? null : said.told.statsWhy(note)],
  ]
}
