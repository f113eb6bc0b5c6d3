/**
 * GET  /admin/datasets/new          choose a template; with ?template=NAME, write its document
 * GET  /admin/datasets/:name/edit   the same for a dataset that is there
 * POST both of them                 save, publish, or show what was typed
 * POST /admin/datasets/preview      what a script shows while somebody types
 */
import type { Context } from 'hono'
import { getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { etagOf } from '../../datasets/etag.ts'
import { textOf } from '../../datasets/form/kept-text.ts'
import { type Form, readForm } from '../../datasets/form/read-form.ts'
import { checkText } from '../../datasets/parse.ts'
import { publishDataset } from '../../datasets/publish.ts'
import { templateDocument } from '../../datasets/templates/document.ts'
import { templateNames } from '../../datasets/templates/names.ts'
import { asParleyError } from '../../errors.ts'
import { datasetTabs } from '../dataset/tabs.ts'
import { button, card, field, notice, textarea } from '../page/components.ts'
import { goOn } from '../page/go-on.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { csrfField, localeOf, page, pageHeaders } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { drawAside } from './aside.ts'
import { drawingRoutes } from './drawings.ts'
import { drawForm } from './form.ts'
import { type Posted, readPosted } from './posted.ts'
import { applyFromPage, createFromPage } from './save.ts'
import { type EditorWords, editorWords } from './words.ts'

type Editing = { site: Site; drawings: string | null }

export function editorRoutes(web: Web, site: Site): void {
  const editing = { site, drawings: drawingRoutes(web, site.drawings ?? null) }
  const { parley } = site
  web.get('/admin/datasets/new', (c) => {
    const name = templateNames.find((one) => one === c.req.query('template'))
    if (!name) return chooseTemplate(c)
    const text = templateDocument(name).replace(/^# A dataset document\..*\n/, '')
    return showEditor(editing, c, { text, dataset: null })
  })
  web.post('/admin/datasets/new', async (c) => {
    const posted = await readPosted(c, { isPublished: false })
    return savePosted(editing, c, posted, null)
  })
  web.get('/admin/datasets/:name/edit', async (c) => {
    const dataset = await getDataset(parley, c.req.param('name'), adminOf(c))
    return showEditor(editing, c, { text: await textOf(parley, dataset), dataset })
  })
  web.post('/admin/datasets/:name/edit', async (c) => {
    const dataset = await getDataset(parley, c.req.param('name'), adminOf(c))
    const posted = await readPosted(c, { isPublished: dataset.status !== 'draft' })
    return savePosted(editing, c, posted, dataset)
  })
  web.post('/admin/datasets/preview', async (c) => {
    const name = c.req.query('dataset')
    const dataset = name === undefined ? null : await getDataset(parley, name, adminOf(c))
    const posted = await readPosted(c, { isPublished: (dataset?.status ?? 'draft') !== 'draft' })
    return answerPreview(editing, c, posted, dataset)
  })
}

function chooseTemplate(c: Context): Promise<Response> {
  const said = inTongue(localeOf(c), editorWords)
  return page(c, {
    title: said.newTitle,
    lead: said.newLead,
    section: 'overview',
    above: [{ label: said.overview, href: '/admin' }],
    body: html`<div class="grid">${templateNames.map((name) => {
      const [title, about] = said.templates[name] ?? [name, '']
      const href = `/admin/datasets/new?template=${name}`
      return card(
        { title },
        html`<p>${about}</p>${button(said.start, { href, 'aria-label': `${said.start}: ${title}` })}`,
      )
    })}</div>`,
  })
}

/** What is on the page of an editor. */
type Shown = {
  text: string
  dataset: Dataset | null
  /** The state the text was made from, where that is not today's. */
  etag?: string
  problem?: Content
  status?: 200 | 409 | 422
}

async function showEditor(
  { site, drawings }: Editing,
  c: Context,
  { text, dataset, etag, problem, status = 200 }: Shown,
): Promise<Response> {
  const locale = localeOf(c)
  const said = inTongue(locale, editorWords)
  const checked = checkText(text)
  const input = { checked, dataset, drawings, locale, isFirst: true }
  const aside = await drawAside(site.parley, adminOf(c), input, said)
  const here = dataset ? `/admin/datasets/${encodeURIComponent(dataset.name)}` : ''
  const action = dataset ? `${here}/edit` : '/admin/datasets/new'
  const wide = {
    rows: 18,
    spellcheck: 'false',
    autocomplete: 'off',
    autocapitalize: 'off',
    wrap: 'off',
    class: 'code',
  }
  return page(c, {
    title: dataset ? said.editTitle(dataset.name) : said.newTitle,
    section: 'overview',
    above: [
      { label: said.overview, href: '/admin' },
      ...(dataset ? [{ label: dataset.document.title, href: here }] : []),
    ],
    status,
    scripts: ['preview.js', 'editor.js'],
    styles: ['editor.css', 'rendered.css'],
    body: html`${dataset ? datasetTabs(dataset.name, 'edit', locale) : ''}${problem ? notice('bad', problem) : ''}
<form id="editor" method="post" action="${action}" data-preview="/admin/datasets/preview${dataset ? `?dataset=${encodeURIComponent(dataset.name)}` : ''}">
${csrfField(c)}<input type="hidden" name="etag" value="${etag ?? (dataset ? etagOf(dataset) : '')}">
<input type="hidden" name="was" value="${text}">
<button class="hidden" name="do" value="preview" tabindex="-1" aria-hidden="true">${said.update}</button>
<div class="editor"><div class="side" id="form">${formOf(readForm(text), said, dataset === null)}</div>
<div class="side" id="beside">${card(
      { title: said.yaml },
      html`<div class="yaml">${field({
        name: 'yaml',
        label: said.yamlLabel,
        hint: said.yamlHint,
        control: textarea(text, wide),
      })}</div>`,
    )}<div id="aside" aria-live="polite">${aside}</div></div></div>
<div class="bar">${button(dataset ? said.save : said.create, { name: 'do', value: 'save', tone: 'main' })}
${dataset && dataset.status === 'draft' ? button(said.publish, { name: 'do', value: 'publish' }) : ''}
${button(said.update, { name: 'do', value: 'preview', tone: 'quiet' })}
</div>
</form>`,
  })
}

function formOf(form: Form | null, said: EditorWords, isNew: boolean): Html {
  return form ? drawForm(form, said, { isNew }) : notice('warn', said.yamlBroken)
}

async function savePosted(
  editing: Editing,
  c: Context,
  posted: Posted,
  dataset: Dataset | null,
): Promise<Response> {
  const { parley } = editing.site
  const said = inTongue(localeOf(c), editorWords)
  const { text, wanted, etag } = posted
  const again = (problem: Content, status: 409 | 422 = 422) =>
    showEditor(editing, c, { text, dataset, etag, problem, status })
  if (wanted === 'preview' || posted.side === 'act')
    return showEditor(editing, c, { text, dataset, etag })
  const checked = checkText(text)
  if ('mistakes' in checked) return again(said.notSaved)
  const { document } = checked
  if (dataset && document.name !== dataset.name)
    return again(said.renamed(document.name, dataset.name))
  const here = `/admin/datasets/${encodeURIComponent(document.name)}`
  try {
    if (!dataset) {
      await createFromPage(parley, adminOf(c), { document, text })
      return goOn(parley, c, `${here}/edit`, { tone: 'good', text: said.created(document.name) })
    }
    const applied = await applyFromPage(parley, adminOf(c), { document, text, etag })
    if (!applied)
      return again(
        html`${said.changedMeanwhile} <a href="${here}/edit" target="_blank" rel="noopener">${said.openFresh}</a>`,
        409,
      )
    if (wanted === 'save')
      return goOn(parley, c, `${here}/edit`, {
        ...{ tone: 'good', text: applied.changed ? said.saved : said.unchanged },
      })
    const { warnings } = await publishDataset(parley, adminOf(c), { dataset: document.name })
    return goOn(parley, c, `${here}/edit`, {
      ...{ tone: 'good', text: [said.published(document.name), ...warnings].join('\n') },
    })
  } catch (error) {
    const refused = asParleyError(error)
    if (refused?.code !== 'invalid' && refused?.code !== 'conflict') throw error
    const fresh = dataset && (await getDataset(parley, dataset.name, adminOf(c)))
    return showEditor(editing, c, {
      ...{ text, dataset: fresh, problem: refused.messageIn(localeOf(c)) },
      status: refused.code === 'conflict' ? 409 : 422,
    })
  }
}

/** What a script puts into the page: the side that was not typed in, and what stands beside it. */
async function answerPreview(
  { site, drawings }: Editing,
  c: Context,
  posted: Posted,
  dataset: Dataset | null,
): Promise<Response> {
  const locale = localeOf(c)
  const said = inTongue(locale, editorWords)
  const { text, typed, side } = posted
  const input = { checked: checkText(text), dataset, drawings, locale }
  const aside = await drawAside(site.parley, adminOf(c), input, said)
  const form = await formOf(readForm(text), said, dataset === null)
  const { 'content-type': _, ...headers } = pageHeaders
  return c.json(
    { yaml: text, isChanged: text !== typed, side, form: String(form), aside: String(await aside) },
    200,
    headers,
  )
}
