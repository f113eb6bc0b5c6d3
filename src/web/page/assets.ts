/**
 * What pages load: our scripts and styles in src/web/client, and htmx. The address holds a hash of the
 * content, so browsers keep a file for good, and get another one when it changes.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Env, Hono } from 'hono'

type Asset = { address: string; type: string; body: Buffer; zipped: Buffer }

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

const folder = new URL('../client/', import.meta.url)
const assets = new Map<string, Asset>()
const byAddress = new Map<string, Asset>()

/** The address of a file of src/web/client, or of `htmx.js`. @throws Error for one that is not there. */
export function assetAt(name: string): string {
  if (assets.size === 0) readAll()
  const asset = assets.get(name)
  if (asset) return asset.address
  throw new Error(`There is no ${name} in src/web/client.`)
}

/** GET /assets/NAME.HASH.EXT: read once, when a page is first shown; no other file is ever read. */
export function assetRoutes<E extends Env>(app: Hono<E>): void {
  app.get('/assets/:file', (c) => {
    if (assets.size === 0) readAll()
    const asset = byAddress.get(`/assets/${c.req.param('file')}`)
    if (!asset) return c.text('There is no such file. Reload the page.\n', 404)
    const isZipped = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
    return c.body(new Uint8Array(isZipped ? asset.zipped : asset.body), 200, {
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      // An SVG that is opened by itself runs nothing either.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      vary: 'accept-encoding',
      ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
    })
  })
}

function readAll(): void {
  for (const name of readdirSync(folder))
    if (extension(name) in types) keep(name, readFileSync(new URL(name, folder)))
  const htmx = fileURLToPath(import.meta.resolve('htmx.org/dist/htmx.min.js'))
  // Its map is not served.
  const text = readFileSync(htmx, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
  keep('htmx.js', Buffer.from(text))
}

function keep(name: string, body: Buffer): void {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
  const ending = extension(name)
  const address = `/assets/${name.slice(0, -ending.length - 1)}.${hash}.${ending}`
  const asset = { address, type: types[ending] ?? '', body, zipped: gzipSync(body) }
  assets.set(name, asset)
  byAddress.set(address, asset)
}

function extension(name: string): string {
  return name.split('.').at(-1) ?? ''
}
