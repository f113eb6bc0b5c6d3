/**
 * Socket Mode: the same gestures over a connection that Parley opens itself, for places Slack cannot
 * reach. Bolt's receiver reads the frames; reconnecting is ours, at once and for as long as it takes.
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
  const { log, dispatch, seen, firstSight } = options
  const { retryConfig: _, ...connecting } = clientOptions(options.apiUrl, log)
  const inner = new SocketModeReceiver({
    appToken: options.appToken,
    logger: sdkLogger(log),
    // Bolt's own way waits five seconds first, and ends the process when the token is refused.
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: { ...connecting, retryConfig: { retries: 0 } } },
  })
  let app: App | undefined
  let state: 'stopped' | 'starting' | 'open' = 'stopped'
  let failures = 0

  /** Slack repeats what it got no answer to, over the same or another connection. */
  async function isNew(body: Record<string, unknown>): Promise<boolean> {
    if (body['type'] === 'event_callback')
      return !(await seen(`slack:event:${String(body['event_id'])}`))
    const trigger = body['trigger_id']
    return typeof trigger === 'string' ? firstSight(`slack:trigger:${trigger}`) : true
  }

  inner.init(
    asApp(async (event) => {
      if (!app) return
      const { body, ack, retryNum, retryReason } = event
      if (!(await isNew(body))) {
        // Whoever has it already answers a gesture: said twice, "done" could come before it is.
        if (body['type'] === 'event_callback') await ack()
        return
      }
      const bolt = app
      const retry = {
        ...(retryNum === undefined ? {} : { retryNum }),
        ...(retryReason === undefined ? {} : { retryReason }),
      }
      const answer = await inWorkspace(workspaceOf(body), () => dispatch(bolt, body, retry))
      // Without an answer Slack shows the person an error, and sends an event again.
      if (answer.status === 200) await ack(answer.response === '' ? undefined : answer.response)
    }),
  )

  async function connect(): Promise<void> {
    state = 'starting'
    await inner.client.start()
    state = 'open'
    failures = 0
  }

  async function reconnect(): Promise<void> {
    while (state === 'starting') {
      if (failures > 0) await new Promise((resolve) => setTimeout(resolve, waitMs(failures)))
      if (state !== 'starting') return
      try {
        await connect()
      } catch (error) {
        failures += 1
        log.warn({ err: error, failures }, 'Slack could not be connected to; Parley keeps trying.')
      }
    }
  }

  inner.client.on('disconnected', () => {
    if (state !== 'open') return
    state = 'starting'
    void reconnect()
  })

  return {
    init(bolt) {
      app = bolt
    },
    start: connect,
    async stop() {
      const was = state
      state = 'stopped'
      if (was !== 'stopped') await inner.client.disconnect()
    },
  }
}

const waitMs = (failures: number) => Math.min(30_000, 250 * 2 ** failures)

/** The one method of an App that Bolt's receiver calls. */
function asApp(processEvent: (event: ReceiverEvent) => Promise<void>): App {
  return { processEvent } as unknown as App
}
