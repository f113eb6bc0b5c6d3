/** What keeps the stand-ins' pages from being used by anybody but who sits before them. */
import type { Env, Hono } from 'hono'

/** Nothing from elsewhere is loaded, no script but the page's own runs, nobody else frames it. */
export function pageHeaders(framedBy?: string): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
      ...["form-action 'none'", "base-uri 'none'", `frame-ancestors ${framedBy ?? "'none'"}`],
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  }
}

/**
 * Another site's page in the same browser must not act as Ana. Behind a proxy the address the
 * browser knows is not ours, so what the browser says of itself comes first.
 */
export function protect<E extends Env>(hono: Hono<E>, path: string): void {
  hono.use(path, async (c, next) => {
    const site = c.req.header('sec-fetch-site')
    const origin = c.req.header('origin')
    const isOurs =
      site === undefined
        ? origin === undefined || origin === new URL(c.req.url).origin
        : site === 'same-origin' || site === 'none'
    if (!isOurs) return c.json({ error: 'Only the page of this stand-in may act here.' }, 403)
    return next()
  })
}
