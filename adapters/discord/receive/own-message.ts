/** A message as it was typed: one's own, to answer or to ask with; or any, to be sent to Parley. */

export type RawMessage = {
  content?: string
  embeds?: { title?: string; description?: string }[]
  components?: readonly unknown[]
  author?: { id?: string; bot?: boolean }
  mentions?: { id: string; username?: string; global_name?: string | null }[]
}

/** The names of the message commands. */
export const useMessageName = 'Use as my answer'
export const askMessageName = 'Ask two models'
export const sendMessageName = 'Send to Parley'

/** The text of the message as its author typed it; null for anyone else's message. */
export function readOwnMessage(message: RawMessage, userId: string): string | null {
  if (message.author?.id !== userId || message.author.bot) return null
  return readMessageText(message)
}

/** All that a message says: its content, else what its embeds or components say. */
export function readWholeMessage(message: RawMessage): string {
  const { content = '', embeds = [], components = [] } = message
  if (content.trim() !== '') return readMessageText(message)
  const embedded = embeds.flatMap(({ title, description }) => [title ?? [], description ?? []])
  return [...embedded.flat(), ...components.flatMap(textsIn)].join('\n').trim()
}

/** The text displays of a component, in their order. */
function textsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { content, components } = value as { content?: unknown; components?: unknown }
  if (typeof content === 'string') return [content]
  return Array.isArray(components) ? components.flatMap(textsIn) : []
}

/** Replaces Discord's ids with names. */
export function readMessageText({ content = '', mentions = [] }: RawMessage): string {
  const names = new Map(mentions.map((one) => [one.id, one.global_name ?? one.username ?? one.id]))
  return content
    .replace(/<@!?(\d+)>/g, (all, id: string) => (names.has(id) ? `@${names.get(id)}` : all))
    .replace(/<a?(:\w+:)\d+>/g, '$1')
}
