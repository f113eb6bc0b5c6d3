/** The chart of the overview: answers of the last fourteen times 24 hours, by dataset. */
import type { Chart, Tone } from '../charts/chart.ts'
import { sayCell } from '../charts/number.ts'
import { chartWords } from '../charts/words.ts'
import { inTongue } from '../page/words.ts'
import { type Recent, recentDays } from './recent.ts'
import { overviewWords } from './words.ts'

const tones: readonly Tone[] = ['accent', 'third', 'second']

/** The most diligent datasets by name, the others together. */
export function recentChart(
  all: readonly { name: string; recent: Recent }[],
  asOf: Date,
  language: string | undefined,
): Chart {
  const said = inTongue(language, overviewWords)
  const { locale } = chartWords(language)
  const sums = all
    .map(({ name, recent }) => ({ name, values: recent.answers.toReversed() }))
    .map((one) => ({ ...one, sum: one.values.reduce((sum, count) => sum + count, 0) }))
    .filter(({ sum }) => sum > 0)
    .sort((a, b) => b.sum - a.sum || (a.name < b.name ? -1 : 1))
  const named = sums.slice(0, tones.length)
  const rest = sums.slice(tones.length)
  const total = (some: typeof sums) =>
    Array.from({ length: recentDays }, (_, at) =>
      some.reduce((sum, { values }) => sum + (values[at] ?? 0), 0),
    )
  const days = Array.from({ length: recentDays }, (_, at) =>
    new Date(asOf.getTime() - (recentDays - 1 - at) * 86_400_000).toISOString().slice(0, 10),
  )
  const all14 = sums.reduce((sum, one) => sum + one.sum, 0)
  return {
    name: 'answers',
    title: said.chart,
    how: said.chartHow,
    summary: said.chartSummary(sayCell(all14, 'count', locale)),
    missing: sums.length === 0 ? said.chartNone : null,
    drawing:
      sums.length === 0
        ? null
        : {
            ...{ type: 'timeline', days, lines: [], format: 'count' },
            bars: [
              ...named.map(({ name, values }, at) => ({
                ...{ name, tone: tones[at] ?? 'accent', values },
              })),
              ...(rest.length > 0
                ? [{ name: said.others, tone: 'muted' as const, values: total(rest) }]
                : []),
            ],
          },
    table: {
      columns: [
        { key: 'until', title: said.endsAt, format: 'day' },
        { key: 'all', title: said.all, format: 'count' },
        ...named.map(({ name }) => ({ key: name, title: name, format: 'count' as const })),
        ...(rest.length > 0
          ? [{ key: 'others', title: said.others, format: 'count' as const }]
          : []),
      ],
      rows:
        sums.length === 0
          ? []
          : days.map((day, at) => [
              ...[day, total(sums)[at] ?? 0, ...named.map(({ values }) => values[at] ?? 0)],
              ...(rest.length > 0 ? [total(rest)[at] ?? 0] : []),
            ]),
    },
  }
}
