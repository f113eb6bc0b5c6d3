/**
 * GET  /admin/datasets/:name/exports         what to write, its first rows and counts; what was written
 * GET  /admin/datasets/:name/exports/count   only the counts: a part of that page
 * GET  /admin/datasets/:name/exports/list    only what was written, while something is
 * POST /admin/datasets/:name/exports         start one; or cancel one
 */
import type { Context } from 'hono'
import { describeDataset, getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { asParleyError, notFound, type ParleyError } from '../../errors.ts'
import { firstRows } from '../../exports/first-rows.ts'
import { cancelExport } from '../../exports/job/cancel.ts'
import { getExportOf } from '../../exports/job/export.ts'
import { startExport } from '../../exports/job/start.ts'
import { fullyOfferedFormats } from '../../exports/offered.ts'
import { exportToFile } from '../../exports/to-file.ts'
import type { Parley } from '../../parley.ts'
import { datasetTabs } from '../dataset/tabs.ts'
import { button, card, notice, table } from '../page/components.ts'
import { goOn } from '../page/go-on.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { csrfField, fragment, localeOf, page } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { drawForm, type Wanted } from './form.ts'
import { drawList } from './list.ts'
import { type ExportWords, exportWords } from './words.ts'

/** Smaller datasets are counted without being asked to. */
const countedAtOnce = 20_000
const all = '/admin/datasets/:name/exports'

export function exportPageRoutes(web: Web, { parley }: Site): void {
  const datasetOf = (c: Context) => getDataset(parley, c.req.param('name') ?? '', adminOf(c))
  web.get(all, async (c) => showExports(parley, c, await datasetOf(c)))
  web.get(`${all}/count`, async (c) => {
    const dataset = await datasetOf(c)
    const wanted = readWanted(c, dataset)
    return fragment(c, await drawCounts(parley, c, dataset, wanted))
  })
  web.get(`${all}/list`, async (c) => fragment(c, await drawList(parley, c, await datasetOf(c))))
  web.post(all, async (c) => {
    const dataset = await datasetOf(c)
    const said = inTongue(localeOf(c), exportWords)
    const body = await c.req.parseBody()
    const entries = Object.entries(body).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value] as const] : [],
    )
    const { csrf: _, as = '', cancel, ...flags } = Object.fromEntries(entries)
    if (cancel !== undefined) {
      const { found, dataset: name } = await getExportOf(parley, adminOf(c), cancel)
      if (name !== dataset.name) throw notFound('export', cancel)
      await cancelExport(parley, adminOf(c), { exportId: found.id })
      return goOn(parley, c, addressOf(dataset), { tone: 'info', text: said.cancelled })
    }
    await startExport(parley, adminOf(c), { dataset: dataset.name, as, flags })
    return goOn(parley, c, addressOf(dataset), { tone: 'good', text: said.started })
  })
}

function addressOf({ name }: Pick<Dataset, 'name'>): string {
  return `/admin/datasets/${encodeURIComponent(name)}/exports`
}

/** Of another format's options nothing is taken over. */
function readWanted(c: Context, { document }: Dataset): Wanted {
  const offered = fullyOfferedFormats(document)
  const named = c.req.query('as')
  const usual = ['preference', 'sft', 'kto', 'csv'].find((name) =>
    offered.some((one) => one.name === name),
  )
  const format = offered.find(({ name }) => name === (named ?? usual)) ?? offered[0]
  const flags: Record<string, string> = {}
  for (const { name } of format?.options ?? []) {
    const value = c.req.query(name)?.trim()
    if (value) flags[name] = value
  }
  return { as: format?.name ?? 'raw', flags }
}

async function showExports(parley: Parley, c: Context, dataset: Dataset): Promise<Response> {
  const said = inTongue(localeOf(c), exportWords)
  const wanted = readWanted(c, dataset)
  const offered = fullyOfferedFormats(dataset.document)
  const here = `/admin/datasets/${encodeURIComponent(dataset.name)}`
  const { refused, shown } = await drawRows(parley, c, dataset, wanted, said)
  const { counts } = await describeDataset(parley, dataset.name)
  const query = new URLSearchParams({ as: wanted.as, ...wanted.flags })
  const address = addressOf(dataset)
  const isAsked = c.req.query('count') !== undefined
  const counting = isAsked
    ? await drawCounts(parley, c, dataset, wanted)
    : counts.records <= countedAtOnce
      ? html`<div hx-get="${address}/count?${query}" hx-trigger="load" hx-swap="outerHTML"><p><a href="${address}?${query}&count=1">${said.count}</a></p></div>`
      : button(said.count, { href: `${address}?${query}&count=1` })
  const start = html`<form method="post" action="${address}">${csrfField(c)}<input type="hidden" name="as" value="${wanted.as}">${Object.entries(wanted.flags).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}${button(said.start, { tone: 'main' })}</form>`
  const result: Content = refused
    ? ''
    : html`${card({ title: said.counts }, html`<div aria-live="polite">${counting}</div>${start}`)}${card({ title: said.rows }, shown)}`
  return page(c, {
    title: said.title(dataset.name),
    lead: said.lead,
    section: 'overview',
    above: [
      { label: said.overview, href: '/admin' },
      { label: dataset.document.title, href: here },
    ],
    status: refused ? 422 : 200,
    styles: ['editor.css'],
    body: html`${datasetTabs(dataset.name, 'exports', localeOf(c))}
<div id="export" class="editor"><div class="side">${card(
      { title: said.choose },
      drawForm(offered, wanted, address, said, refused?.problemsIn(localeOf(c)) ?? {}),
    )}</div><div class="side rows">${refused ? notice('bad', refused.messageIn(localeOf(c))) : ''}${result}</div></div>
${await drawList(parley, c, dataset)}`,
  })
}

async function drawRows(
  parley: Parley,
  c: Context,
  dataset: Dataset,
  { as, flags }: Wanted,
  said: ExportWords,
): Promise<{ refused: ParleyError | null; shown: Html }> {
  try {
    const found = await firstRows(parley, adminOf(c), { dataset: dataset.name, as, flags })
    if (found.rows.length === 0)
      return { refused: null, shown: html`<p class="soft">${said.noRows}</p>` }
    const rows = found.rows.map(
      (row) => html`<pre tabindex="0"><code>${pretty(row, found.kind)}</code></pre>`,
    )
    return {
      refused: null,
      shown: html`${rows}${found.isSample ? html`<p class="hint">${said.sample}</p>` : ''}`,
    }
  } catch (error) {
    const refused = asParleyError(error)
    if (refused?.code !== 'invalid') throw error
    return { refused, shown: html`` }
  }
}

/** Long rows are cut: the page shows what they are like. */
function pretty(row: string, kind: 'json' | 'csv'): string {
  const most = 1500
  const text =
    kind === 'json' && row.length <= most ? JSON.stringify(JSON.parse(row), null, 1) : row
  return text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text
}

async function drawCounts(
  parley: Parley,
  c: Context,
  dataset: Dataset,
  { as, flags }: Wanted,
): Promise<Html> {
  const locale = localeOf(c)
  const said = inTongue(locale, exportWords)
  const { signal } = c.req.raw
  const input = { dataset: dataset.name, as, flags, dryRun: true, signal }
  const { counts } = await exportToFile(parley, adminOf(c), input)
  const dropped = Object.entries(counts.dropped).sort(([, a], [, b]) => b - a)
  const left = counts.candidates - counts.emitted
  return html`<dl class="figures"><div><dt>${said.emitted}</dt><dd>${count(counts.emitted, locale)}</dd></div><div><dt>${said.candidates}</dt><dd>${count(counts.candidates, locale)}</dd></div><div><dt>${said.dropped}</dt><dd>${count(left, locale)}</dd></div></dl>${
    dropped.length === 0
      ? html`<p class="soft">${said.nothingDropped}</p>`
      : table({
          caption: said.dropped,
          columns: [{ label: said.why }, { label: said.dropped, isNumber: true }],
          rows: dropped.map(([reason, number]) => [reason, count(number, locale)]),
        })
  }`
}
