/** A message of one's own, as it was typed: the answer of the open task, or a question to an arena. */
import { unescapeSlack } from '../../../src/chat/text.ts'
import type { ActionBody, Installed } from './payloads.ts'

export const useMessageId = 'v1:use-message'
export const askMessageId = 'v1:ask-message'

export type MessageShortcut = Installed & {
  trigger_id: string
  response_url?: string
  channel?: { id?: string }
  message?: { user?: string; text?: string; bot_id?: string; ts?: string; thread_ts?: string }
}

/** Bolt passes on what Slack sent, after its signature was checked: the shape is Slack's. */
export function asMessageShortcut(body: object): MessageShortcut {
  return body as MessageShortcut
}

/** The text of the message as its author typed it; null when somebody else wrote it. */
export function readOwnMessage({ user, message }: MessageShortcut): string | null {
  if (message?.user !== user.id || message.bot_id !== undefined) return null
  return readMessageText(message.text ?? '')
}

/** Takes Slack's `<…>` off links and names, then decodes its three entities. */
export function readMessageText(text: string): string {
  const plain = text.replace(/<([^<>|]+)(?:\|([^<>]*))?>/g, (_, target: string, shown?: string) => {
    if (target.startsWith('!')) return `@${shown?.replace(/^@/, '') || target.slice(1)}`
    const sign = target.startsWith('#') ? '#' : target.startsWith('@') ? '@' : ''
    if (sign) return `${sign}${shown?.replace(/^[@#]/, '') || target.slice(1)}`
    // A link Slack made of a typed address shows that address; a titled link keeps both.
    const address = target.replace(/^mailto:/, '')
    return shown === undefined || address.endsWith(shown)
      ? (shown ?? address)
      : `${shown} (${target})`
  })
  return unescapeSlack(plain)
}

/** The press to answer: beside the person's own message, which is not ours to change. */
export function pressOfShortcut({ message: _, ...shortcut }: MessageShortcut): ActionBody {
  return { ...shortcut, actions: [] }
}
