/** GET /admin/activity: the audit log, page by page; an admin of some datasets sees what concerns those. */
import type { Context } from 'hono'
import { type AuditEntry, readAudit } from '../../datasets/read-audit.ts'
import { button, card, empty, field, pager, table } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { moment } from '../page/moments.ts'
import { localeOf, page } from '../page/page.ts'
import { frameWords, inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { type ActivityWords, activityWords } from './words.ts'

const path = '/admin/activity'
const onOnePage = 50
const filters = ['dataset', 'actor', 'act'] as const
type Asked = { [Name in (typeof filters)[number]]?: string }

export function activityRoutes(web: Web, { parley }: Site): void {
  web.get(path, async (c) => {
    const said = inTongue(localeOf(c), activityWords)
    const asked = readAsked(c)
    const before = /^\d{1,18}$/.exec(c.req.query('before') ?? '')?.[0]
    const { entries, next } = await readAudit(parley, adminOf(c), {
      ...asked,
      ...(before === undefined ? {} : { before }),
      limit: onOnePage,
    })
    const isFiltered = Object.keys(asked).length > 0
    return page(c, {
      title: said.title,
      section: 'activity',
      lead: said.lead,
      body: html`${filterForm(asked, said)}${
        entries.length === 0
          ? empty(
              said.nothing,
              said.nothingText,
              isFiltered ? button(said.all, { href: path }) : null,
            )
          : html`${card({ isWide: true }, tableOf(entries, said, localeOf(c)))}${pager(
              frameWords(localeOf(c)),
              {
                first: before === undefined ? null : addressOf(asked),
                next: next === null ? null : addressOf({ ...asked, before: next }),
              },
            )}`
      }`,
    })
  })
}

function readAsked(c: Context): Asked {
  return Object.fromEntries(
    filters.flatMap((name) => {
      const value = c.req.query(name)?.trim().slice(0, 200)
      return value ? [[name, value]] : []
    }),
  )
}

function addressOf(asked: Asked & { before?: string }): string {
  const query = new URLSearchParams(asked).toString()
  return query === '' ? path : `${path}?${query}`
}

function filterForm(asked: Asked, said: ActivityWords): Html {
  const input = (name: keyof Asked, label: string, hint?: string) =>
    field({ name, label, value: asked[name] ?? '', ...(hint ? { hint } : {}) })
  return html`<form class="filters" method="get" action="${path}" role="search">${input('dataset', said.dataset)}${input('actor', said.actor)}${input('act', said.act)}<div class="actions">${button(said.show, { tone: 'main' })}</div></form>`
}

function tableOf(
  entries: readonly AuditEntry[],
  said: ActivityWords,
  locale: string | undefined,
): Html {
  return table({
    caption: said.title,
    columns: [said.at, said.who, said.what, said.dataset, said.detail].map((label) => ({ label })),
    rows: entries.map(({ at, actor, act, dataset, detail }): Content[] => [
      moment(at, locale),
      html`<a href="${addressOf({ actor })}">${actor}</a>`,
      act,
      dataset === null
        ? ''
        : html`<a href="/admin/datasets/${encodeURIComponent(dataset)}">${dataset}</a>`,
      detailOf(detail),
    ]),
  })
}

/** `key: value` for each thing that is noted; lists and objects as JSON. */
function detailOf(detail: AuditEntry['detail']): Html {
  const told = Object.entries(detail).filter(([, value]) => value !== null && value !== '')
  return html`<dl class="details">${told.map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return html`<div><dt>${name.replaceAll('_', ' ')}</dt><dd>${text.length > mostChars ? `${text.slice(0, mostChars)}…` : text}</dd></div>`
  })}</dl>`
}

/** Of one thing; the whole is in `parley audit`. */
const mostChars = 160
