/**
 * Brings interactions to the bot: over the gateway, or signed to its endpoint once one is set.
 * Like Discord it believes an endpoint only after a PING was answered and a forged one refused.
 */
import { sign } from 'node:crypto'
import { type Json, type JsonObject, parseJson } from '../json.ts'
import type { Wire } from '../wire.ts'
import type { Faults, InjectedDelivery } from './faults.ts'
import type { Gateway } from './gateway.ts'
import type { Upload } from './messages.ts'
import { newToken, userJson } from './payloads.ts'
import { snowflake, type World } from './world.ts'

export type Handler = (request: Request) => Response | Promise<Response>
export type Target = string | Handler

export type Delivered =
  /** Nothing came back on this way; the answer comes by a callback, or not at all. */
  | { outcome: 'sent' }
  | { outcome: 'answered'; body: Json; uploads: Upload[] }
  | { outcome: 'failed'; detail: string }

export type Courier = {
  /** The endpoint from now on; null gives the interactions back to the gateway. */
  deliverTo(target: Target | null): void
  deliver(payload: JsonObject): Promise<Delivered>
  /** What Discord does when the address is saved: null when the endpoint is taken, else why not. */
  verify(): Promise<string | null>
  /** Sends raw bytes with exactly these headers; for tests of forged and replayed requests. */
  sendRaw(body: string, headers: Record<string, string>): Promise<Response>
  sign(body: string, at?: { timestamp?: number }): Record<string, string>
  last(): { body: string; headers: Record<string, string> } | undefined
}

type Options = {
  world: World
  wire: Wire
  faults: Faults
  gateway: Gateway
  ackMs: number
  /** Every so many deliveries the endpoint is tried again with a bad signature; never when 0. */
  probeEvery: number
}

export function openCourier(options: Options): Courier {
  const { world, wire, faults, gateway, ackMs, probeEvery } = options
  let target: Target | null = null
  let isVerified = false
  let count = 0
  let last: { body: string; headers: Record<string, string> } | undefined

  function signed(body: string, at: { timestamp?: number } = {}): Record<string, string> {
    const timestamp = String(at.timestamp ?? Math.floor(world.now() / 1000))
    const signature = sign(null, Buffer.from(timestamp + body), world.app.privateKey)
    return {
      'content-type': 'application/json',
      'user-agent': 'Discord-Interactions/1.0 (+https://discord.com)',
      'x-signature-ed25519': signature.toString('hex'),
      'x-signature-timestamp': timestamp,
    }
  }

  async function sendRaw(body: string, headers: Record<string, string>): Promise<Response> {
    if (target === null) throw new Error('deliverTo() was not called yet.')
    const address =
      typeof target === 'string'
        ? `${target.replace(/\/(discord\/interactions)?\/?$/, '')}/discord/interactions`
        : 'http://parley.test/discord/interactions'
    const signal = AbortSignal.timeout(ackMs)
    const request = new Request(address, { method: 'POST', body, headers, signal })
    const answer = await within(ackMs, async () =>
      typeof target === 'string' ? fetch(request) : target ? target(request) : undefined,
    )
    const copy = answer.clone()
    wire.write({
      at: new Date(world.now()).toISOString(),
      direction: 'delivery',
      method: 'POST',
      path: '/discord/interactions',
      status: answer.status,
      request: parseJson(body) ?? body,
      response: await readable(copy),
    })
    return answer
  }

  async function verify(): Promise<string | null> {
    const bot = world.users.get(world.app.id)
    const ping = JSON.stringify({
      id: snowflake(world.now()),
      application_id: world.app.id,
      type: 1,
      token: newToken(),
      version: 1,
      ...(bot && { user: userJson(bot) }),
      entitlements: [],
      authorizing_integration_owners: {},
    })
    const why = await pingFailure(ping)
    isVerified = why === null
    if (why !== null) faults.record('endpoint_refused', why)
    return why
  }

  async function pingFailure(ping: string): Promise<string | null> {
    try {
      const forged = await sendRaw(ping, { ...signed(ping), ...forgery(ping) })
      if (forged.status !== 401) {
        return `a PING with a bad signature was answered ${forged.status}, not 401`
      }
      const answer = await sendRaw(ping, signed(ping))
      const body = parseJson(await answer.text())
      const isPong = answer.status === 200 && JSON.stringify(body) === '{"type":1}'
      return isPong ? null : `a PING was answered ${answer.status} ${JSON.stringify(body)}`
    } catch (cause) {
      return `it does not answer: ${reasonOf(cause)}`
    }
  }

  /** A signature that is well formed and of something else. */
  function forgery(body: string) {
    const other = signed(`${body} `)
    return { 'x-signature-ed25519': other['x-signature-ed25519'] ?? '' }
  }

  async function post(payload: JsonObject, fault: InjectedDelivery): Promise<Delivered> {
    const body = JSON.stringify(payload)
    const headers = { ...signed(body), ...(fault.badSignature ? forgery(body) : {}) }
    last = { body, headers }
    try {
      const answer = await sendRaw(body, headers)
      if (fault.badSignature) {
        if (answer.status !== 401) {
          target = null
          const told = `a bad signature was answered ${answer.status}; the endpoint is removed`
          faults.record('endpoint_refused', told)
        }
        return { outcome: 'failed', detail: 'the signature was bad on purpose' }
      }
      return await readAnswer(answer)
    } catch (cause) {
      faults.record('endpoint_unreachable', reasonOf(cause))
      return { outcome: 'failed', detail: reasonOf(cause) }
    }
  }

  return {
    deliverTo(next) {
      target = next
      isVerified = false
    },
    async deliver(payload) {
      const fault = faults.takeDelivery() ?? {}
      if (fault.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
      if (fault.lose) return { outcome: 'sent' }
      for (const part of fault.without ?? []) delete payload[part]
      if (target === null) {
        gateway.dispatch('INTERACTION_CREATE', payload)
        if (fault.twice) gateway.dispatch('INTERACTION_CREATE', payload)
        wire.write({
          at: new Date(world.now()).toISOString(),
          direction: 'delivery',
          method: 'GATEWAY',
          path: '/gateway/INTERACTION_CREATE',
          status: gateway.connections() > 0 ? 200 : 0,
          request: payload,
          response: null,
        })
        return { outcome: 'sent' }
      }
      count += 1
      const isProbed = probeEvery > 0 && count % probeEvery === 0
      if (!isVerified || isProbed) {
        const why = await verify()
        if (why !== null) throw new Error(`Discord would not take this endpoint: ${why}.`)
      }
      const delivered = await post(payload, fault)
      if (fault.twice) await post(payload, {})
      return delivered
    },
    verify,
    sendRaw,
    sign: signed,
    last: () => last,
  }
}

async function within(ms: number, answer: () => Promise<Response | undefined>): Promise<Response> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    const first = await Promise.race([answer(), late])
    if (!first) throw new Error('no answer within 3 seconds')
    return first
  } finally {
    clearTimeout(timer)
  }
}

/** 200 carries the answer; 202 says that it comes by a callback. */
async function readAnswer(answer: Response): Promise<Delivered> {
  if (answer.status === 202 || answer.status === 204) return { outcome: 'sent' }
  if (answer.status !== 200) return { outcome: 'failed', detail: `HTTP ${answer.status}` }
  const type = answer.headers.get('content-type') ?? ''
  if (type.startsWith('multipart/form-data')) {
    const { body, uploads } = await readForm(await answer.formData())
    return { outcome: 'answered', body: body ?? null, uploads }
  }
  const body = parseJson(await answer.text())
  if (body === undefined) return { outcome: 'failed', detail: 'the answer is no JSON' }
  return { outcome: 'answered', body, uploads: [] }
}

/** `payload_json` and `files[n]`, as docs.discord.com/developers/reference#uploading-files says. */
export async function readForm(
  form: FormData,
): Promise<{ body: Json | undefined; uploads: Upload[] }> {
  let body: Json | undefined
  const uploads: Upload[] = []
  for (const [key, value] of form.entries()) {
    if (key === 'payload_json') {
      body = parseJson(typeof value === 'string' ? value : await value.text())
    } else if (typeof value !== 'string') {
      uploads.push({
        number: Number(/\[(\d+)\]$/.exec(key)?.[1] ?? uploads.length),
        name: value.name,
        contentType: value.type || 'application/octet-stream',
        bytes: new Uint8Array(await value.arrayBuffer()),
      })
    }
  }
  return { body, uploads }
}

async function readable(answer: Response): Promise<Json> {
  const type = answer.headers.get('content-type') ?? ''
  if (type.startsWith('multipart/form-data')) {
    return (await readForm(await answer.formData())).body ?? null
  }
  const said = await answer.text()
  return parseJson(said) ?? said
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
