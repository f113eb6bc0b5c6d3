/**
 * Discord's interactions over the gateway: a connection that Parley opens itself, so that it need not be
 * reachable. Payloads are passed on raw: nothing waits until all servers have arrived, and no decision
 * uses a cache.
 *
 * 1. One process at a time connects with a token; the next waits for the lock and takes over.
 * 2. A lost connection is resumed by discord.js; a failed start is retried, ever more slowly:
 *    a token that identifies a thousand times in a day is reset by Discord.
 * 3. Failures that no retry fixes (a wrong token, a disallowed intent) are reported and end it.
 */
import { Events } from 'discord.js'
import type { HeldLock, Inside } from '../../../src/chat/port/port.ts'
import { ParleyError } from '../../../src/errors.ts'
import { openClient } from './client.ts'
import { closedBy, whyFatal } from './closings.ts'
import { type EventContext, listen } from './events.ts'
import { aborted, pause } from './wait.ts'

export type GatewayOptions = EventContext & {
  locks?: Inside['locks']
  apiUrl: string
  botToken: string
  applicationId: string
  /** Runs once in each process that holds the connection, after it is established. */
  onConnected: () => Promise<void>
  backoffMs?: (failures: number) => number
}

export type Gateway = {
  /** Resolves when this or another process is connected. @throws when Discord refuses for good. */
  start(): Promise<void>
  stop(): Promise<void>
  state(): 'stopped' | 'waiting' | 'connecting' | 'connected' | 'refused'
}

const fewIdentifies = 50
const patienceMs = 15_000

/** The state of a connection, or of the wait for one. */
type Serving = {
  options: GatewayOptions
  /** The lock of which one process at a time has the connection. */
  name: string
  state: ReturnType<Gateway['state']>
  stopping: AbortController
}

export function openGateway(options: GatewayOptions): Gateway {
  const { log, locks } = options
  const name = `discord gateway ${options.applicationId}`
  const serving: Serving = { options, name, state: 'stopped', stopping: new AbortController() }
  let run: Promise<void> = Promise.resolve()
  return {
    state: () => serving.state,
    async start() {
      serving.stopping = new AbortController()
      const held = locks ? await locks.tryLock(name) : unlocked
      if (held === null) {
        log.info(
          { event: 'discord.standby' },
          'Another process is connected to Discord; this one takes over when that ends.',
        )
        serving.state = 'waiting'
        run = waitAndServe(serving)
        return
      }
      await new Promise<void>((resolve, reject) => {
        const ready = (error?: unknown) => (error === undefined ? resolve() : reject(error))
        // The start of the service does not wait for a Discord that does not answer.
        setTimeout(ready, patienceMs).unref()
        run = serve(serving, held, ready)
          .then(() => waitAndServe(serving))
          .catch((error: unknown) => {
            const why =
              error instanceof ParleyError ? error.message : 'Discord is not served any more.'
            log.error({ event: 'discord.gateway_ended', err: error }, why)
          })
      })
    },
    async stop() {
      serving.stopping.abort()
      await run
      serving.state = 'stopped'
    },
  }
}

/** Waits for the lock and serves, again and again until the process stops. */
async function waitAndServe(serving: Serving): Promise<void> {
  const { options, name, stopping } = serving
  const { locks, log } = options
  for (let failures = 0; !stopping.signal.aborted; failures++) {
    serving.state = 'waiting'
    try {
      const held = locks ? await locks.lock(name, stopping.signal) : unlocked
      if (held === null) return
      failures = 0
      await serve(serving, held, () => {})
    } catch (error) {
      if (error instanceof ParleyError && error.code === 'forbidden') {
        log.error({ event: 'discord.refused', err: error }, error.message)
        return
      }
      log.warn(
        { event: 'discord.lock_unavailable', err: error },
        'The lock for Discord could not be asked for; trying again.',
      )
    }
    if (!stopping.signal.aborted)
      await pause(Math.min(30_000, 1000 * 2 ** failures), stopping.signal)
  }
}

/** Serves while the lock is ours; `ready` reports how the first connection went. */
async function serve(
  serving: Serving,
  held: HeldLock,
  ready: (error?: unknown) => void,
): Promise<void> {
  const { options, stopping } = serving
  const { log, backoffMs = (failures) => Math.min(300_000, 5_000 * 2 ** failures) } = options
  const over = new AbortController()
  void held.lost.then(() => over.abort())
  stopping.signal.addEventListener('abort', () => over.abort())
  try {
    for (let failures = 0; !over.signal.aborted; failures++) {
      serving.state = 'connecting'
      try {
        await keepIdentifyBudget(options, over.signal)
        if (over.signal.aborted) return
        await connectOnce(serving, over.signal, ready)
        return
      } catch (error) {
        const fatal = whyFatal(error)
        if (fatal !== null) {
          serving.state = 'refused'
          ready(fatal)
          throw fatal
        }
        log.warn(
          { event: 'discord.not_connected', err: error, failures },
          'Discord could not be connected to; trying again.',
        )
        ready()
        await pause(backoffMs(failures), over.signal)
      }
    }
  } finally {
    ready()
    await held.release()
  }
}

/** Connects and stays until the lock is lost or the process stops. @throws when no connection came about. */
async function connectOnce(
  serving: Serving,
  signal: AbortSignal,
  ready: () => void,
): Promise<void> {
  const { options } = serving
  const client = openClient(options.apiUrl)
  const refusedLater = new Promise<never>((_, reject) => {
    client.on(Events.ShardDisconnect, ({ code }) => reject(closedBy(code)))
  })
  refusedLater.catch(() => {})
  const ended = aborted(signal)
  listen(client, options)
  try {
    await Promise.race([client.login(options.botToken), refusedLater, ended])
    if (signal.aborted) return
    serving.state = 'connected'
    options.log.info({ event: 'discord.connected' }, 'Discord is connected.')
    void options.onConnected().finally(() => ready())
    await Promise.race([ended, refusedLater])
  } finally {
    await client.destroy()
  }
}

/** Discord states how many connections are left today; a restart loop must not use the last ones. */
async function keepIdentifyBudget(
  { rest, log }: GatewayOptions,
  signal: AbortSignal,
): Promise<void> {
  const told = await rest<{
    session_start_limit?: { remaining?: number; reset_after?: number }
  }>({ method: 'GET', path: '/gateway/bot' })
  const { remaining = 1000, reset_after = 0 } = told.session_start_limit ?? {}
  if (remaining > fewIdentifies) return
  log.error(
    { event: 'discord.connections_used', remaining },
    'Almost all connections that Discord allows in a day are used. Parley waits, so that the token is not reset; look for a process that starts again and again.',
  )
  await pause(remaining > 0 ? Math.min(reset_after, 10 * 60_000) : reset_after, signal)
}

/** Without a lock (a test of the transport) no other process competes. */
const unlocked: HeldLock = { lost: new Promise(() => {}), release: async () => {} }
