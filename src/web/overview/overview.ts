/**
 * GET /admin: every dataset this admin sees: how far it is, how fast it goes, who is active, when it is
 * likely finished, and what is stuck and why.
 */
import type { Context } from 'hono'
import { listDatasets } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import type { Parley } from '../../parley.ts'
import { serveCsv, serveSvg } from '../charts/serve.ts'
import { showChart } from '../charts/show.ts'
import { button, card, empty, pager } from '../page/components.ts'
import { type Html, html } from '../page/markup.ts'
import { moment } from '../page/moments.ts'
import { localeOf, page } from '../page/page.ts'
import { frameWords, inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { recentChart } from './answers-chart.ts'
import { type KeptRecent, recentOf } from './keep.ts'
import { readLines } from './lines.ts'
import { nothingRecent } from './recent.ts'
import { attentionOf, figuresOf, linesTable } from './tables.ts'
import { type OverviewWords, overviewWords } from './words.ts'

const onOnePage = 40

export function overviewRoutes(web: Web, { parley }: Site): void {
  const chartFor = async (c: Context) => {
    const [datasets, recent] = await Promise.all([namesFor(parley, c), recentOf(parley)])
    return { chart: chartOf(datasets, recent, localeOf(c)), version: versionOf(recent) }
  }

  web.get('/admin', async (c) => {
    const locale = localeOf(c)
    const said = inTongue(locale, overviewWords)
    const [datasets, recent] = await Promise.all([namesFor(parley, c), recentOf(parley)])
    if (datasets.length === 0)
      return page(c, {
        ...{ title: said.title, section: 'overview' },
        body: empty(said.nothing, said.nothingText, makeButton(said)),
      })
    const after = c.req.query('after') ?? ''
    const left = datasets.filter(({ name }) => name > after)
    const lines = await readLines(parley, left.slice(0, onOnePage), recent.by)
    const last = lines.at(-1)?.dataset.name
    const next = left.length > onOnePage && last ? `/admin?after=${encodeURIComponent(last)}` : null
    const first = after === '' ? null : '/admin'
    return page(c, {
      ...{ title: said.title, section: 'overview', styles: ['charts.css'] },
      actions: makeButton(said),
      body: html`${after === '' ? figuresOf(datasets, recent.by, lines, locale) : ''}
${attentionOf(lines, locale)}
${card({ isWide: true }, html`<div class="datasets">${linesTable(lines, parley.now(), locale)}</div>`)}
${pager(frameWords(locale), { first, next })}
<p class="hint">${said.endingHow}</p>
${after === '' ? html`<div class="overview-chart">${showChart(chartOf(datasets, recent, locale), { base: '/admin/charts', version: versionOf(recent), language: locale, isFull: true })}</div>` : ''}
<p class="as-of">${said.asOf} ${moment(recent.asOf, locale)}</p>`,
    })
  })

  web.get('/admin/charts/answers.svg', async (c) => {
    const { chart, version } = await chartFor(c)
    return serveSvg(c, chart, version, localeOf(c))
  })
  web.get('/admin/charts/answers.csv', async (c) => {
    const { chart, version } = await chartFor(c)
    return serveCsv(c, chart, version, 'answers')
  })
}

function makeButton(said: OverviewWords): Html {
  return button(said.make, { href: '/admin/datasets/new', tone: 'main' })
}

async function namesFor(parley: Parley, c: Context): Promise<Dataset[]> {
  const all = await listDatasets(parley, adminOf(c))
  // As the keyset of the pages compares them, whatever the database's collation.
  return all.map(({ dataset }) => dataset).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function chartOf(datasets: readonly Dataset[], recent: KeptRecent, locale: string | undefined) {
  const own = datasets.map(({ id, name }) => ({ name, recent: recent.by.get(id) ?? nothingRecent }))
  return recentChart(own, recent.asOf, locale)
}

function versionOf({ asOf }: KeptRecent): string {
  return asOf.getTime().toString(36)
}
