/**
 * A page: the frame with navigation around a body, and the headers each page is sent with. Nothing is
 * loaded from elsewhere, no script or style stands in the markup, and nobody may show a page in a frame.
 */
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Said, Visitor } from '../session/visitor.ts'
import { assetAt } from './assets.ts'
import { notice } from './components.ts'
import { attributes, type Content, type Html, html } from './markup.ts'
import { type FrameWords, frameWords } from './words.ts'

/** Which entry of the navigation is lit. */
export type Section = 'overview' | 'datasets' | 'people' | 'exports' | 'activity' | 'work'

export type PageInput = {
  title: string
  body: Content
  section?: Section
  /** What stands beside the title: the buttons of the page. */
  actions?: Content
  /** Where the page lies: links to what is above it. */
  above?: readonly { label: string; href: string }[]
  /** A sentence below the title. */
  lead?: Content
  /** Files of src/web/client this page needs besides those every page has. */
  scripts?: readonly string[]
  styles?: readonly string[]
  /** For forms and texts, which are read better in a narrow column. */
  isNarrow?: boolean
  status?: ContentfulStatusCode
}

/** The language of the person who looks; for a folder's own words: `inTongue(localeOf(c), words)`. */
export function localeOf(c: Context): string | undefined {
  return c.get('locale')
}

/** Answers with a whole page. */
export async function page(c: Context, given: PageInput): Promise<Response> {
  const said = frameWords(localeOf(c))
  const visitor = c.get('visitor') as Visitor | undefined
  const note = c.get('said') as Said | undefined
  const text = await html`<!doctype html>
<html lang="${said.lang}">
<head>${head(given, visitor)}</head>
<body>
<a class="skip" href="#content">${said.skip}</a>
${top(said, visitor, given.section)}
<main id="content"${attributes({ class: given.isNarrow ? 'narrow' : null })} tabindex="-1">
${crumbs(given)}<div class="title"><h1>${given.title}</h1>${given.actions ? html`<div class="actions">${given.actions}</div>` : ''}</div>
${given.lead ? html`<p class="lead">${given.lead}</p>` : ''}
<div id="said" aria-live="polite">${note ? notice(note.tone, note.text) : ''}</div>
${given.body}
</main>
<p id="busy" class="busy" aria-hidden="true"><span class="hidden">${said.busy}</span></p>
</body>
</html>
`
  return c.body(String(text), given.status ?? 200, pageHeaders)
}

/** Answers with a part of a page, for htmx to put where it belongs. */
export async function fragment(
  c: Context,
  body: Content,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  return c.body(String(await html`${body}`), status, pageHeaders)
}

/** Whether htmx asks, which wants a part and no frame. */
export function isPartial(c: Context): boolean {
  return c.req.header('hx-request') === 'true' && c.req.header('hx-request-type') !== 'full'
}

/** The hidden field without which no form of somebody who is signed in is taken. */
export function csrfField(c: Context): Html {
  const visitor = c.get('visitor') as Visitor | undefined
  return visitor ? html`<input type="hidden" name="csrf" value="${visitor.csrf}">` : html``
}

/** The address of an upload (`multipart/form-data`), whose body is not read for the field: it goes into the query. */
export function withCsrf(c: Context, path: string): string {
  const visitor = c.get('visitor') as Visitor | undefined
  return visitor ? `${path}${path.includes('?') ? '&' : '?'}csrf=${visitor.csrf}` : path
}

/** Forms send their origin only under a policy that tells our own pages where one comes from. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'private, no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  vary: 'cookie, accept-language, hx-request',
}

/** htmx evaluates nothing, adds no style of its own, and asks nobody but this server. */
const htmxConfig = JSON.stringify({
  includeIndicatorCSS: false,
  history: 'reload',
  mode: 'same-origin',
  extensions: 'none',
})

function head({ title, scripts = [], styles = [] }: PageInput, visitor: Visitor | undefined): Html {
  return html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="htmx-config" content="${htmxConfig}">
${visitor ? html`<meta name="csrf" content="${visitor.csrf}">` : ''}
<title>${title} · Parley</title>
<link rel="icon" href="${assetAt('icon.svg')}">
${['tokens.css', 'page.css', 'parts.css', ...styles].map((name) => html`<link rel="stylesheet" href="${assetAt(name)}">\n`)}
${['htmx.js', 'page.js', ...scripts].map((name) => html`<script defer src="${assetAt(name)}"></script>\n`)}`
}

function top(said: FrameWords, visitor: Visitor | undefined, section: Section | undefined): Html {
  const link = (name: Section, href: string) =>
    html`<li><a${attributes({ href, 'aria-current': (isUnderOverview(section) ? 'overview' : section) === name ? 'page' : null })}>${said[name]}</a></li>`
  const start = visitor?.admin ? '/admin' : visitor ? '/work' : '/sign-in'
  return html`<header class="top">
<a class="brand" href="${start}"><img src="${assetAt('icon.svg')}" alt="" width="28" height="28"><span>Parley</span></a>
${
  visitor
    ? html`<nav class="pages" aria-label="${said.navigation}"><ul>${visitor.admin ? adminLinks.map(([name, href]) => link(name, href)) : ''}${visitor.labeler ? link('work', '/work') : ''}</ul></nav>
<details class="me"><summary>${visitor.name}</summary><div class="me-menu"><p>${said.signedInAs(visitor.name)}</p>
<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="${visitor.csrf}">
<button class="button button-plain" name="where" value="here">${said.signOut}</button>
<button class="button button-plain" name="where" value="everywhere">${said.signOutEverywhere}</button></form></div></details>`
    : ''
}
</header>`
}

/** Datasets are listed on the overview, and their exports with them. */
function isUnderOverview(section: Section | undefined): boolean {
  return section === 'datasets' || section === 'exports'
}

const adminLinks: readonly (readonly [Section, string])[] = [
  ['overview', '/admin'],
  ['people', '/admin/people'],
  ['activity', '/admin/activity'],
]

function crumbs({ above = [] }: PageInput): Html {
  if (above.length === 0) return html``
  return html`<nav class="crumbs" aria-label="Breadcrumb"><ol>${above.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}</ol></nav>`
}
