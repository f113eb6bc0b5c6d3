/** The platforms this configuration turns on. */
import type { ChatAdapter, Inside } from '../src/chat/port.ts'
import type { Config } from '../src/config.ts'
import { invalid } from '../src/errors.ts'
import { slackAdapter } from './slack/index.ts'

export function connectAdapters(config: Pick<Config, 'slack'>, inside: Inside): ChatAdapter[] {
  const { slack } = config
  if (slack === null) return []
  if (slack.mode === 'http') return [slackAdapter(slack, inside)]
  throw invalid({
    SLACK_SIGNING_SECRET:
      'So far Parley serves one Slack workspace over HTTP: set SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN, and remove the other Slack variables.',
  })
}
