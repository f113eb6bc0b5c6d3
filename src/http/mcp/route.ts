/**
 * /mcp: the same verbs for agents, over the Model Context Protocol. It keeps no session, so any web
 * process answers any request: each one is a POST that is answered with JSON.
 */
import type { Parley } from '../../parley.ts'
import type { Watch } from '../../quality/result/watch.ts'
import { boundBody } from '../bound.ts'
import { refuse } from '../door/errors.ts'
import type { Door } from '../door/route.ts'

const mostBytes = 4_000_000

export function mcpRoute(door: Door, parley: Parley, watch: Watch): void {
  door.use('/mcp', async (c, next) => {
    // The protocol asks for it: a page of another origin must not call this with somebody's browser.
    const origin = c.req.header('origin')
    if (origin !== undefined && origin !== new URL(parley.publicUrl).origin)
      return refuse(c, 'forbidden', `Pages of ${origin} may not call this.`)
    return next()
  })
  door.use(
    '/mcp',
    boundBody(mostBytes, (c) =>
      refuse(
        c,
        'too_large',
        'The body is larger than 4,000,000 bytes. Add records in several calls.',
      ),
    ),
  )
  door.post('/mcp', async (c) => {
    // The SDK is loaded by the first agent that comes, and by nobody else.
    const { answerMcp } = await import('./server.ts')
    return answerMcp(parley, watch, c.var.caller, c.req.raw)
  })
  door.all('/mcp', (c) =>
    refuse(c, 'method', 'This keeps no session and no stream. Send requests by POST.', {
      allow: 'POST',
    }),
  )
}
