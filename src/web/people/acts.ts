/** What an admin does about one person from their page: pause, quota, message, purge; and their picture. */
import type { Context } from 'hono'
import { setQuota } from '../../labelers/limits.ts'
import { nameExport } from '../../labelers/written-exports.ts'
import { messageLabeler, pauseLabeler, resumeLabeler } from '../../outbound/write-to-labeler.ts'
import { purgeLabeler } from '../../responses/forget.ts'
import { previewPurge } from '../../responses/purge-preview.ts'
import { button, card, empty } from '../page/components.ts'
import { goOn } from '../page/go-on.ts'
import { html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { csrfField, localeOf, page } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { getPerson } from './find-people.ts'
import { pictureOf } from './picture.ts'
import { peopleWords } from './words.ts'

export function actRoutes(web: Web, site: Site): void {
  limitRoutes(web, site)
  purgeRoutes(web, site)
  const { parley } = site
  web.get('/admin/people/:id/picture', async (c) => {
    const { id } = await getPerson(parley, adminOf(c), c.req.param('id'))
    const image = await pictureOf(parley, id)
    const headers = {
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, max-age=3600',
    }
    // In place of one that cannot be had: nobody in particular.
    if (image === null) return c.body(nobody, 200, { ...headers, 'content-type': 'image/svg+xml' })
    return c.body(new Uint8Array(image), 200, { ...headers, 'content-type': 'image/webp' })
  })
}

const nobody =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#b9b0bd"/><circle cx="16" cy="12" r="6" fill="#fff"/><path d="M4 32a12 12 0 0 1 24 0z" fill="#fff"/></svg>'

function limitRoutes(web: Web, { parley }: Site): void {
  web.post('/admin/people/:id/pause', async (c) => {
    const { home, labeler, said, form } = await opened(c, parley)
    const reason = form('reason')
    const at = { labeler, dataset: form('pause_dataset') }
    if (form('act') === 'resume') {
      const { changed } = await resumeLabeler(parley, adminOf(c), at)
      const text = changed ? said.resumedNow : said.notPaused
      return goOn(parley, c, home, { tone: changed ? 'good' : 'info', text })
    }
    const { changed, told } = await pauseLabeler(parley, adminOf(c), { ...at, reason })
    const text = changed ? said.pausedNow(told) : said.pausedBefore
    return goOn(parley, c, home, { tone: changed ? 'good' : 'info', text })
  })
  web.post('/admin/people/:id/quota', async (c) => {
    const { home, labeler, said, form } = await opened(c, parley)
    const quota = form('quota') === undefined ? null : Number(form('quota'))
    const dataset = form('quota_dataset') ?? ''
    await setQuota(parley, adminOf(c), { labeler, dataset, quota })
    return goOn(parley, c, home, { tone: 'good', text: said.quotaSaved })
  })
  web.post('/admin/people/:id/message', async (c) => {
    const { home, labeler, said, form } = await opened(c, parley)
    const message = { labeler, dataset: form('message_dataset'), text: form('text') ?? '' }
    await messageLabeler(parley, adminOf(c), message)
    return goOn(parley, c, home, { tone: 'good', text: said.sent })
  })
}

function purgeRoutes(web: Web, { parley }: Site): void {
  web.get('/admin/people/:id/purge', async (c) => {
    const locale = localeOf(c)
    const said = inTongue(locale, peopleWords)
    const actor = adminOf(c)
    const person = await getPerson(parley, actor, c.req.param('id'))
    const name = person.name ?? said.nameless(person.id)
    const previews = await previewPurge(parley, actor, { labeler: person.id })
    const home = `/admin/people/${person.id}`
    return page(c, {
      title: said.purgeTitle(name),
      section: 'people',
      above: [
        { label: said.title, href: '/admin/people' },
        { label: name, href: home },
      ],
      lead: said.purgeLead,
      isNarrow: true,
      body:
        previews.length === 0
          ? empty(said.nothing, said.noMeasures)
          : previews.map(({ dataset, counted, reopened, exports }) =>
              card(
                { title: dataset },
                html`<dl class="details"><dt>${said.purgeCounted}</dt><dd>${count(counted, locale)}</dd>
<dt>${said.purgeReopened}</dt><dd>${count(reopened, locale)}</dd>
<dt>${said.purgeExports}</dt><dd>${exports.length === 0 ? said.none : exports.map(nameExport).join(', ')}</dd></dl>
<form method="post" action="${home}/purge">${csrfField(c)}<input type="hidden" name="dataset" value="${dataset}">${button(said.purgeNow(dataset), { tone: 'danger' })}</form>`,
              ),
            ),
    })
  })
  web.post('/admin/people/:id/purge', async (c) => {
    const { home, labeler, said, form } = await opened(c, parley)
    const dataset = form('dataset') ?? ''
    const { counted } = await purgeLabeler(parley, adminOf(c), { dataset, labeler })
    return goOn(parley, c, home, { tone: 'good', text: said.purged(counted, dataset) })
  })
}

/** The form of somebody this admin sees; an empty field is none. */
async function opened(c: Context, parley: Site['parley']) {
  const { id } = await getPerson(parley, adminOf(c), c.req.param('id') ?? '')
  const body = await c.req.parseBody()
  const form = (name: string) => {
    const value = body[name]
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
  }
  const said = inTongue(localeOf(c), peopleWords)
  return { home: `/admin/people/${id}`, labeler: id, said, form }
}
