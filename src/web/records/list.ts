/** GET /admin/datasets/:name/records: search, filters, the list page by page, and what is done with many. */
import type { Context } from 'hono'
import { getDataset } from '../../datasets/dataset.ts'
import { ParleyError } from '../../errors.ts'
import { recordStatuses } from '../../records/record-status.ts'
import { answerFlags, type RecordSort, readFilter, recordSorts } from '../../search/filter.ts'
import { type FoundPage, type FoundRecord, findRecords } from '../../search/find-records.ts'
import { datasetTabs } from '../dataset/tabs.ts'
import {
  badge,
  button,
  card,
  empty,
  field,
  notice,
  pager,
  select,
  type Tone,
  table,
} from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { csrfField, localeOf, page } from '../page/page.ts'
import { frameWords, inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { changeCard } from './change.ts'
import { type RecordWords, recordWords } from './words.ts'

const onOnePage = 50

/** The parts of a filter, as addresses name them. */
export const filterNames = [
  ...['q', 'status', 'disputed', 'gold', 'model', 'metadata', 'labeler', 'flag', 'language'],
  ...['from', 'to'],
] as const

export type Texts = Readonly<Record<string, string>>

export function listRoutes(web: Web, { parley }: Site): void {
  web.get('/admin/datasets/:name/records', async (c) => {
    const said = inTongue(localeOf(c), recordWords)
    const dataset = await getDataset(parley, c.req.param('name'), adminOf(c))
    const { texts, sort, cursor } = readAsked(c)
    let found: FoundPage | null = null
    let problems: Readonly<Record<string, string>> = {}
    try {
      found = await findRecords(parley, adminOf(c), {
        ...{ ...readFilter(texts), dataset: dataset.name, sort, limit: onOnePage },
        ...(cursor === undefined ? {} : { cursor }),
      })
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== 'invalid' || !error.problems)
        throw error
      problems = error.problems
    }
    const path = pathOf(dataset.name)
    return page(c, {
      title: said.title,
      section: 'datasets',
      above: [{ label: dataset.name, href: `/admin/datasets/${encodeURIComponent(dataset.name)}` }],
      lead: said.lead(dataset.document.title),
      styles: ['records.css'],
      status: found ? 200 : 422,
      body: html`${datasetTabs(dataset.name, 'records', localeOf(c))}${filterForm(path, { texts, sort, problems }, said)}${
        found ? listOf(c, found, { path, texts, sort, isFirst: cursor === undefined }, said) : ''
      }`,
    })
  })
}

export function pathOf(dataset: string): string {
  return `/admin/datasets/${encodeURIComponent(dataset)}/records`
}

function readAsked(c: Context) {
  const texts = Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = c.req.query(name)?.trim().slice(0, 500)
      return value ? [[name, value]] : []
    }),
  )
  const sort = recordSorts.find((one) => one === c.req.query('sort')) ?? 'order'
  return { texts, sort, cursor: c.req.query('cursor')?.slice(0, 2000) }
}

/** The same list under another order or from another place on. */
export function addressOf(
  path: string,
  { texts, sort, cursor }: { texts: Texts; sort: RecordSort; cursor?: string },
): string {
  const query = new URLSearchParams({
    ...texts,
    ...(sort === 'order' ? {} : { sort }),
    ...(cursor === undefined ? {} : { cursor }),
  }).toString()
  return query === '' ? path : `${path}?${query}`
}

type Shown = { texts: Texts; sort: RecordSort; problems: Readonly<Record<string, string>> }

function filterForm(path: string, { texts, sort, problems }: Shown, said: RecordWords): Html {
  const line = (name: string, label: string, hint?: string) =>
    field({
      ...{ name, label, value: texts[name] ?? '', error: problems[name] },
      ...(hint ? { hint } : {}),
    })
  const choice = (name: string, label: string, options: { value: string; label: string }[]) =>
    field({
      ...{ name, label, error: problems[name] },
      control: select([{ value: '', label: said.any }, ...options], texts[name] ?? ''),
    })
  const yes = [{ value: 'yes', label: said.yes }]
  const isMore = filterNames.some(
    (name) => name !== 'q' && name !== 'status' && (texts[name] || problems[name]),
  )
  return html`<form class="filters records-filters" method="get" action="${path}" role="search">
${line('q', said.search, said.searchHint)}
${choice(
  'status',
  said.status,
  recordStatuses.map((value) => ({ value, label: said.statuses[value] })),
)}
${field({
  name: 'sort',
  label: said.sort,
  control: select(
    recordSorts.map((value) => ({ value, label: said.sorts[value] })),
    sort,
  ),
})}
<details class="records-more"${isMore ? html` open` : ''}><summary>${said.more}</summary><div class="filters">
${choice('disputed', said.disputed, yes)}${choice('gold', said.gold, yes)}
${line('model', said.model)}${line('metadata', said.metadata, said.metadataHint)}
${line('labeler', said.labeler, said.labelerHint)}
${choice(
  'flag',
  said.flag,
  answerFlags.map((value) => ({ value, label: said.flags[value] ?? said.skipped })),
)}
${line('language', said.language)}${line('from', said.from, said.dayHint)}${line('to', said.to, said.dayHint)}
</div></details>
<div class="actions">${button(said.show, { tone: 'main' })}</div></form>`
}

type Place = { path: string; texts: Texts; sort: RecordSort; isFirst: boolean }

function listOf(c: Context, found: FoundPage, place: Place, said: RecordWords): Html {
  const { path, texts, sort, isFirst } = place
  const isFiltered = Object.keys(texts).length > 0 || sort !== 'order'
  const ways = pager(frameWords(localeOf(c)), {
    first: isFirst ? null : addressOf(path, { texts, sort }),
    next: found.next === null ? null : addressOf(path, { texts, sort, cursor: found.next }),
  })
  const state = html`<p class="soft">${indexedLine(found, said)}</p>`
  if (found.records.length === 0)
    return html`${state}${
      found.next !== null
        ? notice('info', said.further)
        : isFiltered
          ? empty(said.none, said.noneText, button(said.all, { href: path }))
          : empty(said.emptyTitle, said.emptyText)
    }${ways}`
  return html`${state}${found.by === 'parts' ? notice('info', said.byParts) : ''}${
    found.isSlow ? notice('warn', said.slowly) : ''
  }<form method="post" action="${path}/change">${csrfField(c)}<input type="hidden" name="filter" value="${new URLSearchParams(texts).toString()}">
${card({ isWide: true }, tableOf(found.records, said))}${ways}${changeCard(said)}</form>`
}

function indexedLine({ indexed: { until, share } }: FoundPage, said: RecordWords): string {
  if (until !== null) return said.indexed(until.toISOString().slice(0, 16).replace('T', ' '))
  return said.reading(Math.floor(share * 100))
}

export const statusTones: Readonly<Record<FoundRecord['status'], Tone>> = {
  pending: 'plain',
  needs_outputs: 'warn',
  completed: 'good',
  rejected: 'bad',
}

function tableOf(records: readonly FoundRecord[], said: RecordWords): Html {
  return table({
    caption: said.title,
    columns: [
      { label: said.record },
      { label: said.text },
      { label: said.status },
      { label: said.answers, isNumber: true },
      { label: said.disagreement, isNumber: true },
      { label: said.priority, isNumber: true },
    ],
    rows: records.map((one): Content[] => [
      html`<span class="records-choice"><input type="checkbox" name="id" value="${one.externalId}" aria-label="${said.choose(one.externalId)}"><a dir="auto" href="/admin/records/${one.id}">${one.externalId}</a></span>`,
      html`<span class="records-text" dir="auto">${one.excerpt}</span>${
        one.models.length > 0
          ? html`<span class="soft records-models" dir="auto">${one.models.slice(0, 4).join(', ')}</span>`
          : ''
      }`,
      badge(said.statuses[one.status], statusTones[one.status]),
      said.answersOf(one.counted, one.wanted),
      disagreementOf(one.disagreement, said),
      String(one.priority),
    ]),
  })
}

/** A bar with its number; a dash while there is nothing to compare. */
export function disagreementOf(value: number | null, said: RecordWords): Content {
  if (value === null) return html`<span aria-hidden="true">–</span>`
  const text = value.toFixed(2)
  return html`<span class="records-meter" title="${said.disagreementHint}"><meter min="0" max="1" value="${text}" aria-label="${said.disagreement}">${text}</meter> ${text}</span>`
}
