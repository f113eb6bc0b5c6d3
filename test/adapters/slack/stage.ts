/** Slack's adapter alone before the stand-in: what the inside would reply is written by the test. */
import { Hono } from 'hono'
import { slackAdapter } from '../../../adapters/slack/index.ts'
import { openSlackStandIn, type SlackOptions } from '../../../sandbox/slack/server.ts'
import type { Inside, Interaction, Reply } from '../../../src/chat/port/port.ts'
import { requireFirst } from '../../../src/chat/port/sight.ts'

export type Script = (interaction: Interaction) => Reply | Promise<Reply>

export async function openStandIn(
  script: Script,
  more: Partial<Pick<Inside, 'findShownForm' | 'firstSight'>> & SlackOptions = {},
) {
  const slack = await openSlackStandIn({ people: [{ name: 'Ana' }, { name: 'Ben' }], ...more })
  const heard: Interaction[] = []
  const logged: { o: object; m: string | undefined }[] = []
  const seen = new Set<string>()
  const note = (o: object, m?: string) => {
    logged.push({ o, m })
  }
  const scripted = { reply: script }
  const inside: Inside = {
    handle: async (interaction) => {
      await requireFirst()
      heard.push(interaction)
      return scripted.reply(interaction)
    },
    firstSight: async (id) => {
      const isFirst = !seen.has(id)
      seen.add(id)
      return isFirst
    },
    seen: async (id) => seen.has(id),
    now: () => new Date(slack.now()),
    log: { info: note, warn: note, error: note },
    ...(more.findShownForm ? { findShownForm: more.findShownForm } : {}),
    ...(more.firstSight ? { firstSight: more.firstSight } : {}),
  }
  const build = () => {
    const adapter = slackAdapter(
      {
        mode: 'http',
        publicUrl: 'http://parley.test',
        apiUrl: slack.apiUrl,
        signingSecret: slack.signingSecret,
        botToken: slack.botToken,
      },
      inside,
    )
    const app = new Hono()
    adapter.routes?.(app)
    slack.deliverTo((request) => app.fetch(request))
    return { adapter, app }
  }
  const first = build()
  const running = [first]
  return {
    slack,
    heard,
    logged,
    scripted,
    app: first.app,
    adapter: first.adapter,
    ana: slack.person('Ana'),
    /** Another process takes over, remembering nothing. */
    restart: () => running.push(build()),
    close: async () => {
      for (const { adapter } of running) await adapter.stop()
      await slack.close()
    },
  }
}

/** The calls of one method, or of response_urls as `/actions` and `/commands`. */
export function callsOf(
  slack: { wire: readonly { direction: string; path: string }[] },
  path: string,
) {
  return slack.wire.filter((line) => line.direction === 'call' && line.path.endsWith(path))
}
