/**
 * GET /assets/drawings/HASH/FILE: the scripts that draw a platform's JSON as that platform shows it. They
 * belong to the stand-ins; where they lie is given in when the server is put together.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Env, Hono } from 'hono'

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

/** Serves the scripts and styles of a folder; returns the address they are below, or null without one. */
export function drawingRoutes<E extends Env>(app: Hono<E>, folder: string | null): string | null {
  if (folder === null) return null
  const files = new Map(
    readdirSync(folder)
      .filter((name) => (name.split('.').at(-1) ?? '') in types)
      .map((name) => [name, readFileSync(join(folder, name))] as const),
  )
  const hash = createHash('sha256')
  for (const bytes of files.values()) hash.update(bytes)
  const base = `/assets/drawings/${hash.digest('base64url').slice(0, 12)}`
  app.get(`${base}/:file`, (c) => {
    const name = c.req.param('file') ?? ''
    const bytes = files.get(name)
    if (!bytes) return c.text('There is no such file. Reload the page.\n', 404)
    return c.body(new Uint8Array(bytes), 200, {
      'content-type': types[name.split('.').at(-1) ?? ''] ?? '',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
  })
  return base
}
