/**
 * Delivers to the bot what Slack would: signed, within three seconds, events with retries. Where
 * it delivers is set once by `deliverTo` and may change (a service that moved).
 */
import { createHmac } from 'node:crypto'
import { type Json, type JsonObject, parseJson, text } from '../json.ts'
import type { Wire } from '../wire.ts'
import type { Faults } from './faults.ts'
import { slackJson } from './json.ts'
import { newId, type Workspace } from './workspace.ts'

export type Handler = (request: Request) => Response | Promise<Response>
export type Target = string | Handler

export type Delivered =
  | { outcome: 'answered'; status: number; headers: Headers; body: string }
  | { outcome: 'timeout' }
  | { outcome: 'unreachable'; cause: string }

export type Sent = {
  kind: 'command' | 'interaction' | 'event'
  body: string
  contentType: string
  headers: Record<string, string>
  retry: number
}

export type Courier = {
  deliverTo(target: Target): void
  send(kind: Sent['kind'], body: string, extra?: Record<string, string>): Promise<Delivered>
  /** Sends raw bytes with exactly these headers; for tests of forged and replayed requests. */
  sendRaw(body: string, headers: Record<string, string>): Promise<Delivered>
  sign(body: string, at?: { timestamp?: number; secret?: string }): Record<string, string>
  event(event: JsonObject, options?: { id?: string }): Promise<void>
  last(): Sent | undefined
  redeliver(options?: { exact?: boolean }): Promise<Delivered>
  retries: { pending(): number; flush(): Promise<void> }
  close(): void
}

type Options = {
  workspace: Workspace
  wire: Wire
  faults: Faults
  ackMs: number
  retryDelaysMs: readonly number[]
  /** Whether the app gets events of this type. */
  takesEvent: (type: string) => boolean
}

export function openCourier(options: Options): Courier {
  const { workspace, wire, faults } = options
  let target: Target | undefined
  let last: (Sent & { signed: Record<string, string> }) | undefined
  const pending = new Map<() => Promise<void>, NodeJS.Timeout>()

  function sign(body: string, at: { timestamp?: number; secret?: string } = {}) {
    const timestamp = String(at.timestamp ?? Math.floor(workspace.now() / 1000))
    const key = at.secret ?? workspace.app.signingSecret
    const digest = createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')
    return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` }
  }

  async function sendRaw(body: string, headers: Record<string, string>): Promise<Delivered> {
    const delivered = await post(target, body, headers, options.ackMs)
    wire.write({
      at: new Date(workspace.now()).toISOString(),
      direction: 'delivery',
      method: 'POST',
      path: '/slack/events',
      status: delivered.outcome === 'answered' ? delivered.status : 0,
      request: readBody(body, headers['content-type'] ?? ''),
      response:
        delivered.outcome === 'answered'
          ? (parseJson(delivered.body) ?? delivered.body)
          : { error: delivered.outcome },
    })
    return delivered
  }

  async function dispatch(sent: Sent): Promise<Delivered> {
    const signed = {
      ...sent.headers,
      ...sign(sent.body),
      'content-type': sent.contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    }
    last = { ...sent, signed }
    return sendRaw(sent.body, signed)
  }

  function send(kind: Sent['kind'], body: string, extra: Record<string, string> = {}) {
    const contentType = kind === 'event' ? 'application/json' : 'application/x-www-form-urlencoded'
    return dispatch({ kind, body, contentType, headers: extra, retry: 0 })
  }

  /** Sends an event; a failure is retried at once, then later, unless X-Slack-No-Retry says stop. */
  async function attempt(body: string, retry: number, reason: string): Promise<void> {
    const headers = retryHeaders(retry, reason)
    const contentType = 'application/json'
    const delivered = await dispatch({ kind: 'event', body, contentType, headers, retry })
    if (delivered.outcome === 'answered') {
      if (delivered.status >= 200 && delivered.status < 300) return
      if (delivered.headers.get('x-slack-no-retry') === '1') return
    }
    const delay = options.retryDelaysMs[retry]
    const failure = reasonOf(delivered)
    if (delay === undefined) {
      faults.record('event_given_up', failure)
      return
    }
    const again = () => attempt(body, retry + 1, failure)
    if (delay === 0) return again()
    const run = async () => {
      clearTimeout(pending.get(run))
      pending.delete(run)
      await again()
    }
    pending.set(run, setTimeout(() => void run(), delay).unref())
  }

  return {
    deliverTo(next) {
      target = next
    },
    send,
    sendRaw,
    sign,
    async event(event, { id = newId('Ev') } = {}) {
      if (!options.takesEvent(text(event['type']))) return
      await attempt(slackJson(envelope(workspace, event, id)), 0, '')
    },
    last: () => last,
    async redeliver({ exact = false } = {}) {
      if (!last) throw new Error('Nothing was delivered yet, so nothing can be delivered again.')
      if (exact) return sendRaw(last.body, last.signed)
      const retry = last.retry + 1
      const headers = last.kind === 'event' ? retryHeaders(retry, 'http_timeout') : last.headers
      return dispatch({ ...last, headers, retry })
    },
    retries: {
      pending: () => pending.size,
      async flush() {
        for (const run of [...pending.keys()]) await run()
      },
    },
    close() {
      for (const timer of pending.values()) clearTimeout(timer)
      pending.clear()
    },
  }
}

async function post(
  target: Target | undefined,
  body: string,
  headers: Record<string, string>,
  ackMs: number,
): Promise<Delivered> {
  if (target === undefined) {
    return { outcome: 'unreachable', cause: 'deliverTo() was not called yet' }
  }
  const url =
    typeof target === 'string'
      ? `${target.replace(/\/(slack\/events)?\/?$/, '')}/slack/events`
      : 'http://parley.test/slack/events'
  const stop = new AbortController()
  const request = new Request(url, { method: 'POST', body, headers, signal: stop.signal })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Delivered>((resolve) => {
    timer = setTimeout(() => resolve({ outcome: 'timeout' }), ackMs)
  })
  const answer = async (): Promise<Delivered> => {
    try {
      const response = await (typeof target === 'string' ? fetch(request) : target(request))
      const { status, headers: answered } = response
      return { outcome: 'answered', status, headers: answered, body: await response.text() }
    } catch (cause) {
      return { outcome: 'unreachable', cause: String(cause) }
    }
  }
  try {
    return await Promise.race([answer(), late])
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
}

function readBody(body: string, contentType: string): Json {
  if (contentType.startsWith('application/json')) return parseJson(body) ?? body
  const form = new URLSearchParams(body)
  const payload = form.get('payload')
  if (payload !== null) return { payload: parseJson(payload) ?? payload }
  return Object.fromEntries(form)
}

function retryHeaders(retry: number, reason: string): Record<string, string> {
  if (retry === 0) return {}
  return { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': reason }
}

function reasonOf(delivered: Delivered): string {
  if (delivered.outcome === 'timeout') return 'http_timeout'
  return delivered.outcome === 'unreachable' ? 'connection_failed' : 'http_error'
}

function envelope(workspace: Workspace, event: JsonObject, id: string): JsonObject {
  const { app, team } = workspace
  return {
    token: app.verificationToken,
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: id,
    event_time: Math.floor(workspace.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${id}`,
  }
}
