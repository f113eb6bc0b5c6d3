/**
 * The stand-ins side by side on one page, with the clock they share. It only frames their pages: what
 * one does there is done on theirs, by their own rules.
 *
 *     GET /            both pages, on a phone one at a time
 *     GET /dashboard   on to the service's own pages, signed in
 *     GET /clock       {now}
 *     POST /clock      {to: 'hour' | 'day' | 'morning'} turns it on; it never goes back
 */
import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import { onlyHere } from '../listen.ts'
import { pageHeaders, protect } from './protect.ts'

export const turns = ['hour', 'day', 'morning'] as const
export type Turn = (typeof turns)[number]

export type DeskOptions = {
  port?: number
  /** Where the pages are; asked for when somebody looks, so that the desk can stand first. */
  pages(): { slack: string; discord: string }
  /** The stand-ins' time in milliseconds. */
  now(): number
  /** Turns everybody's clock on. */
  turn(to: Turn): Promise<void>
  /** An address of the service that signs in once; a new one each time. Without it there is no way there. */
  dashboard?(): Promise<string>
}

export async function openDesk(options: DeskOptions): Promise<{
  url: string
  close(): Promise<void>
}> {
  const hono = new Hono()
  protect(hono, '/clock')
  hono.get('/', (c) => {
    const { slack, discord } = options.pages()
    const page = read('desk.html')
      .replace('{{slack}}', slack)
      .replace('{{discord}}', discord)
      .replace(options.dashboard ? '' : dashboardLink, '')
    return c.body(page, 200, {
      ...headersFor([slack, discord]),
      'content-type': 'text/html; charset=utf-8',
    })
  })
  hono.get('/dashboard', async (c) => {
    if (!options.dashboard) return c.notFound()
    return c.body(null, 303, { ...pageHeaders(), location: await options.dashboard() })
  })
  hono.get('/desk.js', (c) => c.body(read('desk.js'), 200, typed('text/javascript')))
  hono.get('/desk.css', (c) => c.body(read('desk.css'), 200, typed('text/css')))
  hono.get('/clock', (c) => c.json({ now: options.now() }, 200, pageHeaders()))
  hono.post('/clock', async (c) => {
    const asked = z
      .strictObject({ to: z.enum(turns) })
      .safeParse(await c.req.json().catch(() => null))
    if (!asked.success) return c.json({ error: `Turn it to one of ${turns.join(', ')}.` }, 422)
    await options.turn(asked.data.to)
    return c.json({ now: options.now() }, 200, pageHeaders())
  })
  const server = serve({ fetch: onlyHere(hono), hostname: '127.0.0.1', port: options.port ?? 0 })
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', reject)
  })
  const at = server.address()
  const port = typeof at === 'object' && at ? at.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  }
}

/** The way to the service's own pages, left out where there is none. */
const dashboardLink = /<a class="dashboard".*?<\/a>/s

const read = (name: string) => readFileSync(new URL(`client/${name}`, import.meta.url), 'utf8')

function typed(type: string): Record<string, string> {
  return { ...pageHeaders(), 'content-type': `${type}; charset=utf-8` }
}

function headersFor(frames: readonly string[]): Record<string, string> {
  const headers = pageHeaders()
  const policy = `${headers['content-security-policy']}; frame-src ${frames.join(' ')}`
  return { ...headers, 'content-security-policy': policy }
}
