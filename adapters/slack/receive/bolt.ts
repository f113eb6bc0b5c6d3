/** Bolt's App behind one of its two ways in: HTTP, or Socket Mode. */
import { App } from '@slack/bolt'
import type { Hono } from 'hono'
import type { Inside } from '../../../src/chat/port/port.ts'
import type { SlackSettings } from '../install/connection.ts'
import { answerLate } from '../respond/without-listener.ts'
import { clientOptions, sdkLogger } from '../send/client.ts'
import { currentWorkspace } from '../workspace/current.ts'
import { inLanguageOf } from './person.ts'
import { type Dispatch, HonoReceiver, openDispatch } from './receiver.ts'
import { socketReceiver } from './socket.ts'

type Context = {
  tokenOf: (workspace: string) => Promise<string>
  /** Answers a request of which nothing could be looked up. */
  answerUnavailable: (body: Record<string, unknown>, error: unknown) => Promise<unknown>
}

export function openBolt(settings: SlackSettings, inside: Inside, context: Context) {
  const { log, firstSight } = inside
  const seen = async (id: string) => (await inside.seen?.(id)) ?? false
  const onFailed = (error: unknown) =>
    log.error({ event: 'slack.request_failed', err: error }, 'A request from Slack failed.')
  const { dispatch: run, settled } = openDispatch({ late: answerLate, firstSight, onFailed })
  const dispatch: Dispatch = (bolt, body, retry) =>
    inLanguageOf(body, inside, () => run(bolt, body, retry))
  const socket =
    settings.mode === 'socket'
      ? socketReceiver({ ...settings, log, firstSight, seen, dispatch })
      : null
  const http =
    settings.mode === 'socket'
      ? null
      : new HonoReceiver({
          signingSecret: settings.signingSecret,
          now: inside.now,
          firstSight,
          seen,
          dispatch,
          unavailable: (body, error) =>
            inLanguageOf(body, inside, () => context.answerUnavailable(body, error)),
          onRefused: (reason) =>
            log.warn(
              { event: 'slack.request_refused', reason },
              'A request to the address for Slack was refused.',
            ),
          onFailed,
        })
  const receiver = http ?? socket
  const app = new App({
    // Bolt names its receiver only where there is one.
    ...(receiver ? { receiver } : {}),
    // Given here, so that Slack is not called before the first gesture.
    authorize: async () => ({ botToken: await context.tokenOf(currentWorkspace()) }),
    clientOptions: clientOptions(settings.apiUrl, log),
    convoStore: false,
    logger: sdkLogger(log),
  })
  // Without it Bolt only logs a failure: the receiver must see it to answer 500.
  app.error(async (error) => {
    throw error
  })
  return {
    app,
    settled,
    routes(hono: Hono): void {
      if (http) hono.post('/slack/events', http.bound, http.handler)
    },
    async disconnect(): Promise<void> {
      await socket?.stop()
    },
  }
}
