/** The charts on a dataset's page: by question, with as of when they are; or that they are being read. */
import type { Context } from 'hono'
import { words } from '../../chat/words/words.ts'
import type { Chart } from '../charts/chart.ts'
import { showChart } from '../charts/show.ts'
import { button, card, notice } from '../page/components.ts'
import { type Html, html } from '../page/markup.ts'
import { count, moment } from '../page/moments.ts'
import { localeOf } from '../page/page.ts'
import { datasetCharts } from './charts.ts'
import type { ForPage } from './find.ts'
import type { Statistics } from './statistics.ts'
import { datasetWords } from './words.ts'

/** In one element, which is asked for again until the statistics are there. */
export function chartParts(c: Context, { line, statistics }: ForPage): Html {
  const locale = localeOf(c)
  const said = datasetWords(locale)
  const base = `/admin/datasets/${encodeURIComponent(line.dataset.name)}`
  if (statistics === 'failed') return html`<div id="charts">${notice('warn', said.failed)}</div>`
  if (statistics === null)
    return html`<div id="charts" hx-get="${base}/charts" hx-trigger="load delay:2s" hx-swap="outerHTML">${card(
      { title: said.computing },
      html`<p>${said.computingText}</p><p>${button(said.reload, { href: base })}</p>`,
    )}</div>`
  const charts = datasetCharts(statistics, line.ending, locale)
  const version = versionOf(statistics)
  const show = (some: readonly Chart[]) =>
    html`<div class="charts">${some.map((chart) => showChart(chart, { base: `${base}/charts`, version, language: locale }))}</div>`
  const of = (name: string) => charts.filter((chart) => chart.name.endsWith(`-${name}`))
  const { questions } = statistics.stats
  const general = (names: readonly string[]) => charts.filter(({ name }) => names.includes(name))
  return html`<div id="charts"><h2 class="charts-part">${said.work}</h2>
${show(general(['progress', 'answers', 'skips']))}
${questions.map(
  ({ name, title }) => html`<h2 class="charts-part">${said.question(title)}</h2>${show(of(name))}`,
)}
${questions.length === 0 ? html`<p class="soft">${said.texts}</p>` : ''}
${asOf(statistics, locale)}</div>`
}

function asOf({ stats, asOf: at }: Statistics, locale: string | undefined): Html {
  const said = datasetWords(locale)
  const { answers, records, labelers } = stats.counts
  const number = (value: number) => count(value, locale)
  const reasons: Readonly<Record<string, string>> = words(locale).statsReason
  const left = Object.entries(stats.left_out).map(
    ([reason, many]) => `${number(many)} ${reasons[reason] ?? reason}`,
  )
  return html`<p class="as-of">${said.asOf} ${moment(at, locale)}. ${said.counted(number(answers), number(records), number(labelers))} ${left.length > 0 ? said.leftOut(left.join(', ')) : ''}</p>`
}

/** In addresses of pictures: other numbers have another. */
export function versionOf({ version, asOf: at }: Statistics): string {
  return `${version}-${at.getTime().toString(36)}`
}
