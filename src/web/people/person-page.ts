/** GET /admin/people/:id: one person, what they did in each dataset, and what an admin may do about it. */
import type { Context } from 'hono'
import { getDataset } from '../../datasets/dataset.ts'
import { listLimits } from '../../labelers/limits.ts'
import { ensurePseudonyms } from '../../labelers/pseudonyms.ts'
import { badge, button, card, field, select, table, textarea } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { csrfField, localeOf, page } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { getPerson, listPersonDatasets, type PersonDataset } from './find-people.ts'
import { portrait, sayDuration } from './parts.ts'
import { type PeopleWords, peopleWords } from './words.ts'

export function personRoutes(web: Web, { parley }: Site): void {
  web.get('/admin/people/:id', async (c) => {
    const locale = localeOf(c)
    const said = inTongue(locale, peopleWords)
    const actor = adminOf(c)
    const person = await getPerson(parley, actor, c.req.param('id'))
    const first = await listPersonDatasets(parley, actor, person.id)
    for (const { name, pseudonym } of first)
      if (pseudonym === null) await ensurePseudonyms(parley, (await getDataset(parley, name)).id)
    const datasets = await listPersonDatasets(parley, actor, person.id)
    const isOfAll = actor.of === undefined && actor.only === undefined
    const limits = isOfAll ? await listLimits(parley, person.id) : []
    const isPausedEverywhere = limits.some((one) => one.dataset === null && one.pausedAt !== null)
    const places = [
      ...(isOfAll ? [{ value: '', label: said.everywhere }] : []),
      ...datasets.map(({ name, title }) => ({ value: name, label: title })),
    ]
    return page(c, {
      title: person.name ?? said.nameless(person.id),
      section: 'people',
      above: [{ label: said.title, href: '/admin/people' }],
      styles: ['people.css'],
      body: html`<div class="about">${portrait(person)}${person.accounts.map((name) => html`<code>${name}</code>`)}${isPausedEverywhere ? badge(said.paused, 'warn') : ''}</div>
${card({ title: said.inDatasets, isWide: true }, datasetTable(datasets, said, locale))}
<h2>${said.actions}</h2>
<div class="grid">${forms(c, person.id, { places, datasets, said })}</div>`,
    })
  })
}

function datasetTable(
  datasets: readonly PersonDataset[],
  said: PeopleWords,
  locale: string | undefined,
): Html {
  return table({
    caption: said.inDatasets,
    columns: [
      { label: said.dataset },
      { label: said.pseudonym },
      { label: said.answers, isNumber: true },
      { label: said.counted, isNumber: true },
      { label: said.skipped, isNumber: true },
      { label: said.meanTime, isNumber: true },
      { label: said.quota, isNumber: true },
      { label: said.state },
      { label: said.measures, isQuiet: true },
    ],
    rows: datasets.map((one): Content[] => {
      const home = `/admin/datasets/${encodeURIComponent(one.name)}`
      return [
        html`<a href="${home}">${one.title}</a>`,
        html`<code>${one.pseudonym ?? '–'}</code>`,
        count(one.answers, locale),
        count(one.counted, locale),
        count(one.skipped, locale),
        sayDuration(one.seconds, locale),
        one.quota === null ? said.noQuota : count(one.quota, locale),
        one.pausedAt === null
          ? badge(said.active, 'good')
          : html`${badge(said.paused, 'warn')}${one.reason === null ? '' : html` <small>${one.reason}</small>`}`,
        html`<a href="${home}/people">${said.measures}</a>`,
      ]
    }),
  })
}

type Given = {
  places: readonly { value: string; label: string }[]
  datasets: readonly PersonDataset[]
  said: PeopleWords
}

/** Fields are named after their form, so that each has an id of its own. */
function forms(c: Context, id: string, { places, datasets, said }: Given): Html {
  const home = `/admin/people/${id}`
  const where = (name: string, all: Given['places']) =>
    field({ name, label: said.where, control: select(all, undefined) })
  const form = (act: string, title: string, text: string, body: Content) =>
    card(
      { title, level: 3 },
      html`<p class="soft">${text}</p><form class="stack" method="post" action="${home}/${act}">${csrfField(c)}${body}</form>`,
    )
  const [only] = datasets.length === 1 ? datasets : []
  const ofDatasets = places.filter(({ value }) => value !== '')
  return html`${form(
    'pause',
    said.pause,
    said.pauseText,
    html`${where('pause_dataset', places)}${field({ name: 'reason', label: said.reason, input: { maxlength: 500 } })}<div class="actions">${button(said.pause, { tone: 'main', name: 'act', value: 'pause' })}${button(said.resume, { name: 'act', value: 'resume' })}</div>`,
  )}${form(
    'quota',
    said.quota,
    said.quotaText,
    html`${where('quota_dataset', ofDatasets)}${field({ name: 'quota', label: said.quotaMost, value: only?.quota ?? '', input: { inputmode: 'numeric', pattern: '[0-9]*' } })}<div class="actions">${button(said.save, { tone: 'main' })}</div>`,
  )}${form(
    'message',
    said.message,
    said.messageText,
    html`${where('message_dataset', places)}${field({ name: 'text', label: said.messageLabel, control: textarea('', { rows: 3, maxlength: 2000, required: true }) })}<div class="actions">${button(said.send, { tone: 'main' })}</div>`,
  )}${card(
    { title: said.purge, level: 3 },
    html`<p class="soft">${said.purgeText}</p><div class="actions">${button(said.purgeShow, { href: `${home}/purge`, tone: 'danger' })}</div>`,
  )}`
}
