/** The cookies of pages. Over https they are `__Host-` cookies, which no other host can set or read. */
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Parley } from '../../parley.ts'

/** `session`: the token; `said`: what the last form led to, shown once on the next page. */
type Cookie = 'session' | 'said'

const names: Readonly<Record<Cookie, string>> = { session: 'parley', said: 'parley-said' }

export function readCookie({ publicUrl }: Parley, c: Context, cookie: Cookie): string | undefined {
  return isSecure(publicUrl) ? getCookie(c, names[cookie], 'host') : getCookie(c, names[cookie])
}

/** `seconds`: how long the browser keeps it. */
export function writeCookie(
  { publicUrl }: Parley,
  c: Context,
  cookie: Cookie,
  { value, seconds }: { value: string; seconds: number },
): void {
  const rules = { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: seconds } as const
  if (isSecure(publicUrl))
    setCookie(c, names[cookie], value, { ...rules, secure: true, prefix: 'host' })
  else setCookie(c, names[cookie], value, rules)
}

export function dropCookie({ publicUrl }: Parley, c: Context, cookie: Cookie): void {
  const secure = isSecure(publicUrl)
  deleteCookie(c, secure ? `__Host-${names[cookie]}` : names[cookie], { path: '/', secure })
}

export function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:')
}
