/** Where the answers to a question stand: below the message that asks it. */
import type { DeliveryState } from '../db/schema/outgoing.ts'
import type { Parley } from '../parley.ts'
import type { Battle } from './battle.ts'

/** `awaited` while the question is on its way; null where it never came to stand: then in the channel. */
export async function threadOf(
  parley: Parley,
  { id, thread }: Battle,
): Promise<string | 'awaited' | null> {
  if (thread !== null) return thread
  const asked = await parley.db
    .selectFrom('deliveries')
    .select('state')
    .where('key', '=', `question:${id}`)
    .executeTakeFirst()
  const underWay: readonly DeliveryState[] = ['queued', 'sending']
  return asked && underWay.includes(asked.state) ? 'awaited' : null
}

/** The question of this subject stands in that message now. */
export async function keepThread(parley: Parley, subject: string, message: string): Promise<void> {
  const id = subject.slice(subject.indexOf(':') + 1)
  await parley.db
    .updateTable('battles')
    .set({ thread: message })
    .where('id', '=', id)
    .where('thread', 'is', null)
    .execute()
}
