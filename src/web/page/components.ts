/**
 * The eight parts pages are made of: button, table, card, field, badge, notice, tabs and pager. Each looks
 * and is read aloud the same wherever it stands.
 */
import { type Attributes, attributes, type Content, type Html, html } from './markup.ts'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'

/**
 * A button, or a link that looks like one where it has an `href`. `main`: what one came to the page for;
 * `danger`: what cannot be undone.
 */
export function button(
  label: Content,
  given: { href?: string; tone?: 'main' | 'plain' | 'danger' | 'quiet' } & Attributes = {},
): Html {
  const { href, tone = 'plain', ...more } = given
  const shared = { class: `button button-${tone}`, ...more }
  return href === undefined
    ? html`<button${attributes({ type: 'submit', ...shared })}>${label}</button>`
    : html`<a${attributes({ href, ...shared })}>${label}</a>`
}

export type Column = {
  label: Content
  /** Numbers stand at the end, one digit below the other. */
  isNumber?: boolean
  /** For a column whose heading is only read aloud, such as one of buttons. */
  isQuiet?: boolean
}

/**
 * A table. The caption says what it is of and is read aloud; `isCaptionShown` shows it. The first cell of
 * a row is its heading. Without rows `empty` is shown instead.
 */
export function table(given: {
  caption: string
  isCaptionShown?: boolean
  columns: readonly Column[]
  rows: readonly (readonly Content[])[]
  empty?: Content
}): Html {
  const { caption, isCaptionShown, columns, rows, empty } = given
  if (rows.length === 0 && empty !== undefined) return html`<p class="empty-line">${empty}</p>`
  const ends = columns.map(({ isNumber }) => attributes({ class: isNumber ? 'number' : null }))
  const head = columns.map(
    ({ label, isQuiet }, at) =>
      html`<th scope="col"${ends[at]}>${isQuiet ? html`<span class="hidden">${label}</span>` : label}</th>`,
  )
  const line = (row: readonly Content[]) =>
    row.map((cell, at) =>
      at === 0 ? html`<th scope="row"${ends[at]}>${cell}</th>` : html`<td${ends[at]}>${cell}</td>`,
    )
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0"><table>
<caption${attributes({ class: isCaptionShown ? null : 'hidden' })}>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${line(row)}</tr>\n`)}</tbody>
</table></div>`
}

/** A box with a heading. `level` is that of the heading: 2 below a page's title. */
export function card(
  given: { title?: Content; level?: 2 | 3; actions?: Content; isWide?: boolean } & {
    id?: string
  },
  body: Content,
): Html {
  const { title, level = 2, actions, isWide, id } = given
  const heading = level === 2 ? html`<h2>${title ?? ''}</h2>` : html`<h3>${title ?? ''}</h3>`
  const top =
    title === undefined && actions === undefined
      ? ''
      : html`<div class="card-top">${title === undefined ? '' : heading}${actions ? html`<div class="actions">${actions}</div>` : ''}</div>`
  return html`<section${attributes({ class: isWide ? 'card card-wide' : 'card', id })}>${top}${body}</section>`
}

/**
 * A form field: label, control, a hint below, and what is wrong with it. `control` gets the attributes that
 * connect them (`id`, `name`, `aria-…`); leave it out for a line of text.
 */
export function field(given: {
  name: string
  label: Content
  hint?: Content
  error?: string | undefined
  value?: string | number | undefined
  control?: (shared: Html) => Html
  input?: Attributes
}): Html {
  const { name, label, hint, error, value, control, input } = given
  const id = `field-${name}`
  const about = [...(error ? [`${id}-error`] : []), ...(hint ? [`${id}-hint`] : [])].join(' ')
  const shared = attributes({
    ...{ id, name },
    'aria-describedby': about || null,
    'aria-invalid': error ? 'true' : null,
    ...(control ? {} : { type: 'text', value, ...input }),
  })
  return html`<div class="field${error ? ' field-wrong' : ''}"><label for="${id}">${label}</label>
${control ? control(shared) : html`<input${shared}>`}
${error ? html`<p class="field-error" id="${id}-error">${error}</p>` : ''}
${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : ''}</div>`
}

/** A text of several lines, as the control of a field. */
export function textarea(value: string, more: Attributes = {}): (shared: Html) => Html {
  return (shared) => html`<textarea${shared}${attributes({ rows: 6, ...more })}>
${value}</textarea>`
}

/** A choice from a list, as the control of a field. */
export function select(
  options: readonly { value: string; label: string }[],
  chosen: string | undefined,
): (shared: Html) => Html {
  return (shared) =>
    html`<select${shared}>${options.map(
      ({ value, label }) =>
        html`<option${attributes({ value, selected: value === chosen })}>${label}</option>`,
    )}</select>`
}

/** A word on something's state. The word says it; the colour only helps. */
export function badge(label: Content, tone: Tone = 'plain'): Html {
  return html`<span class="badge badge-${tone}">${label}</span>`
}

/** A sentence that should not be missed; `bad` and `warn` are read aloud at once. */
export function notice(tone: Tone, body: Content, title?: Content): Html {
  const role = tone === 'bad' || tone === 'warn' ? 'alert' : 'status'
  return html`<div class="notice notice-${tone}" role="${role}">${title ? html`<strong>${title}</strong> ` : ''}${body}</div>`
}

/** Pages beside each other, of which one is open. */
export function tabs(
  label: string,
  items: readonly { label: Content; href: string; isHere?: boolean }[],
): Html {
  return html`<nav class="tabs" aria-label="${label}"><ul>${items.map(
    (item) =>
      html`<li><a${attributes({ href: item.href, 'aria-current': item.isHere ? 'page' : null })}>${item.label}</a></li>`,
  )}</ul></nav>`
}

/** The ways on in a list that is shown page by page; what is null is not there. */
export function pager(
  said: { pages: string; older: string; newest: string },
  { first, next }: { first?: string | null; next?: string | null },
): Html {
  if (!first && !next) return html``
  return html`<nav class="pager" aria-label="${said.pages}">${first ? html`<a class="button button-plain" href="${first}">${said.newest}</a>` : ''}${next ? html`<a class="button button-plain" rel="next" href="${next}">${said.older}</a>` : ''}</nav>`
}

/** What stands where nothing is yet: what would be here, and what to do. */
export function empty(title: Content, text: Content, action?: Content): Html {
  return html`<div class="empty"><p class="empty-title">${title}</p><p>${text}</p>${action ? html`<div class="actions">${action}</div>` : ''}</div>`
}
