/**
 * What every request for a page passes: it is found who asks, what would change something must come from
 * a form of ours, and pages for those who are signed in send others to sign in.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { forbidden } from '../../errors.ts'
import type { Parley } from '../../parley.ts'
import { askToSignIn } from '../page/sign-in.ts'
import { localeFrom } from '../page/words.ts'
import { dropCookie, readCookie, writeCookie } from './cookies.ts'
import { findSession, longestMs } from './sessions.ts'
import { findVisitor, isCsrf, type Visitor, type WebEnv } from './visitor.ts'

/** Finds who asks and in which language they read; nobody is refused yet. */
export function recognise(parley: Parley): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const visitor = await findWho(parley, c)
    if (visitor) c.set('visitor', visitor)
    c.set('locale', visitor?.locale ?? localeFrom(c.req.header('accept-language')))
    await next()
  }
}

async function findWho(parley: Parley, c: Context): Promise<Visitor | null> {
  const token = readCookie(parley, c, 'session')
  if (token === undefined) return null
  const session = await findSession(parley, token)
  const visitor = session && (await findVisitor(parley, session))
  if (!visitor) dropCookie(parley, c, 'session')
  else if (session?.token !== undefined)
    writeCookie(parley, c, 'session', { value: session.token, seconds: longestMs / 1000 })
  return visitor
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what another site made the browser send. A form carries `csrf` in its body, an upload or a
 * script in the query or the header `x-csrf-token`: the body of an upload is not read here.
 */
export function requireOwnForm(parley: Parley): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    if (safe.has(c.req.method)) return next()
    const visitor = c.get('visitor')
    const isOwn = isFromHere(parley, c) && (!visitor || isCsrf(visitor, await givenTo(c)))
    if (isOwn) return next()
    throw forbidden((said) => said.foreignForm)
  }
}

/** Browsers say where a request comes from: the newer ones in Sec-Fetch-Site, all in Origin. */
function isFromHere({ publicUrl }: Parley, c: Context): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin') return false
  const origin = c.req.header('origin')
  if (origin === undefined) return site !== undefined
  return origin === new URL(publicUrl).origin || origin === new URL(c.req.url).origin
}

async function givenTo(c: Context): Promise<string | undefined> {
  const told = c.req.header('x-csrf-token') ?? c.req.query('csrf')
  if (told !== undefined) return told
  const [type = ''] = (c.req.header('content-type') ?? '').toLowerCase().split(';')
  if (type.trim() !== 'application/x-www-form-urlencoded') return undefined
  const { csrf } = await c.req.parseBody()
  return typeof csrf === 'string' ? csrf : undefined
}

/** For pages of people who are signed in; `isFor` says which of them. Others are refused in plain words. */
export function guard(isFor: 'admins' | 'everyone'): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const visitor = c.get('visitor')
    if (!visitor) return askToSignIn(c)
    if (isFor === 'admins' && !visitor.admin) throw forbidden((said) => said.adminOnly)
    return next()
  }
}
