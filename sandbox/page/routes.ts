/**
 * The page on which one uses the stand-in Slack by hand. It reads what a person sees and acts by
 * the same gestures as a program does (slack/control.ts), so it can do nothing a person could not.
 *
 *     GET /?as=Ana                          the page
 *     GET /page/:file                       its scripts and styles, served as they are
 *     GET /people/slack                     who there is
 *     GET /people/slack/:name/seen          what the page draws, as JSON
 *     GET /people/slack/:name/live          the same as server-sent events, after every change
 *     GET /people/slack/:name/files/:id     a file that was shared where they see it
 */
import { readFileSync } from 'node:fs'
import type { Env, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Streets } from '../slack/people.ts'
import { messagesOf } from '../slack/screen.ts'
import { findPerson } from '../slack/workspace.ts'
import { pageHeaders, protect } from './protect.ts'
import { peopleOf, seenBy } from './seen.ts'

const read = (name: string) => readFileSync(new URL(`client/${name}`, import.meta.url), 'utf8')

const javascript = 'text/javascript; charset=utf-8'
const types: Record<string, string> = {
  'page.js': javascript,
  'blocks.js': javascript,
  'composer.js': javascript,
  'controls.js': javascript,
  'dom.js': javascript,
  'mrkdwn.js': javascript,
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** How long changes are gathered before the page hears of them. */
const gatherMs = 20

/** `framedBy` is the origin that may show the page beside another stand-in's. */
export function pageRoutes<E extends Env>(
  hono: Hono<E>,
  streets: Streets,
  framedBy?: string,
): void {
  const { workspace } = streets
  const headers = pageHeaders(framedBy)

  protect(hono, '/people/*')

  hono.get('/', (c) =>
    c.body(read('page.html'), 200, { ...headers, 'content-type': 'text/html; charset=utf-8' }),
  )

  hono.get('/page/:file', (c) => {
    const type = types[c.req.param('file')]
    if (type === undefined) return c.notFound()
    return c.body(read(c.req.param('file')), 200, { ...headers, 'content-type': type })
  })

  hono.get('/people/slack', (c) =>
    c.json({ people: peopleOf(workspace).map((user) => user.realName) }),
  )

  hono.get('/people/slack/:name/seen', (c) => {
    const user = findPerson(workspace, c.req.param('name'))
    return user ? c.json(seenBy(streets, user)) : c.notFound()
  })

  hono.get('/people/slack/:name/live', (c) => {
    const user = findPerson(workspace, c.req.param('name'))
    if (!user) return c.notFound()
    return streamSSE(c, async (stream) => {
      let told = ''
      let wake = () => {}
      let isStale = true
      const watch = () => {
        isStale = true
        wake()
      }
      workspace.watchers.add(watch)
      stream.onAbort(() => {
        workspace.watchers.delete(watch)
        wake()
      })
      while (!stream.aborted) {
        isStale = false
        const seen = JSON.stringify(seenBy(streets, user))
        if (seen !== told) await stream.writeSSE({ data: seen })
        told = seen
        if (!isStale && !stream.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        await stream.sleep(gatherMs)
      }
    })
  })

  hono.get('/people/slack/:name/files/:id', (c) => {
    const user = findPerson(workspace, c.req.param('name'))
    const id = c.req.param('id')
    const shared = user && messagesOf(workspace, user).some(({ files }) => files.includes(id))
    const file = shared ? workspace.files.get(id) : undefined
    if (!file?.bytes) return c.notFound()
    return c.body(new Uint8Array(file.bytes), 200, {
      ...headers,
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    })
  })
}
