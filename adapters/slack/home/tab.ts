/**
 * The Home tab of people who opened it: published when they do, after each press on it, and a while
 * after work elsewhere. Nobody waits for it.
 */
import { LRUCache } from 'lru-cache'
import type { Interaction, Person, Reply } from '../../../src/chat/port/port.ts'
import { keyOf, openPublisher, type Publishing } from './publish.ts'

export type HomeTab = ReturnType<typeof openHomeTab>

export function openHomeTab(publishing: Publishing) {
  const { publish, publishSoon, publishLater, settle } = openPublisher(publishing)
  // Only people who opened the tab see it; for everybody else the next opening publishes it.
  const openedBy = new LRUCache<string, Person>({ max: 5000, ttl: 24 * 60 * 60_000 })
  return {
    /** Publishes it for a person who opened it. */
    async open(by: Person): Promise<void> {
      openedBy.set(keyOf(by), by)
      await publish(by)
    },

    /** Publishes it with a line at the top: the answer to a press on it. */
    publishWith: (by: Person, notice: string): Promise<void> => publish(by, notice),

    /** Follows a press on it, whose reply was shown already. */
    afterPress(by: Person, reply: Reply): void {
      openedBy.set(keyOf(by), by)
      if (reply.type !== 'notice' && reply.type !== 'reader' && !reply.type.endsWith('-form'))
        publishSoon(by)
    },

    /** Follows every gesture elsewhere: a while later, or at once after the last task. */
    follow({ by, type }: Interaction, reply: Reply): void {
      if (!changing.has(type) || !openedBy.has(keyOf(by))) return
      if (reply.type === 'receipt') publishSoon(by)
      else publishLater(by)
    },

    settle,
  }
}

/** Gestures after which the tab reads differently. */
const changing = new Set<Interaction['type']>([
  ...(['press', 'rank', 'submit', 'discard', 'undo', 'consent', 'claim-admin'] as const),
])
