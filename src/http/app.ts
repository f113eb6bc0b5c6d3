/** The HTTP door: health checks and metrics for operators, the adapters' own routes, pages for people. */
import { Hono, type MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { ChatAdapter } from '../chat/port/port.ts'
import type { Parley } from '../parley.ts'
import { methodsAt } from '../web/page/methods.ts'
import { webRoutes } from '../web/routes.ts'
import { openDoor } from './door/door.ts'
import { answerError, refuse } from './door/errors.ts'
import { exportRoutes } from './exports.ts'
import { type HealthInput, healthRoutes } from './health.ts'

/**
 * `apiRate`: requests a minute that each API key may make; `health`: what operators see; `drawings`: the
 * folder of the scripts that draw a platform's JSON.
 */
export function httpApp(
  parley: Parley,
  adapters: readonly ChatAdapter[],
  options: { apiRate?: number; health?: HealthInput; drawings?: string } = {},
): Hono {
  const app = new Hono()
  if (parley.metrics) app.use(measure(parley.metrics))
  healthRoutes(app, parley, options.health)
  exportRoutes(app, parley)
  for (const adapter of adapters) adapter.routes?.(app)
  webRoutes(app, parley, adapters, { drawings: options.drawings })
  app.route('/', openDoor(parley, { perMinute: options.apiRate ?? 6_000 }))
  app.notFound((c) => {
    const { path, method } = c.req
    const allow = methodsAt(app.routes, path).join(', ')
    if (allow === '') return refuse(c, 'not_found', `There is nothing at ${path}.`)
    return refuse(c, 'method', `${path} takes ${allow}, not ${method}.`, { allow })
  })
  app.onError((error, c) => answerError(parley, error, c))
  return app
}

/** Counts each request under the pattern of its route: addresses that people type are not labels. */
function measure(metrics: NonNullable<Parley['metrics']>): MiddlewareHandler {
  return async (c, next) => {
    const from = performance.now()
    await next()
    const pattern = routePath(c, -1)
    const route = pattern.includes('*') ? 'none' : pattern
    metrics.count('parley_http_requests_total', { route, status: String(c.res.status) })
    metrics.time('parley_http_request_seconds', { route }, (performance.now() - from) / 1000)
  }
}
