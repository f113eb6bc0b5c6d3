/** Queues a notice or a task's card for delivery, under a key that keeps it from being sent twice. */
import { isPerson, queueDelivery } from '../deliveries/enqueue.ts'
import { type Person, personName } from '../labelers/person.ts'
import type { Channel } from '../outbox.ts'
import type { Parley } from '../parley.ts'

/** Sends a notice exactly once. `key` says what it is about. */
export async function queueNotice(
  parley: Parley,
  input: { key: string; to: Person | Channel; text: string },
): Promise<void> {
  const { key, to, text } = input
  const of = `${key}@${addressOf(to)}`
  await queueDelivery(parley, { key: of, kind: 'notice', to, content: { text } })
}

/** Sends the card of an assignment to its labeler; it is repeated if it may have been lost. */
export async function queueCard(
  parley: Parley,
  input: { key: string; to: Person; assignmentId: string },
): Promise<void> {
  const { key, to, assignmentId } = input
  const of = `${key}@${addressOf(to)}`
  await queueDelivery(parley, { key: of, kind: 'card', to, content: { assignmentId } })
}

function addressOf(to: Person | Channel): string {
  return isPerson(to) ? personName(to) : `${to.platform}:${to.workspace}:${to.channelId}`
}
