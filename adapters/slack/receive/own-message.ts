/** A message as it was typed: one's own, to answer or to ask with; or any, to be sent to Parley. */
import { unescapeSlack } from '../../../src/chat/text.ts'
import type { ActionBody, Installed } from './payloads.ts'

export const useMessageId = 'v1:use-message'
export const askMessageId = 'v1:ask-message'
export const sendMessageId = 'v1:send-message'

export type SlackMessage = { text?: string; blocks?: readonly unknown[] }

export type MessageShortcut = Installed & {
  trigger_id: string
  response_url?: string
  channel?: { id?: string }
  message?: SlackMessage & { user?: string; bot_id?: string; ts?: string; thread_ts?: string }
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

/** All that a message says: its text, or what its blocks say where an app wrote none. */
export function readWholeMessage({ text = '', blocks = [] }: SlackMessage): string {
  if (text.trim() !== '') return readMessageText(text)
  return blocks
    .map((block) => textsIn(block).join(''))
    .join('\n')
    .trim()
}

/** Blocks that say nothing: they are pressed. */
const controls = new Set<unknown>(['actions', 'context_actions', 'input'])

/** The texts of a block, whatever it is made of. */
function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (typeof value !== 'object' || value === null) return []
  if ('type' in value && controls.has(value.type)) return []
  return Object.entries(value).flatMap(([key, one]) => {
    if (key === 'text' && typeof one === 'string') return [readMessageText(one)]
    return ['text', 'fields', 'elements'].includes(key) ? textsIn(one) : []
  })
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
