/** The platforms this configuration turns on. What another one needs is not even loaded. */
import type { ChatAdapter, Inside, Platform } from '../src/chat/port/port.ts'
import type { Time } from '../src/chat/time.ts'
import type { Config } from '../src/config.ts'

export async function connectAdapters(
  config: Pick<Config, 'slack' | 'discord' | 'publicUrl'> & { slackReactions?: boolean },
  insideOf: (platform: Platform) => Inside,
  /** The lanes' time; real unless said. */
  time: { time?: Time } = {},
): Promise<ChatAdapter[]> {
  const { slack, discord, publicUrl, slackReactions: reactions = false } = config
  const adapters: ChatAdapter[] = []
  if (slack !== null) {
    const { slackAdapter } = await import('./slack/index.ts')
    adapters.push(slackAdapter({ ...slack, publicUrl, reactions }, insideOf('slack'), time))
  }
  if (discord !== null) {
    const { discordAdapter } = await import('./discord/index.ts')
    adapters.push(discordAdapter({ ...discord, publicUrl }, insideOf('discord'), time))
  }
  return adapters
}
