/** The exports of a dataset: how far they are, their files, and a way to cancel those that are written. */
import type { Context } from 'hono'
import type { Dataset } from '../../datasets/document.ts'
import { linkTo, sentName } from '../../exports/job/download-link.ts'
import { listExports } from '../../exports/job/list.ts'
import type { Export } from '../../exports/options.ts'
import type { Parley } from '../../parley.ts'
import { badge, button, card, table } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { count, moment } from '../page/moments.ts'
import { csrfField, localeOf } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import { type ExportWords, exportWords } from './words.ts'

/** Asks for itself again while something is being written. */
export async function drawList(parley: Parley, c: Context, dataset: Dataset): Promise<Html> {
  const locale = localeOf(c)
  const said = inTongue(locale, exportWords)
  const found = await listExports(parley, adminOf(c), { dataset: dataset.name })
  const address = `/admin/datasets/${encodeURIComponent(dataset.name)}/exports`
  const isRunning = found.some(isOpen)
  const again = isRunning
    ? html` hx-get="${address}/list" hx-trigger="load delay:2s" hx-swap="outerHTML"`
    : ''
  const rows = found.map((one): Content[] => [
    one.options.as,
    badge(said.states[one.state] ?? one.state, toneOf(one)),
    moment(one.createdAt, locale),
    count(one.rows, locale),
    filesOf(parley, one, said),
    isOpen(one)
      ? html`<form method="post" action="${address}">${csrfField(c)}${button(said.cancel, {
          ...{ name: 'cancel', value: one.id, tone: 'quiet' },
          'aria-label': said.cancelOf(one.options.as),
        })}</form>`
      : '',
  ])
  return html`<div id="exports"${again}>${card(
    { title: said.lately, isWide: true },
    table({
      caption: said.lately,
      columns: [
        { label: said.format },
        { label: said.state },
        { label: said.when },
        { label: said.rowsWritten, isNumber: true },
        { label: said.files },
        { label: said.cancel, isQuiet: true },
      ],
      rows,
      empty: said.nothing,
    }),
  )}</div>`
}

function isOpen({ state }: Export): boolean {
  return state === 'queued' || state === 'writing'
}

function toneOf({ state }: Export) {
  if (state === 'failed') return 'bad'
  return state === 'queued' || state === 'writing'
    ? 'info'
    : state === 'cancelled'
      ? 'plain'
      : 'good'
}

/** A link opens one file for a day, as the links in chat do. */
function filesOf(parley: Parley, one: Export & { isExpired: boolean }, said: ExportWords): Content {
  if (one.problem !== null) return one.problem
  if (one.isExpired) return said.expired
  return one.files.map(({ name }) => {
    const { pathname, search } = new URL(linkTo(parley, one.id, name).url)
    return html`<a href="${pathname}${search}" download>${sentName(name)}</a><br>`
  })
}
