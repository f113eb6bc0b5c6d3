/** The HTTP door: health checks for operators, and the adapters' own routes. */
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Hono } from 'hono'
import { sql } from 'kysely'
import type { ChatAdapter } from '../chat/port/port.ts'
import { asParleyError, type ErrorCode } from '../errors.ts'
import type { Parley } from '../parley.ts'
import { exportRoutes } from './exports.ts'

const statuses = {
  invalid: 422,
  not_found: 404,
  forbidden: 403,
  conflict: 409,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>

/** Balancers ask every few seconds, and give up soon after. */
const readyWithinMs = 1_500

export function httpApp(parley: Parley, adapters: readonly ChatAdapter[]): Hono {
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
  app.notFound((c) => c.json(errorBody('not_found', `There is nothing at ${c.req.path}.`, {}), 404))
  app.onError((error, c) => {
    const known = asParleyError(error)
    if (known)
      return c.json(errorBody(known.code, known.message, known.problems), statuses[known.code])
    const ref = randomUUID().slice(0, 8)
    parley.log.error(
      { event: 'http.failed', err: error, ref, path: c.req.path },
      'A request failed.',
    )
    return c.json(
      { error: { code: 'internal', message: 'Something broke on our side.', ref } },
      500,
    )
  })
  return app
}

function errorBody(code: ErrorCode, message: string, problems: Readonly<Record<string, string>>) {
  return { error: { code, message, problems } }
}
