/**
 * Bolt's receiver as a web-standard handler, so that it is a route of Hono's app like any other and
 * can be called without a socket.
 *
 * 1. The body is limited while it is read, before anything else: over 4 MiB it is refused.
 * 2. Signature, time (in both directions) and repetition are checked before anything is parsed.
 * 3. Bolt runs the listener; what it acks is the answer. After 2.9 s the person is answered anyway.
 * 4. Events are answered after their listeners settled: a failure is a 500, and Slack sends again.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { type App, AuthorizationError, type Receiver, type ReceiverEvent } from '@slack/bolt'
import type { Context } from 'hono'
import { inSight, openSight, sightNow } from '../../../src/chat/port/sight.ts'
import { boundBody } from '../../../src/http/bound.ts'
import { budgets } from '../limits.ts'
import { inWorkspace } from '../workspace/current.ts'
import { workspaceOf } from '../workspace/of-payload.ts'
import { parseBody } from './body.ts'
import { formId } from './ids.ts'

export type ReceiverOptions = {
  dispatch: Dispatch
  signingSecret: string
  now: () => Date
  /** True the first time an id is seen. */
  firstSight: (id: string) => Promise<boolean>
  /** Whether an id was seen before; does not mark it. */
  seen: (id: string) => Promise<boolean>
  /** The answer when the database is unreachable, so that nothing was done and nothing will be. */
  unavailable: (body: Record<string, unknown>, error: unknown) => Promise<unknown>
  onRefused: (reason: string) => void
  onFailed: (error: unknown) => void
}

export type DispatchOptions = {
  /** True the first time an id is seen. */
  firstSight: (id: string) => Promise<boolean>
  /** The answer when the listener is late, by the kind of request. */
  late: (body: Record<string, unknown>) => unknown
  onFailed: (error: unknown) => void
  ackWithinMs?: number
}

export class HonoReceiver implements Receiver {
  #app: App | undefined
  readonly #options: ReceiverOptions
  readonly #key: KeyObject

  constructor(options: ReceiverOptions) {
    if (!options.signingSecret) throw new Error('SLACK_SIGNING_SECRET is empty.')
    this.#options = options
    this.#key = createSecretKey(options.signingSecret, 'utf8')
  }

  init(app: App): void {
    this.#app = app
  }

  /** The HTTP server is Hono's, so there is nothing to start. */
  async start(): Promise<void> {}

  /** The dispatcher knows which listeners still run. */
  async stop(): Promise<void> {}

  /** Goes before the handler on its route. */
  readonly bound = boundBody(budgets.requestBytes)

  readonly handler = async (c: Context): Promise<Response> => {
    const bytes = Buffer.from(await c.req.arrayBuffer())
    const digest = this.#verify(c, bytes)
    if (digest === null) return c.body(null, 401)
    const body = parseBody(c.req.header('content-type') ?? '', bytes)
    if (body === null) return c.body(null, 400)
    if (body['ssl_check'] !== undefined && body['ssl_check'] !== '0') return c.body(null, 200)
    if (body['type'] === 'url_verification') return c.json({ challenge: body['challenge'] })
    return inWorkspace(workspaceOf(body), () => this.#receive(c, body, digest))
  }

  async #receive(c: Context, body: Record<string, unknown>, digest: string): Promise<Response> {
    const { seen, firstSight, onFailed, onRefused } = this.#options
    const gesture = `slack:signature:${digest}`
    const sight = isAnswer(body) ? openSight(gesture, firstSight) : null
    try {
      // Slack repeats an event within the same second with the same signature, so an event is known
      // by its id, once it was handled; anything else that comes twice is a replay.
      const event = eventOf(body)
      if (event !== null) {
        if (await seen(event)) return c.body(null, 200)
      } else if (!sight && hasEffect(body) && !(await firstSight(gesture))) {
        onRefused('The same request came before.')
        return c.body(null, 401)
      }
    } catch (error) {
      onFailed(error)
      // Slack repeats an event; a person needs an answer.
      if (eventOf(body) !== null) return c.body(null, 503)
      return answer(c, await this.#options.unavailable(body, error))
    }
    const app = this.#app
    if (!app) return c.body(null, 503)
    const dispatch = () => this.#options.dispatch(app, body, retryOf(c))
    const { status, response, error } = await (sight ? inSight(sight, dispatch) : dispatch())
    if (sight?.isRepeated()) onRefused('The same request came before.')
    // Nothing was done, and whether it came before could not be looked up.
    if (status === 500 && sight?.isOpen())
      return answer(c, await this.#options.unavailable(body, error))
    return status === 200 ? answer(c, response) : c.body(null, status)
  }

  /** The digest of the request, by which a replay is recognized; null when it is not Slack's. */
  #verify(c: Context, bytes: Buffer): string | null {
    const refuse = (reason: string) => {
      this.#options.onRefused(reason)
      return null
    }
    const signature = c.req.header('x-slack-signature') ?? ''
    const stamp = c.req.header('x-slack-request-timestamp') ?? ''
    // Only exactly as Slack writes them, so that a replay cannot look like another request.
    if (!/^v0=[0-9a-f]{64}$/.test(signature) || !/^[1-9]\d{0,11}$/.test(stamp))
      return refuse('It carries no signature or no time, or not as Slack writes them.')
    const age = this.#options.now().getTime() / 1000 - Number(stamp)
    // One from the future could be replayed for longer.
    if (age < -mostAgeSeconds) return refuse('Its time is in the future: check the clock.')
    if (age > mostAgeSeconds) return refuse('Its time is more than five minutes past.')
    const digest = createHmac('sha256', this.#key).update(`v0:${stamp}:`).update(bytes).digest()
    if (!timingSafeEqual(digest, Buffer.from(signature.slice(3), 'hex')))
      return refuse('Its signature is wrong.')
    return digest.toString('hex')
  }
}

const mostAgeSeconds = 300

/** What a request is answered with; `response` is what the listener acked. */
export type Answer = { status: 200 | 401 | 404 | 500; response?: unknown; error?: unknown }

export type Dispatch = (
  app: App,
  body: Record<string, unknown>,
  retry: { retryNum?: number; retryReason?: string },
) => Promise<Answer>

/** Runs Bolt's listeners, however a request came in. `settled` waits for those that run. */
export function openDispatch(options: DispatchOptions): {
  dispatch: Dispatch
  settled(): Promise<void>
} {
  const { late, firstSight, onFailed, ackWithinMs = budgets.ackMs } = options
  const running = new Set<Promise<unknown>>()
  const dispatch: Dispatch = (app, body, retry) => {
    const event = eventOf(body)
    const sight = sightNow()
    return new Promise((resolve) => {
      let open = true
      const lateness = { late: false }
      const close = (answer: Answer) => {
        if (!open) return
        open = false
        clearTimeout(timer)
        resolve(answer)
      }
      const timer = setTimeout(() => {
        lateness.late = open
        close(event === null ? { status: 200, response: late(body) } : { status: 500 })
      }, ackWithinMs)
      // Bolt acks an event before its listeners run; only their outcome may answer it.
      const ack: ReceiverEvent['ack'] = async (response) => {
        if (event !== null) return
        if (sight && !(await sight.mark())) return close({ status: 401 })
        close({ status: 200, response })
      }
      const run = app
        .processEvent({ body, ack, ...retry, customProperties: { lateness } })
        .then(async () => {
          if (event !== null) await firstSight(event)
          close({ status: event === null ? 404 : 200 })
        })
        .catch((error: unknown) => {
          if (sight?.isRepeated()) return close({ status: 401 })
          onFailed(error)
          close({ status: error instanceof AuthorizationError ? 401 : 500, error })
        })
      running.add(run)
      run.finally(() => running.delete(run))
    })
  }
  return {
    dispatch,
    settled: async () => {
      while (running.size > 0) await Promise.allSettled([...running])
    },
  }
}

/** Whether the person was answered before the listener acked, so that they never saw its answer. */
export function isLate(context: Record<string, unknown>): boolean {
  const { lateness } = context
  return (
    typeof lateness === 'object' &&
    lateness !== null &&
    'late' in lateness &&
    lateness.late === true
  )
}

function answer(c: Context, response: unknown): Response {
  if (response === undefined || response === null || response === '') return c.body(null, 200)
  if (typeof response === 'string') return c.text(response, 200)
  return c.json(response, 200)
}

/** An answer in a form, which marks itself where it is written: what else comes of it marks it first. */
function isAnswer({ type, view }: Record<string, unknown>): boolean {
  const isForm = typeof view === 'object' && view !== null && 'callback_id' in view
  return type === 'view_submission' && isForm && view.callback_id === formId
}

/** Searching options changes nothing, and the same letters may be typed twice within a second. */
function hasEffect(body: Record<string, unknown>): boolean {
  return body['type'] !== 'block_suggestion'
}

function eventOf(body: Record<string, unknown>): string | null {
  if (body['type'] !== 'event_callback') return null
  return `slack:event:${String(body['event_id'])}`
}

function retryOf(c: Context): { retryNum?: number; retryReason?: string } {
  const number = c.req.header('x-slack-retry-num')
  const reason = c.req.header('x-slack-retry-reason')
  return {
    ...(number === undefined ? {} : { retryNum: Number.parseInt(number, 10) }),
    ...(reason === undefined ? {} : { retryReason: reason }),
  }
}
