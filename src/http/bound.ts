/** A bound on bodies for routes that anybody may knock at: it holds while a body is read. */
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/**
 * Over `most` bytes it is a 413. An announced length is binding, because Node reads no more than that;
 * only what announces none is counted, which makes a stream of the body and costs more than the rest
 * of a request. `refuse`: what is answered; an empty body unless given.
 */
export function boundBody(
  most: number,
  refuse: (c: Context) => Response = (c) => c.body(null, 413),
): MiddlewareHandler {
  const count = bodyLimit({ maxSize: most, onError: refuse })
  return async (c, next) => {
    const announced = c.req.header('content-length') ?? ''
    if (!/^\d+$/.test(announced) || c.req.header('transfer-encoding') !== undefined)
      return count(c, next)
    return Number(announced) > most ? refuse(c) : next()
  }
}
