/**
 * GET  /admin/datasets/:name/import           choose a file; what was imported lately
 * PUT  /admin/datasets/:name/import?file=     the file as it is, from a script
 * POST /admin/datasets/:name/import           the same from a plain form
 * GET  /admin/datasets/:name/import/:upload   what of it can be read, and by which mapping; then how it goes
 * POST /admin/datasets/:name/import/:upload   import it, stop, remove it, take it back
 */
import type { Context } from 'hono'
import { getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { asParleyError, conflict, invalid } from '../../errors.ts'
import { boundBody } from '../../http/bound.ts'
import { undoImport } from '../../imports/answers/undo-import.ts'
import { listImports } from '../../imports/import-row.ts'
import { lintFile } from '../../imports/lint-file.ts'
import type { Parley } from '../../parley.ts'
import { datasetTabs } from '../dataset/tabs.ts'
import { badge, button, card, empty, notice, table } from '../page/components.ts'
import { goOn } from '../page/go-on.ts'
import { html } from '../page/markup.ts'
import { count, moment } from '../page/moments.ts'
import { fragment, isPartial, localeOf, page, withCsrf } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { drawChecked, drawEnded, drawRunning, readMap } from './check.ts'
import { beginImport, runningImport } from './run.ts'
import {
  getUpload,
  hasFile,
  mostFormUploadBytes,
  mostUploadBytes,
  openUpload,
  removeFile,
  storeUpload,
  tooLarge,
} from './uploads.ts'
import { intakeWords } from './words.ts'

const all = '/admin/datasets/:name/import'
const one = `${all}/:upload` as const

export function intakeRoutes(web: Web, { parley }: Site): void {
  const datasetOf = (c: Context) => getDataset(parley, c.req.param('name') ?? '', adminOf(c))
  web.get(all, async (c) => showUpload(parley, c, await datasetOf(c)))

  web.put(all, async (c) => {
    const dataset = await datasetOf(c)
    const announced = Number(c.req.header('content-length') ?? 0)
    try {
      if (announced > mostUploadBytes) throw tooLarge(mostUploadBytes)
      const name = c.req.query('file') ?? ''
      const source = (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>
      const { id } = await storeUpload(parley, adminOf(c), dataset, { name, source })
      return c.json({ href: `${addressOf(dataset)}/${id}` }, 201)
    } catch (error) {
      const refused = asParleyError(error)
      if (!refused) throw error
      return c.json(
        { problem: sayProblem(refused.problemsIn(localeOf(c)), refused.messageIn(localeOf(c))) },
        422,
      )
    }
  })

  const bound = boundBody(mostFormUploadBytes + 10_000, () => {
    throw tooLarge(mostFormUploadBytes)
  })
  web.post(all, bound, async (c) => {
    const dataset = await datasetOf(c)
    const { file } = await c.req.parseBody()
    if (!(file instanceof File) || file.name === '') throw invalid({ file: 'Choose a file first.' })
    const input = { name: file.name, source: file.stream() as unknown as AsyncIterable<Uint8Array> }
    const most = mostFormUploadBytes
    const { id } = await storeUpload(parley, adminOf(c), dataset, { ...input, most })
    return c.redirect(`${addressOf(dataset)}/${id}`, 303)
  })

  web.get(one, async (c) => {
    const dataset = await datasetOf(c)
    return showUploaded(parley, c, dataset)
  })
  web.post(one, async (c) => act(parley, c, await datasetOf(c)))
}

function addressOf({ name }: Dataset): string {
  return `/admin/datasets/${encodeURIComponent(name)}/import`
}

function sayProblem(problems: Record<string, string>, message: string): string {
  const all = Object.values(problems)
  return all.length > 0 ? all.join(' ') : message
}

async function showUpload(parley: Parley, c: Context, dataset: Dataset): Promise<Response> {
  const locale = localeOf(c)
  const said = inTongue(locale, intakeWords)
  const lately = await listImports(parley, { dataset: dataset.name, limit: 10 })
  const mega = (bytes: number) => bytes / 1_000_000
  const accept = '.jsonl,.ndjson,.json,.csv,.tsv,.parquet,.gz'
  return page(c, {
    ...frameOf(dataset, said.title(dataset.name), said.overview),
    lead: said.lead,
    scripts: ['upload.js'],
    styles: ['editor.css'],
    body: html`${datasetTabs(dataset.name, 'import', locale)}${card(
      {},
      html`<form id="upload" class="drop" method="post" enctype="multipart/form-data" action="${withCsrf(c, addressOf(dataset))}" data-put="${addressOf(dataset)}" data-most="${mostUploadBytes}" data-uploading="${said.uploading}" data-failed="${said.uploadFailed}">
<div class="field"><label for="file">${said.file}</label><input type="file" id="file" name="file" required accept="${accept}" aria-describedby="file-hint">
<p class="hint" id="file-hint">${said.limit(mega(mostUploadBytes), mega(mostFormUploadBytes))}</p></div>
${button(said.upload, { tone: 'main' })}
<div id="upload-told" role="status"></div></form>`,
    )}${card(
      { title: said.lately, isWide: true },
      table({
        caption: said.lately,
        columns: [
          { label: said.source },
          { label: said.state },
          { label: said.when },
          { label: said.created, isNumber: true },
          { label: said.refused, isNumber: true },
        ],
        rows: lately.map(({ source, state, startedAt, report }) => [
          source,
          badge(state, state === 'done' ? 'good' : state === 'failed' ? 'bad' : 'plain'),
          moment(startedAt, locale),
          count(report.created ?? 0, locale),
          count(report.refused ?? 0, locale),
        ]),
        empty: said.none,
      }),
    )}`,
  })
}

function frameOf(dataset: Dataset, title: string, overview: string) {
  const here = `/admin/datasets/${encodeURIComponent(dataset.name)}`
  return {
    title,
    section: 'overview' as const,
    above: [
      { label: overview, href: '/admin' },
      { label: dataset.document.title, href: here },
    ],
  }
}

async function showUploaded(parley: Parley, c: Context, dataset: Dataset): Promise<Response> {
  const locale = localeOf(c)
  const said = inTongue(locale, intakeWords)
  const upload = await getUpload(parley, adminOf(c), dataset, c.req.param('upload') ?? '')
  const here = `${addressOf(dataset)}/${upload.id}`
  const running = runningImport(upload)
  const tabs = datasetTabs(dataset.name, 'import', locale)
  const show = (title: string, body: ReturnType<typeof html>) =>
    page(c, {
      ...{ ...frameOf(dataset, title, said.overview), styles: ['editor.css'] },
      body: html`${tabs}${body}`,
    })
  if (running) {
    const body = drawRunning(c, running, here, said)
    return isPartial(c) ? fragment(c, body) : show(said.checkTitle(upload.name), body)
  }
  // What polls is told to load the page of the result.
  if (isPartial(c)) return goOn(parley, c, here)
  if (upload.report || upload.problem !== undefined)
    return drawEnded(c, { upload, dataset, said, show })
  if (!(await hasFile(parley, upload)))
    return show(upload.name, empty(upload.name, said.interrupted))
  const map = readMap(c.req.queries())
  try {
    const linted = await lintFile(parley, adminOf(c), {
      ...openUpload(parley, upload),
      ...{ dataset: dataset.name, map, limits: { mostUnpacked: 10e9 } },
    })
    return show(said.checkTitle(upload.name), drawChecked(c, { dataset, linted, map, here, said }))
  } catch (error) {
    const refused = asParleyError(error)
    if (refused?.code !== 'invalid') throw error
    const again = button(said.another, { href: addressOf(dataset) })
    return page(c, {
      ...frameOf(dataset, said.checkTitle(upload.name), said.overview),
      status: 422,
      body: html`${tabs}${notice('bad', refused.messageIn(locale))}<p>${again}</p>`,
    })
  }
}

async function act(parley: Parley, c: Context, dataset: Dataset): Promise<Response> {
  const said = inTongue(localeOf(c), intakeWords)
  const upload = await getUpload(parley, adminOf(c), dataset, c.req.param('upload') ?? '')
  const here = `${addressOf(dataset)}/${upload.id}`
  const body = await c.req.parseBody()
  switch (body['do']) {
    case 'stop':
      runningImport(upload)?.stop()
      return goOn(parley, c, here, { tone: 'info', text: said.cancelled })
    case 'discard':
      await removeFile(parley, upload)
      return goOn(parley, c, addressOf(dataset), { tone: 'info', text: said.discarded })
    case 'undo': {
      if (upload.importId === undefined) throw conflict('There is nothing of it to take back.')
      const { records } = await undoImport(parley, adminOf(c), { id: upload.importId })
      return goOn(parley, c, addressOf(dataset), {
        tone: 'good',
        text: said.undone(said.records(records)),
      })
    }
  }
  if (body['do'] !== 'import') return goOn(parley, c, here)
  if (!(await hasFile(parley, upload)) && !upload.report) throw conflict(said.interrupted)
  const entries = Object.entries(body).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, [value]] as const] : [],
  )
  const run = beginImport(parley, adminOf(c), dataset, {
    ...{ upload, map: readMap(Object.fromEntries(entries)) },
  })
  // What is small is done before the next page is asked for.
  await Promise.race([run.ended, new Promise((soon) => setTimeout(soon, 400))])
  return goOn(parley, c, here)
}
