/** Opens a stand-in's server on a port of this machine. */
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import type { Env, Hono } from 'hono'

/** Port 0 is any free one. `close` also ends what is still open. */
export function listen<E extends Env>(
  hono: Hono<E>,
  port: number,
  sockets: { attach(server: Server): void },
): Promise<{ url: string; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: onlyHere(hono), port, hostname: '127.0.0.1' }, (address) => {
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        close: () =>
          new Promise<void>((closed) => {
            server.close(() => closed())
            if (isPlain(server)) server.closeAllConnections()
          }),
      })
    })
    if (isPlain(server)) sockets.attach(server)
    server.once('error', reject)
  })
}

/**
 * Answers only what is asked of this machine by its own names: a page of somebody else's, whose name
 * was made to lead here, is told nothing.
 */
export function onlyHere<E extends Env>(hono: Hono<E>): Hono<E>['fetch'] {
  return (request, ...rest) => {
    const { hostname } = new URL(request.url)
    if (['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return hono.fetch(request, ...rest)
    return new Response('The stand-ins answer at 127.0.0.1 and localhost only.\n', { status: 403 })
  }
}

/** The server is plain HTTP/1.1: no other kind is asked for above. */
function isPlain(server: object): server is Server {
  return 'closeAllConnections' in server
}
