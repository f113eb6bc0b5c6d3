/** GET /exports/:id/:file: a file that was too large for chat, for anyone with its signed link. */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { Hono } from 'hono'
import { type Linked, openLink, sayRefused } from '../exports/job/download-link.ts'
import type { Parley } from '../parley.ts'

export function exportRoutes(app: Hono, parley: Parley): void {
  app.get('/exports/:id/:file', async (c) => {
    const linked = await openLink(parley, {
      exportId: c.req.param('id'),
      file: c.req.param('file'),
      expires: c.req.query('expires') ?? '',
      signature: c.req.query('signature') ?? '',
    })
    if (linked.type !== 'file')
      return c.body(`${sayRefused(linked.type)}\n`, linked.type === 'refused' ? 403 : 410, {
        ...guarded,
        'content-type': 'text/plain; charset=utf-8',
      })
    const headers = headersOf(linked)
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    return c.body(Readable.toWeb(createReadStream(linked.path)) as ReadableStream, 200, headers)
  })
}

/** It is for one person, kept by nobody in between, and never shown as a page of ours. */
const guarded = {
  'cache-control': 'private, no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; sandbox",
}

function headersOf({ name, bytes, sha256 }: Extract<Linked, { type: 'file' }>) {
  return {
    ...guarded,
    'content-type': 'application/octet-stream',
    'content-length': String(bytes),
    'content-disposition': `attachment; filename="${name.replace(/[^A-Za-z0-9._-]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`,
    'x-sha256': sha256,
  }
}
