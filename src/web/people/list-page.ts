/** GET /admin/people: everybody who answered in a dataset of this admin, page by page. */
import type { Context } from 'hono'
import { badge, button, card, empty, field, pager, select, table } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { localeOf, page } from '../page/page.ts'
import { frameWords, inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { type FoundPerson, findPeople, type Order, orders } from './find-people.ts'
import { nameCell, sayDuration } from './parts.ts'
import { type PeopleWords, peopleWords } from './words.ts'

const path = '/admin/people'
const onOnePage = 50

export function listRoutes(web: Web, { parley }: Site): void {
  web.get(path, async (c) => {
    const locale = localeOf(c)
    const said = inTongue(locale, peopleWords)
    const asked = readAsked(c)
    const found = await findPeople(parley, adminOf(c), { ...asked, limit: onOnePage })
    const { after, ...shown } = asked
    return page(c, {
      title: said.title,
      section: 'people',
      lead: said.lead,
      styles: ['people.css'],
      body: html`${filterForm(shown, said)}${
        found.people.length === 0
          ? empty(
              said.nothing,
              said.nothingText,
              asked.search === '' ? null : button(said.all, { href: path }),
            )
          : html`${card({ isWide: true }, tableOf(found.people, said, locale))}${pager(
              frameWords(locale),
              {
                first: after === undefined ? null : addressOf(shown),
                next: found.next === null ? null : addressOf({ ...shown, after: found.next }),
              },
            )}`
      }`,
    })
  })
}

type Asked = { search: string; order: Order; after?: string | undefined }

function readAsked(c: Context): Asked {
  const order = orders.find((one) => one === c.req.query('order')) ?? 'answers'
  const search = (c.req.query('search') ?? '').trim().slice(0, 200)
  return { search, order, after: c.req.query('after') }
}

function addressOf({ search, order, after }: Asked): string {
  const query = new URLSearchParams({ search, order, ...(after === undefined ? {} : { after }) })
  return `${path}?${query}`
}

function filterForm({ search, order }: Asked, said: PeopleWords): Html {
  return html`<form class="filters" method="get" action="${path}" role="search">${field({
    ...{ name: 'search', label: said.search, hint: said.searchHint, value: search },
  })}${field({
    ...{ name: 'order', label: said.sort },
    control: select(
      orders.map((value) => ({ value, label: said.orders[value] })),
      order,
    ),
  })}<div class="actions">${button(said.show, { tone: 'main' })}</div></form>`
}

function tableOf(
  people: readonly FoundPerson[],
  said: PeopleWords,
  locale: string | undefined,
): Html {
  return table({
    caption: said.title,
    columns: [
      { label: said.person },
      { label: said.accounts },
      { label: said.answers, isNumber: true },
      { label: said.skipped, isNumber: true },
      { label: said.datasets, isNumber: true },
      { label: said.meanTime, isNumber: true },
      { label: said.state },
    ],
    rows: people.map((one): Content[] => [
      nameCell(one, said),
      one.accounts.length === 0 ? '–' : one.accounts.map((name) => html`<code>${name}</code> `),
      count(one.answers, locale),
      count(one.skipped, locale),
      count(one.datasets, locale),
      sayDuration(one.seconds, locale),
      one.isPaused ? badge(said.paused, 'warn') : badge(said.active, 'good'),
    ]),
  })
}
