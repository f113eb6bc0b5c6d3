/** What operators ask: /healthz, /readyz and /metrics, on the HTTP service and on every role's health port. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import { sql } from 'kysely'
import type { Measured } from '../metrics/prometheus.ts'
import type { Parley } from '../parley.ts'
import type { Health } from '../queue/engine.ts'
import { refuse } from './door/errors.ts'

export type HealthInput = {
  /** Whether jobs can be taken now; part of what /readyz tells. */
  queueHealth?: () => Promise<Health>
  /** A process that only takes jobs is not ready without the queue; every other process works without it. */
  needsQueue?: boolean
  measured?: Measured | undefined
  /** Who has it may read /metrics. */
  metricsKey?: string | null
  /** Without a key anybody who reaches this port may read /metrics. */
  isPrivate?: boolean
}

/** Balancers ask every few seconds, and give up soon after. */
const readyWithinMs = 1_500

/** Adds the routes. They need no sign-in but /metrics, which never answers in public without a key. */
export function healthRoutes(app: Hono, parley: Parley, input: HealthInput = {}): void {
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    const [database, queue] = await Promise.all([
      soon(sql`select 1`.execute(parley.db).then(() => true)),
      input.queueHealth ? soon(input.queueHealth().then(({ ok }) => ok)) : undefined,
    ])
    const ok = database && (queue !== false || !input.needsQueue)
    const told = { ok, database, ...(queue === undefined ? {} : { queue }) }
    return c.json(told, ok ? 200 : 503)
  })
  app.get('/metrics', (c) => answerMetrics(c, input))
}

/** The app of a health port. */
export function healthApp(parley: Parley, input: HealthInput): Hono {
  const app = new Hono()
  healthRoutes(app, parley, { ...input, isPrivate: true })
  return app
}

async function answerMetrics(c: Context, input: HealthInput): Promise<Response> {
  const { measured, metricsKey = null, isPrivate = false } = input
  if (!measured || (metricsKey === null && !isPrivate))
    return refuse(
      c,
      'not_found',
      'Metrics are not public. Read them at the health port (PARLEY_HEALTH_PORT), or set PARLEY_METRICS_KEY and send it as "Authorization: Bearer KEY".',
    )
  if (metricsKey !== null && !isSame(c.req.header('authorization') ?? '', `Bearer ${metricsKey}`))
    return refuse(
      c,
      'unauthorized',
      'Send PARLEY_METRICS_KEY as "Authorization: Bearer KEY" to read metrics.',
      { 'www-authenticate': 'Bearer' },
    )
  const { type, text } = await measured.read()
  return c.body(text, 200, { 'content-type': type, 'cache-control': 'no-store' })
}

/** Compares in a time that does not depend on where they differ. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}

/** False if it fails; a database that accepts connections and never answers must not hold up the caller. */
function soon(asked: Promise<boolean>): Promise<boolean> {
  return Promise.race([asked.catch(() => false), setTimeout(readyWithinMs, false)])
}
