/**
 * The page on which one uses the stand-in Discord by hand, by the same gestures as a program.
 *
 *     GET /?as=Eve                            the page
 *     GET /page/:file                         its scripts and styles, served as they are
 *     GET /people/discord                     who there is
 *     GET /people/discord/:name/live          what they see as server-sent events, at every change
 *     GET /people/discord/:name/files/:id     a file of a message they see
 */
import type { Env, Hono } from 'hono'
import type { Town } from '../discord/interactions.ts'
import { filesShown, newestOf } from '../discord/screen.ts'
import { seenBy } from '../discord/seen.ts'
import { findPerson, peopleOf } from '../discord/world.ts'
import { fileRoutes } from './files.ts'
import { streamLive } from './live.ts'
import { pageHeaders, protect } from './protect.ts'

const files = [
  'discord.js',
  'discord-draw.js',
  'discord-form.js',
  'discord-markdown.js',
  'dom.js',
  'discord.css',
  'icon.svg',
]

/** Files a browser may draw; any other is only ever downloaded. */
const pictures: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
}

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

  fileRoutes(hono, { html: 'discord.html', files, headers })

  hono.get('/people/discord', (c) => c.json({ people: peopleOf(world).map(({ name }) => name) }))

  hono.get('/people/discord/:name/live', (c) => {
    const user = findPerson(world, c.req.param('name'))
    if (!user) return c.notFound()
    return streamLive(c, world.watchers, () => seenBy(town, user, guildId))
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
