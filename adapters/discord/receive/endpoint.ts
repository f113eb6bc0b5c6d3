/**
 * Discord's interactions over HTTP, on a route of Hono's app. The body is limited while it is read, and not
 * parsed before its signature and timestamp are verified; otherwise the response is 401. Most answers are
 * the response itself; an answer with follow-ups is sent as our own call, so that the order is certain.
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import type { Inside } from '../../../src/chat/port/port.ts'
import { boundBody } from '../../../src/http/bound.ts'
import type { Responder } from '../respond/responder.ts'
import { type Callback, callbackByCall, type Incoming } from '../send/callback.ts'
import type { Rest } from '../send/rest.ts'

export type EndpointOptions = {
  publicKey: string
  responder: Responder
  rest: Rest
  now: () => Date
  log: Inside['log']
}

const mostAgeSeconds = 300

/** `bound` goes before `handler` on the route. */
export function openEndpoint(options: EndpointOptions): {
  bound: MiddlewareHandler
  handler: (c: Context) => Promise<Response>
} {
  const { responder, rest, now, log } = options
  const key = publicKeyOf(options.publicKey)

  const refuse = (c: Context, reason: string) => {
    log.warn(
      { event: 'discord.request_refused', reason },
      'A request to the address for Discord was refused.',
    )
    return c.body(null, 401)
  }

  const handler = async (c: Context): Promise<Response> => {
    const body = Buffer.from(await c.req.arrayBuffer())
    const stamp = c.req.header('x-signature-timestamp') ?? ''
    if (!isSigned(key, stamp, body, c.req.header('x-signature-ed25519') ?? ''))
      return refuse(c, 'Its signature is wrong.')
    if (!/^\d{1,12}$/.test(stamp)) return refuse(c, 'It carries no time.')
    if (Math.abs(Number(stamp) - now().getTime() / 1000) > mostAgeSeconds)
      return refuse(c, 'Its time is too far from ours: check the clock.')
    const parsed = parseIncoming(body)
    if (parsed === null) return c.body(null, 400)
    if (parsed === 'ping') return c.json({ type: 1 })
    let answer: Callback | null = null
    try {
      if (!(await responder.isNew(parsed))) return refuse(c, 'The same interaction came before.')
    } catch (error) {
      await responder.sayUnavailable(parsed, error, async (callback) => {
        answer = callback
      })
      return answer === null ? c.body(null, 503) : c.json(answer)
    }
    const given = await answerOf(parsed)
    if (given === 'repeated') return refuse(c, 'The same interaction came before.')
    answer = given
    return answer === null ? c.body(null, 202) : c.json(answer)
  }

  /** The response; null if the answer was sent by our own call. */
  function answerOf(raw: Incoming): Promise<Callback | 'repeated' | null> {
    const byCall = callbackByCall(rest, raw)
    return new Promise((resolve) => {
      let waiting = true
      const close = (answer: Callback | 'repeated' | null) => {
        waiting = false
        resolve(answer)
      }
      responder
        .respond(raw, async (callback, files, alone) => {
          if (waiting && alone && files.length === 0) return close(callback)
          // Discord accepts the call while it waits for our response, which is then empty.
          await byCall(callback, files, alone).finally(() => close(null))
        })
        .then((isNew) => close(isNew ? null : 'repeated'))
    })
  }

  return { bound: boundBody(1024 * 1024), handler }
}

/** Discord's key is the bare 32 bytes; the prefix marks them as Ed25519 (RFC 8410). */
function publicKeyOf(hex: string): KeyObject {
  const bytes = Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(hex, 'hex'),
  ])
  return createPublicKey({ key: bytes, format: 'der', type: 'spki' })
}

function isSigned(key: KeyObject, stamp: string, body: Buffer, signature: string): boolean {
  if (!/^[0-9a-f]{128}$/i.test(signature) || stamp === '') return false
  return verify(null, Buffer.concat([Buffer.from(stamp), body]), key, Buffer.from(signature, 'hex'))
}

function parseIncoming(body: Buffer): Incoming | 'ping' | null {
  try {
    const raw: unknown = JSON.parse(body.toString('utf8'))
    if (typeof raw !== 'object' || raw === null || !('type' in raw)) return null
    return raw.type === 1 ? 'ping' : asIncoming(raw)
  } catch {
    return null
  }
}

/** The payload for the shared handler; null if it is not an interaction. */
export function asIncoming(raw: object): Incoming | null {
  const isOne =
    'id' in raw &&
    typeof raw.id === 'string' &&
    'token' in raw &&
    typeof raw.token === 'string' &&
    'application_id' in raw &&
    typeof raw.application_id === 'string'
  return isOne ? asSent(raw) : null
}

/** Discord sent it and its signature was checked, so its shape is trusted. */
function asSent(raw: object): Incoming {
  return raw as Incoming
}
