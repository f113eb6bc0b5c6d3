/** Listens at an address, and stops soon whatever slow clients do. */
import { serve } from '@hono/node-server'
import { codeOf, conflict } from '../errors.ts'
import { endSlowBodies } from './slow-bodies.ts'

export type Listening = { address: string; stop(): Promise<void> }

/**
 * Listens and returns the address. `setting` names what the port comes from.
 * @throws ParleyError `conflict` if the port is taken.
 */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  at: { host: string; port: number; setting: string },
): Promise<Listening> {
  const server = serve({ fetch, hostname: at.host, port: at.port })
  if ('requestTimeout' in server) endSlowBodies(server)
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (error) => reject(portProblem(error, at)))
  })
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : at.port
  return {
    address: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if (!('closeAllConnections' in server)) return closed
      // Browsers and proxies keep connections for later; who is being answered has a moment.
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), lastRequestsMs)
      await closed.finally(() => clearTimeout(timer))
    },
  }
}

/** How long running requests may take once Parley stops. */
const lastRequestsMs = 5_000

function portProblem(
  error: unknown,
  { host, port, setting }: { host: string; port: number; setting: string },
): unknown {
  if (codeOf(error) !== 'EADDRINUSE') return error
  return conflict(
    `Port ${port} on ${host} is taken by another program. Set ${setting} to a free one.`,
    error,
  )
}
