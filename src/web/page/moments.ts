/** A moment on a page: in UTC as it is sent, in the reader's own time where scripts run. */
import { type Html, html } from './markup.ts'

/** `<time>`, such as "2 Mar 2026, 09:00 UTC"; a dash where there was none. */
export function moment(at: Date | null, locale: string | undefined): Html {
  if (at === null) return html`<span aria-hidden="true">–</span>`
  const text = at.toLocaleString(locale?.replace('_', '-').startsWith('de') ? 'de-DE' : 'en-GB', {
    ...{ day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', timeZone: 'UTC' },
  })
  return html`<time datetime="${at.toISOString()}">${text} UTC</time>`
}

/** A whole number as the reader writes it: 12,345 or 12.345. */
export function count(number: number, locale: string | undefined): string {
  return number.toLocaleString(/^de/i.test(locale ?? '') ? 'de-DE' : 'en-US')
}
