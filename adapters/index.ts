/** The platforms this configuration turns on. */
import type { ChatAdapter, Inside, Platform } from '../src/chat/port/port.ts'
import type { Time } from '../src/chat/time.ts'
import type { Config } from '../src/config.ts'
import { discordAdapter } from './discord/index.ts'
import { slackAdapter } from './slack/index.ts'

export function connectAdapters(
  config: Pick<Config, 'slack' | 'discord' | 'publicUrl'>,
  insideOf: (platform: Platform) => Inside,
  /** The lanes' time; real unless said. */
  time: { time?: Time } = {},
): ChatAdapter[] {
  const { slack, discord, publicUrl } = config
  return [
    ...(slack === null ? [] : [slackAdapter({ ...slack, publicUrl }, insideOf('slack'), time)]),
    ...(discord === null
      ? []
      : [discordAdapter({ ...discord, publicUrl }, insideOf('discord'), time)]),
  ]
}
