/** The HTTP door: health checks for operators, and the adapters' own routes. */
import { setTimeout } from 'node:timers/promises'
import { Hono } from 'hono'
import { sql } from 'kysely'
import type { ChatAdapter } from '../chat/port/port.ts'
import type { Parley } from '../parley.ts'
import { openDoor } from './door/door.ts'
import { answerError, refuse } from './door/errors.ts'
import { exportRoutes } from './exports.ts'

/** Balancers ask every few seconds, and give up soon after. */
const readyWithinMs = 1_500

/** `apiRate`: requests a minute that each API key may make. */
export function httpApp(
  parley: Parley,
  adapters: readonly ChatAdapter[],
  options: { apiRate?: number } = {},
): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    const asked = sql`select 1`.execute(parley.db).then(
      () => true,
      () => false,
    )
    // A database that accepts connections and never answers must not hold up the caller.
    const database = await Promise.race([asked, setTimeout(readyWithinMs, false)])
    return c.json({ ok: database, database }, database ? 200 : 503)
  })
  exportRoutes(app, parley)
  for (const adapter of adapters) adapter.routes?.(app)
  app.route('/', openDoor(parley, { perMinute: options.apiRate ?? 6_000 }))
  app.notFound((c) => refuse(c, 'not_found', `There is nothing at ${c.req.path}.`))
  app.onError((error, c) => answerError(parley, error, c))
  return app
}
