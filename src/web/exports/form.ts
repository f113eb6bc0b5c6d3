/** The form of an export: the formats a dataset has something for, and only the options that one takes. */
import type { OfferedFormat } from '../../exports/offered.ts'
import { button, field, select } from '../page/components.ts'
import { type Html, html } from '../page/markup.ts'
import type { ExportWords } from './words.ts'

/** A format and the options that were chosen of it, as texts. */
export type Wanted = { as: string; flags: Record<string, string> }

/** `problems` by option, from what was chosen last. */
export function drawForm(
  offered: readonly OfferedFormat[],
  wanted: Wanted,
  address: string,
  said: ExportWords,
  problems: Readonly<Record<string, string>>,
): Html {
  const format = offered.find(({ name }) => name === wanted.as)
  const options = format?.options ?? []
  // Another format has other options: the page is asked for them.
  return html`<form method="get" action="${address}" hx-get="${address}" hx-trigger="change delay:150ms, submit" hx-target="#export" hx-select="#export" hx-swap="outerHTML" hx-sync="this:replace">
${field({
  name: 'as',
  label: said.format,
  hint: format?.about ?? '',
  error: problems['as'],
  control: select(
    offered.map(({ name }) => ({ value: name, label: name })),
    wanted.as,
  ),
})}
${options.length === 0 ? html`<p class="soft">${said.noOptions}</p>` : ''}
<div class="pairs">${options.map(({ name, values, usual }) => {
    const [label, hint] = said.options[name] ?? ([name, ''] as const)
    const value = wanted.flags[name] ?? ''
    const shared = { name, label, hint, error: problems[name] }
    const none = { value: '', label: usual === null ? said.none : said.usual(usual) }
    return values === null
      ? field({ ...shared, value, input: { placeholder: usual ?? '', autocomplete: 'off' } })
      : field({
          ...shared,
          control: select([none, ...values.map((one) => ({ value: one, label: one }))], value),
        })
  })}</div>
<p class="go">${button(said.show)}</p></form>`
}
