/** Messages Parley sends unprompted, to a person or a channel, and their updates. */
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Attempt, Channel, Person } from '../../../src/chat/port/port.ts'
import type { MessageBody } from '../draw/components.ts'
import type { File, Rest } from './rest.ts'

export type Sent = { channel: string; message: string }

/** A reply to a message; if that message was deleted, an ordinary message. */
function answerTo(to: Person | Channel) {
  if (!('thread' in to) || to.thread === undefined) return {}
  return { message_reference: { message_id: to.thread, fail_if_not_exists: false } }
}

export function openOutbox(rest: Rest) {
  // A person's direct-message channel never changes.
  const conversations = new LRUCache<string, string>({ max: 10_000 })

  const conversationWith = async (userId: string): Promise<string> => {
    const known = conversations.get(userId)
    if (known !== undefined) return known
    const { id } = await rest<{ id: string }>({
      method: 'POST',
      path: '/users/@me/channels',
      body: { recipient_id: userId },
      urgency: 'background',
      repeatable: true,
    })
    conversations.set(userId, id)
    return id
  }

  return {
    async post(
      to: Person | Channel,
      body: MessageBody,
      files: readonly File[],
      attempt?: Attempt,
    ): Promise<Sent> {
      const channel = 'userId' in to ? await conversationWith(to.userId) : to.channelId
      const sent = await rest<{ id: string }>({
        method: 'POST',
        path: '/channels/:channel/messages',
        at: { channel },
        // Discord recognises by the nonce a message it accepted although its response was lost or we died.
        body: {
          ...body,
          ...answerTo(to),
          nonce: attempt?.id ?? randomBytes(12).toString('hex'),
          enforce_nonce: true,
        },
        files,
        urgency: 'background',
        repeatable: true,
        starting: attempt?.starting,
      })
      return { channel, message: sent.id }
    },

    async edit(at: Sent, body: MessageBody, files: readonly File[]): Promise<void> {
      await rest({
        method: 'PATCH',
        path: '/channels/:channel/messages/:message',
        at,
        body,
        files,
        urgency: 'background',
        repeatable: true,
      })
    },
  }
}
