/** A person's own message, as it was typed: the answer of their open task, or a question to an arena. */

export type RawMessage = {
  content?: string
  author?: { id?: string; bot?: boolean }
  mentions?: { id: string; username?: string; global_name?: string | null }[]
}

/** The names of the message commands. */
export const useMessageName = 'Use as my answer'
export const askMessageName = 'Ask two models'

/** The text of the message as its author typed it; null for anyone else's message. */
export function readOwnMessage(message: RawMessage, userId: string): string | null {
  if (message.author?.id !== userId || message.author.bot) return null
  return readMessageText(message)
}

/** Replaces Discord's ids with names. */
export function readMessageText({ content = '', mentions = [] }: RawMessage): string {
  const names = new Map(mentions.map((one) => [one.id, one.global_name ?? one.username ?? one.id]))
  return content
    .replace(/<@!?(\d+)>/g, (all, id: string) => (names.has(id) ? `@${names.get(id)}` : all))
    .replace(/<a?(:\w+:)\d+>/g, '$1')
}
