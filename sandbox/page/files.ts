/** The page itself: one HTML file and the scripts and styles it names, served as they are. */
import { readFileSync } from 'node:fs'
import type { Env, Hono } from 'hono'

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/**
 * GET /             the page
 * GET /page/:file   what it loads; no file but these is read
 */
export function fileRoutes<E extends Env>(
  hono: Hono<E>,
  page: { html: string; files: readonly string[]; headers: Record<string, string> },
): void {
  const { headers } = page
  hono.get('/', (c) =>
    c.body(read(page.html), 200, { ...headers, 'content-type': 'text/html; charset=utf-8' }),
  )
  hono.get('/page/:file', (c) => {
    const file = c.req.param('file')
    const type = types[file.split('.').at(-1) ?? '']
    if (type === undefined || !page.files.includes(file)) return c.notFound()
    return c.body(read(file), 200, { ...headers, 'content-type': type })
  })
}

function read(name: string): string {
  return readFileSync(new URL(`client/${name}`, import.meta.url), 'utf8')
}
