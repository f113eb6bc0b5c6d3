/** A bound on bodies for routes that anybody may knock at: it holds while a body is read. */
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/**
 * Over `most` bytes it is a 413. A length that is announced binds, for Node reads no more than that;
 * only what announces none is counted, which makes a stream of the body and costs more than the rest
 * of a request.
 */
export function boundBody(most: number): MiddlewareHandler {
  const count = bodyLimit({ maxSize: most, onError: (c) => c.body(null, 413) })
  return async (c, next) => {
    const announced = c.req.header('content-length') ?? ''
    if (!/^\d+$/.test(announced) || c.req.header('transfer-encoding') !== undefined)
      return count(c, next)
    return Number(announced) > most ? c.body(null, 413) : next()
  }
}
