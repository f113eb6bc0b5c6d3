/**
 * Socket Mode: the same gestures over a connection that Parley opens itself, for places Slack cannot
 * reach. Bolt's receiver reads the frames; Parley reconnects itself, at once and for as long as it takes.
 */
import { type App, type Receiver, type ReceiverEvent, SocketModeReceiver } from '@slack/bolt'
import type { Inside } from '../../../src/chat/port/port.ts'
import { clientOptions, sdkLogger } from '../send/client.ts'
import { inWorkspace } from '../workspace/current.ts'
import { workspaceOf } from '../workspace/of-payload.ts'
import type { Dispatch } from './receiver.ts'

export type SocketOptions = {
  appToken: string
  apiUrl: string
  log: Inside['log']
  /** True the first time an id is seen. */
  firstSight: (id: string) => Promise<boolean>
  seen: (id: string) => Promise<boolean>
  dispatch: Dispatch
}

export function socketReceiver(options: SocketOptions): Receiver {
  const { retryConfig: _, ...connecting } = clientOptions(options.apiUrl, options.log)
  const inner = new SocketModeReceiver({
    appToken: options.appToken,
    logger: sdkLogger(options.log),
    // Bolt's own way waits five seconds first, and ends the process when the token is refused.
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { ...connecting, retryConfig: { retries: 0 } } },
  })
  let app: App | undefined
  inner.init(
    asApp(async (event) => {
      if (app) await receive(app, event, options)
    }),
  )
  const connection = keepConnected(inner.client, options.log)
  return {
    init(bolt) {
      app = bolt
    },
    start: connection.start,
    stop: connection.stop,
  }
}

async function receive(
  app: App,
  { body, ack, retryNum, retryReason }: ReceiverEvent,
  options: SocketOptions,
): Promise<void> {
  if (!(await isNew(body, options))) {
    // A repeated gesture is answered by the first: twice, "done" could arrive before it is true.
    if (body['type'] === 'event_callback') await ack()
    return
  }
  const retry = {
    ...(retryNum === undefined ? {} : { retryNum }),
    ...(retryReason === undefined ? {} : { retryReason }),
  }
  const answer = await inWorkspace(workspaceOf(body), () => options.dispatch(app, body, retry))
  // Without an answer Slack shows the person an error, and sends an event again.
  if (answer.status === 200) await ack(answer.response === '' ? undefined : answer.response)
}

/** Slack repeats what it got no answer to, over the same or another connection. */
async function isNew(
  body: Record<string, unknown>,
  { seen, firstSight }: SocketOptions,
): Promise<boolean> {
  if (body['type'] === 'event_callback')
    return !(await seen(`slack:event:${String(body['event_id'])}`))
  const trigger = body['trigger_id']
  return typeof trigger === 'string' ? firstSight(`slack:trigger:${trigger}`) : true
}

/** The connection, reopened whenever it drops until it is stopped. */
function keepConnected(client: SocketModeReceiver['client'], log: Inside['log']) {
  let state: 'stopped' | 'starting' | 'open' = 'stopped'
  let failures = 0

  async function start(): Promise<void> {
    state = 'starting'
    await client.start()
    state = 'open'
    failures = 0
  }

  async function reconnect(): Promise<void> {
    while (state === 'starting') {
      if (failures > 0) await new Promise((resolve) => setTimeout(resolve, waitMs(failures)))
      if (state !== 'starting') return
      try {
        await start()
      } catch (error) {
        failures += 1
        log.warn(
          { event: 'slack.not_connected', err: error, failures },
          'Slack could not be connected to; Parley keeps trying.',
        )
      }
    }
  }

  client.on('disconnected', () => {
    if (state !== 'open') return
    state = 'starting'
    void reconnect()
  })

  return {
    start,
    async stop(): Promise<void> {
      const was = state
      state = 'stopped'
      if (was !== 'stopped') await client.disconnect()
    },
  }
}

const waitMs = (failures: number) => Math.min(30_000, 250 * 2 ** failures)

/** The one method of an App that Bolt's receiver calls. */
function asApp(processEvent: (event: ReceiverEvent) => Promise<void>): App {
  return { processEvent } as unknown as App
}
