/** Markup that is safe to send: text put into `html` is escaped, `raw` is for what was made safe before. */
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>
/** What may stand in a page: markup, or a text, which is escaped. */
export type Content = Html | string | number | null | readonly Content[]

export { html }

/** Attributes by name; those that are null, undefined or false are left out, true stands alone. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>

/** ` name="value"` for each, escaped. Styles belong into the style sheet: the policy of pages refuses them here. */
export function attributes(given: Attributes): Html {
  const told = Object.entries(given).filter(
    ([, value]) => value !== null && value !== undefined && value !== false,
  )
  return raw(
    told
      .map(([name, value]) =>
        value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`,
      )
      .join(''),
  )
}

const marks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => marks[mark] ?? mark)
}
