/** The platforms this configuration turns on. */
import type { ChatAdapter, Inside } from '../src/chat/port.ts'
import type { Config } from '../src/config.ts'
import { slackAdapter } from './slack/index.ts'

export function connectAdapters(
  config: Pick<Config, 'slack' | 'publicUrl'>,
  inside: Inside,
): ChatAdapter[] {
  const { slack, publicUrl } = config
  return slack === null ? [] : [slackAdapter({ ...slack, publicUrl }, inside)]
}
