/**
 * The page on which one uses the stand-in Discord by hand, by the same gestures as a program.
 *
 *     GET /?as=Eve                            the page
 *     GET /page/:file                         its scripts and styles, served as they are
 *     GET /people/discord                     who there is
 *     GET /people/discord/:name/live          what they see as server-sent events, at every change
 *     GET /people/discord/:name/files/:id     a file of a message they see
 */
import { readFileSync } from 'node:fs'
import type { Env, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { Town } from '../discord/interactions.ts'
import { filesShown, newestOf } from '../discord/screen.ts'
import { seenBy } from '../discord/seen.ts'
import { findPerson, peopleOf } from '../discord/world.ts'
import { pageHeaders, protect } from './protect.ts'

const read = (name: string) => readFileSync(new URL(`client/${name}`, import.meta.url), 'utf8')

const javascript = 'text/javascript; charset=utf-8'
const types: Record<string, string> = {
  'discord.js': javascript,
  'discord-draw.js': javascript,
  'discord-form.js': javascript,
  'discord-markdown.js': javascript,
  'dom.js': javascript,
  'discord.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** Files a browser may draw; any other is only ever downloaded. */
const pictures: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
}

/** How long changes are gathered before the page hears of them. */
const gatherMs = 20

/** `framedBy` is the origin that may show the page beside another stand-in's. */
export function discordPageRoutes<E extends Env>(
  hono: Hono<E>,
  town: Town,
  guildId: string,
  framedBy?: string,
): void {
  const { world } = town
  const headers = pageHeaders(framedBy)
  protect(hono, '/people/*')

  hono.get('/', (c) =>
    c.body(read('discord.html'), 200, { ...headers, 'content-type': 'text/html; charset=utf-8' }),
  )

  hono.get('/page/:file', (c) => {
    const type = types[c.req.param('file')]
    if (type === undefined) return c.notFound()
    return c.body(read(c.req.param('file')), 200, { ...headers, 'content-type': type })
  })

  hono.get('/people/discord', (c) => c.json({ people: peopleOf(world).map(({ name }) => name) }))

  hono.get('/people/discord/:name/live', (c) => {
    const user = findPerson(world, c.req.param('name'))
    if (!user) return c.notFound()
    return streamSSE(c, async (stream) => {
      let told = ''
      let wake = () => {}
      let isStale = true
      const watch = () => {
        isStale = true
        wake()
      }
      world.watchers.add(watch)
      stream.onAbort(() => {
        world.watchers.delete(watch)
        wake()
      })
      while (!stream.aborted) {
        isStale = false
        const seen = JSON.stringify(seenBy(town, user, guildId))
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

  hono.get('/people/discord/:name/files/:id', (c) => {
    const user = findPerson(world, c.req.param('name'))
    const files = user ? newestOf(world, user, Number.MAX_SAFE_INTEGER).flatMap(filesShown) : []
    const file = files.find(({ id }) => id === c.req.param('id'))
    if (!file) return c.notFound()
    const picture = pictures[file.name.split('.').at(-1)?.toLowerCase() ?? '']
    return c.body(new Uint8Array(file.bytes), 200, {
      ...headers,
      'content-type': picture ?? 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    })
  })
}
