/** The page for those who are not signed in: which command brings a link, and a field for an API key. */
import type { Context } from 'hono'
import { button, card, field, notice } from './components.ts'
import { html } from './markup.ts'
import { fragment, isPartial, localeOf, page } from './page.ts'
import { frameWords } from './words.ts'

/** Asks to sign in; afterwards the page is shown that was asked for. `wrong` says what was refused. */
export async function askToSignIn(
  c: Context,
  { wrong, status = 401 }: { wrong?: string | undefined; status?: 200 | 401 | 403 | 429 } = {},
): Promise<Response> {
  const said = frameWords(localeOf(c))
  if (isPartial(c)) {
    c.header('hx-redirect', '/sign-in')
    return fragment(c, notice('bad', said.sessionOver), 401)
  }
  const goesTo = c.req.method === 'GET' ? ownPath(c) : '/admin'
  return page(c, {
    title: said.signInTitle,
    isNarrow: true,
    status,
    body: html`${wrong ? notice('bad', wrong) : ''}
${card(
  {},
  html`<p>${said.signInAsk}</p>
<dl class="commands"><div><dt><code>/parley-admin dashboard</code></dt><dd>${said.signInAdmin}</dd></div>
<div><dt><code>/parley open</code></dt><dd>${said.signInLabeler}</dd></div></dl>`,
)}
${card(
  { title: said.signInKey },
  html`<form method="post" action="/sign-in"><input type="hidden" name="to" value="${goesTo}">
${field({ name: 'key', label: said.key, hint: said.signInKeyHint, input: { type: 'password', autocomplete: 'off', required: true, maxlength: 200, spellcheck: 'false' } })}
${button(said.signIn, { tone: 'main' })}</form>`,
)}`,
  })
}

/** The page that was asked for, where it is one to come back to. */
function ownPath(c: Context): string {
  const { pathname, search } = new URL(c.req.url)
  return pathname.startsWith('/sign-') ? '/admin' : `${pathname}${search}`
}
