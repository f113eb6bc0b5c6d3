/**
 * A dataset's page: its numbers, charts with their tables, and the buttons that open and close it; and the
 * files of its charts.
 */

import type { Context } from 'hono'
import type { Dataset } from '../../datasets/document.ts'
import { asParleyError, notFound } from '../../errors.ts'
import { serveCsv, serveSvg } from '../charts/serve.ts'
import { titleOf } from '../overview/tables.ts'
import { badge, notice } from '../page/components.ts'
import { goOn } from '../page/go-on.ts'
import { type Html, html } from '../page/markup.ts'
import { fragment, isPartial, localeOf, page } from '../page/page.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { act, actButtons, acts } from './acts.ts'
import { chartParts, versionOf } from './chart-parts.ts'
import { datasetCharts } from './charts.ts'
import { datasetFigures, standingNotice } from './figures.ts'
import { datasetAt, type ForPage, findForPage } from './find.ts'
import type { KeptStatistics } from './statistics.ts'
import { datasetTabs, noteParts } from './tabs.ts'
import { datasetTones } from './tones.ts'
import { datasetWords } from './words.ts'

const path = '/admin/datasets/:name'
/** A page waits this long for statistics, a picture longer: nothing takes its place. */
const pageMs = 1_200
const pictureMs = 60_000

export function datasetRoutes(web: Web, site: Site): void {
  const { parley, statistics: kept } = site
  noteParts(web)
  web.get(path, async (c, next) => {
    // The page of a dataset that is yet to be made.
    if (c.req.param('name') === 'new') return next()
    const dataset = await datasetAt(parley, c)
    return showDataset(c, site, await findForPage(parley, kept, dataset, pageMs), {})
  })
  web.get(`${path}/charts`, async (c) => {
    const dataset = await datasetAt(parley, c)
    if (!isPartial(c)) return c.redirect(addressOf(dataset), 303)
    return fragment(c, chartParts(c, await findForPage(parley, kept, dataset, pageMs)))
  })
  web.get(`${path}/charts/:file{[^/]+\\.(?:svg|csv)}`, async (c) => serveChart(c, site, kept))
  for (const what of acts)
    web.post(`${path}/${what}`, async (c) => {
      const dataset = await datasetAt(parley, c)
      const locale = localeOf(c)
      try {
        const said = await act(parley, adminOf(c), { act: what, dataset: dataset.name, locale })
        return goOn(parley, c, addressOf(dataset), said)
      } catch (error) {
        const known = asParleyError(error)
        if (known?.code !== 'invalid' && known?.code !== 'conflict') throw error
        const found = await findForPage(parley, kept, dataset, 0)
        const refused = notice('bad', known.messageIn(locale), datasetWords(locale).notPublished)
        return showDataset(c, site, found, {
          refused,
          status: known.code === 'invalid' ? 422 : 409,
        })
      }
    })
}

async function showDataset(
  c: Context,
  { parley }: Site,
  found: ForPage,
  { refused, status = 200 }: { refused?: Html; status?: 200 | 409 | 422 },
): Promise<Response> {
  const locale = localeOf(c)
  const said = datasetWords(locale)
  const { dataset } = found.line
  return page(c, {
    title: titleOf(dataset),
    section: 'overview',
    status,
    styles: ['charts.css'],
    above: [{ label: said.overview, href: '/admin' }],
    actions: actButtons(c, dataset),
    body: html`<p class="lead">${dataset.name} ${badge(said.states[dataset.status], datasetTones[dataset.status])}</p>
${datasetTabs(dataset.name, 'here', locale)}
${refused ?? standingNotice(found.line, locale)}
${datasetFigures(parley, found.line, locale)}
${chartParts(c, found)}`,
  })
}

async function serveChart(c: Context, { parley }: Site, kept: KeptStatistics): Promise<Response> {
  const dataset = await datasetAt(parley, c)
  const [, name = '', kind] = /^(.*)\.(svg|csv)$/.exec(c.req.param('file') ?? '') ?? []
  const { line, statistics } = await findForPage(parley, kept, dataset, pictureMs)
  if (statistics === null || statistics === 'failed')
    return c.body(null, 503, { 'retry-after': '5' })
  const locale = localeOf(c)
  const chart = datasetCharts(statistics, line.ending, locale).find((one) => one.name === name)
  if (!chart) throw notFound('chart', name)
  const version = versionOf(statistics)
  if (kind === 'csv') return serveCsv(c, chart, version, `${dataset.name}-${name}`)
  return serveSvg(c, chart, version, locale)
}

function addressOf({ name }: Dataset): string {
  return `/admin/datasets/${encodeURIComponent(name)}`
}
