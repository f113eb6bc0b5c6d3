/** Hands gestures on to Parley. A bug there becomes a notice for the person and a line in the log. */
import type { Inside, Interaction, Reply, TaskCard } from '../../../src/chat/port/port.ts'
import { repeated } from '../../../src/chat/port/sight.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import { withLocale } from './person.ts'

export type Handle = (interaction: Interaction) => Promise<Reply>

type Context = {
  inside: Pick<Inside, 'handle' | 'log'>
  /** Called after each gesture, before its reply is shown. */
  onReply(interaction: Interaction, reply: Reply): void
  /** Called before a card is shown. */
  beforeCard(card: TaskCard): Promise<void>
}

export function openGestures({ inside, onReply, beforeCard }: Context) {
  const handleUnshown: Handle = async (interaction) => {
    try {
      const reply = await inside.handle({ ...interaction, by: withLocale(interaction.by) })
      onReply(interaction, reply)
      return reply
    } catch (error) {
      if (error === repeated) throw error
      inside.log.error(
        { event: 'slack.gesture_failed', err: error, gesture: interaction.type },
        'A gesture failed.',
      )
      return { type: 'notice', text: spoken().broken }
    }
  }
  const handle: Handle = async (interaction) => {
    const reply = await handleUnshown(interaction)
    if (isCard(reply)) await beforeCard(reply.card)
    return reply
  }
  return {
    handle,
    /** The same for a reply that is read and not shown. */
    handleUnshown,
  }
}

export function isCard(reply: Reply): reply is Reply & { type: 'task' | 'form' } {
  return reply.type === 'task' || reply.type === 'form'
}
