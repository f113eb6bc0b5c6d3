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
import type { Env, Hono } from 'hono'
import type { Streets } from '../slack/people.ts'
import { messagesOf } from '../slack/screen.ts'
import { findPerson } from '../slack/workspace.ts'
import { fileRoutes } from './files.ts'
import { streamLive } from './live.ts'
import { pageHeaders, protect } from './protect.ts'
import { peopleOf, seenBy } from './seen.ts'

const files = [
  'page.js',
  'blocks.js',
  'composer.js',
  'controls.js',
  'dom.js',
  'mrkdwn.js',
  'page.css',
  'icon.svg',
]

/** `framedBy` is the origin that may show the page beside another stand-in's. */
export function pageRoutes<E extends Env>(
  hono: Hono<E>,
  streets: Streets,
  framedBy?: string,
): void {
  const { workspace } = streets
  const headers = pageHeaders(framedBy)

  protect(hono, '/people/*')

  fileRoutes(hono, { html: 'page.html', files, headers })

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
    return streamLive(c, workspace.watchers, () => seenBy(streets, user))
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
