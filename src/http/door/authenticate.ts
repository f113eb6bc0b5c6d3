/** Who calls: reads `Authorization: Bearer prl_…`, counts the request, and checks what the key may do. */
import type { Context, MiddlewareHandler } from 'hono'
import { forbidden } from '../../errors.ts'
import { type Caller, openAuthentication, type Refused } from '../../keys/authenticate.ts'
import { allows, type Scope } from '../../keys/scopes.ts'
import type { Parley } from '../../parley.ts'
import type { AnswerOnce, DoorEnv } from './env.ts'
import { refuse } from './errors.ts'
import type { Rates } from './rates.ts'

/** Lets in requests with a key that works, as often as it may. */
export function authenticated(
  parley: Parley,
  rates: Rates,
  answerOnce: AnswerOnce,
): MiddlewareHandler<DoorEnv> {
  const authenticate = openAuthentication(parley)
  return async (c, next) => {
    const [, key] = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '') ?? []
    if (key === undefined) return refuseKey(c, 'none')
    const caller = await authenticate(key)
    if (typeof caller === 'string') return refuseKey(c, caller)
    const rate = await rates.take(caller.keyId)
    const headers = {
      'ratelimit-limit': String(rate.limit),
      'ratelimit-remaining': String(rate.left),
      'ratelimit-reset': String(rate.resetSeconds),
    }
    if (!rate.ok)
      return refuse(
        c,
        'too_many',
        `This key has made ${rate.limit} requests within ten seconds, which are as many as it may. Go on in ${rate.resetSeconds} s, or send many records in one request as NDJSON.`,
        { ...headers, 'retry-after': String(rate.resetSeconds) },
      )
    c.set('caller', caller)
    c.set('answerOnce', answerOnce)
    await next()
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value)
  }
}

/** Refuses keys that have none of these scopes; none: every key may. */
export function needs(scopes: readonly Scope[]): MiddlewareHandler<DoorEnv> {
  return async (c, next) => {
    const { scopes: held } = c.var.caller
    if (allows(held, scopes)) return next()
    return refuse(
      c,
      'forbidden',
      `This needs a key with the scope ${scopes.join(' or ')}; this one has ${held.join(', ')}. Make one with parley keys create.`,
    )
  }
}

/** For what is about no single dataset. @throws `forbidden` for a key to one dataset. */
export function requireAllDatasets({ actor }: Caller): void {
  if (actor.only !== undefined)
    throw forbidden(
      'This key opens one dataset, and this is about more than one. Use a key to all datasets.',
    )
}

const reasons: Readonly<Record<Refused | 'none', string>> = {
  none: 'Send a key: Authorization: Bearer prl_… Make one with parley keys create.',
  unknown:
    'This key is not known here. Check that it is complete, or make one with parley keys create.',
  revoked: 'This key was revoked. Make another with parley keys create.',
  expired: 'This key has expired. Make another with parley keys create.',
}

function refuseKey(c: Context, reason: Refused | 'none'): Response {
  return refuse(c, 'unauthorized', reasons[reason], {
    'www-authenticate': reason === 'none' ? 'Bearer' : 'Bearer error="invalid_token"',
  })
}
