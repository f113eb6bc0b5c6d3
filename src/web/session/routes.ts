/** Signing in by a link from chat or by an API key, and out again. */
import type { Context, Hono } from 'hono'
import { findCaller } from '../../keys/authenticate.ts'
import { hashOf } from '../../keys/token.ts'
import { readSignInLink, spendSignInLink } from '../../labelers/sign-in.ts'
import type { Parley } from '../../parley.ts'
import { button, card, notice } from '../page/components.ts'
import { goOn } from '../page/go-on.ts'
import { html } from '../page/markup.ts'
import { localeOf, page } from '../page/page.ts'
import { askToSignIn } from '../page/sign-in.ts'
import { frameWords } from '../page/words.ts'
import { type Attempts, openAttempts } from './attempts.ts'
import { dropCookie, writeCookie } from './cookies.ts'
import { beginSession, endSession, endSessionsOf, longestMs, type Owner } from './sessions.ts'
import type { WebEnv } from './visitor.ts'

export function sessionRoutes(web: Hono<WebEnv>, parley: Parley): void {
  const attempts = openAttempts(parley)
  linkRoutes(web, parley, attempts)
  web.get('/sign-in', async (c) => {
    const visitor = c.get('visitor')
    if (visitor) return c.redirect(visitor.admin ? '/admin' : '/work', 303)
    return askToSignIn(c, { status: 200 })
  })
  web.post('/sign-in', async (c) => {
    const said = frameWords(localeOf(c))
    if (!attempts.isFree(c)) return askToSignIn(c, { wrong: said.tooMany, status: 429 })
    const { key, to } = await c.req.parseBody()
    const hash = hashOf(typeof key === 'string' ? key.trim() : '')
    const caller = await findCaller(parley, hash)
    if (typeof caller === 'string' || !caller.scopes.includes('admin')) {
      attempts.failed(c)
      noteRefused(parley, typeof caller === 'string' ? `key ${caller}` : 'key without admin')
      return askToSignIn(c, { wrong: said.keyRefused, status: 403 })
    }
    await signIn(parley, c, { type: 'key', hash })
    return c.redirect(pathHere(to), 303)
  })
  web.post('/sign-out', async (c) => {
    const said = frameWords(localeOf(c))
    const visitor = c.get('visitor')
    const { where } = await c.req.parseBody()
    dropCookie(parley, c, 'session')
    if (!visitor) return goOn(parley, c, '/sign-in')
    const isAll = where === 'everywhere'
    const count = isAll ? await endSessionsOf(parley, visitor.session.owner) : 1
    if (!isAll) await endSession(parley, visitor.session.id)
    const text = isAll ? said.signedOutEverywhere(count) : said.signedOut
    return goOn(parley, c, '/sign-in', { tone: 'good', text })
  })
}

/** Looking at a link shows a button and spends nothing; the button signs in. */
function linkRoutes(web: Hono<WebEnv>, parley: Parley, attempts: Attempts): void {
  web.get('/sign-in/:token', async (c) => {
    const link = await readSignInLink(parley, c.req.param('token'))
    if (link.locale !== null) c.set('locale', link.locale)
    if (link.state !== 'ready') return refuseLink(c, link.state)
    const said = frameWords(localeOf(c))
    return page(c, {
      title: said.continueTitle,
      isNarrow: true,
      body: card(
        {},
        html`<p>${said.continueText}</p><form method="post">${button(said.continueButton, { tone: 'main', autofocus: true })}</form>`,
      ),
    })
  })
  web.post('/sign-in/:token', async (c) => {
    const said = frameWords(localeOf(c))
    if (!attempts.isFree(c)) return askToSignIn(c, { wrong: said.tooMany, status: 429 })
    const token = c.req.param('token')
    const spent = await spendSignInLink(parley, token)
    if (!spent) {
      const { state, locale } = await readSignInLink(parley, token)
      if (locale !== null) c.set('locale', locale)
      attempts.failed(c)
      noteRefused(parley, `link ${state}`)
      return refuseLink(c, state === 'ready' ? 'used' : state)
    }
    await signIn(parley, c, { type: 'person', person: spent.person })
    return c.redirect(pathHere(spent.goesTo), 303)
  })
}

/** Begins a session with a token of its own; the one this browser had before ends. */
async function signIn(parley: Parley, c: Context<WebEnv>, owner: Owner): Promise<void> {
  const before = c.get('visitor')
  if (before) await endSession(parley, before.session.id)
  const { token } = await beginSession(parley, owner)
  writeCookie(parley, c, 'session', { value: token, seconds: longestMs / 1000 })
}

function refuseLink(c: Context, state: 'used' | 'expired' | 'unknown'): Promise<Response> {
  const said = frameWords(localeOf(c))
  const why = { used: said.linkUsed, expired: said.linkExpired, unknown: said.linkUnknown }[state]
  return page(c, {
    title: said.signInTitle,
    isNarrow: true,
    status: state === 'unknown' ? 404 : 410,
    body: html`${notice('warn', why)}${card(
      {},
      html`<p>${said.linkAgain}</p>
<dl class="commands"><div><dt><code>/parley-admin dashboard</code></dt><dd>${said.signInAdmin}</dd></div>
<div><dt><code>/parley open</code></dt><dd>${said.signInLabeler}</dd></div></dl>`,
    )}`,
  })
}

function noteRefused(parley: Parley, reason: string): void {
  parley.log.warn({ event: 'web.sign_in_refused', reason }, 'Somebody could not sign in.')
}

/** A path of this server: never another host (`//elsewhere`), never another scheme. */
export function pathHere(path: unknown): string {
  if (typeof path !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path)) return '/admin'
  return path
}
