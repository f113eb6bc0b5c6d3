/** A moment as Slack tells each reader, in their own time zone. Pure. */
import type { types } from '@slack/bolt'
import { escapeSlack } from '../../../src/chat/text.ts'
import type { Words } from '../../../src/chat/words/words.ts'

/** A line with a date in it, which Slack shows each reader in their own time zone. */
export function timeLine(say: (when: string) => string, at: Date, said: Words): types.ContextBlock {
  const seconds = Math.floor(at.getTime() / 1000)
  const moment = `<!date^${seconds}^{date_short_pretty}, {time}|${escapeSlack(said.moment(at, 'UTC'))} UTC>`
  const text = escapeSlack(say(marker)).replace(marker, moment)
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] }
}

const marker = '\u0001'
