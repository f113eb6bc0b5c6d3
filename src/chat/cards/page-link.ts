/** Gives a card the address of its page, signed for the person who is shown it. */
import { cardLink, isReachable } from '../../assignments/card-link.ts'
import type { Person } from '../../labelers/person.ts'
import type { Parley } from '../../parley.ts'
import type { Reply } from '../port/port.ts'

/**
 * The same reply; a task in it leads to its page where people can be expected to reach that, and always
 * where it can be answered nowhere else.
 */
export function withPage<R extends Reply>(parley: Parley, by: Person, reply: R): R {
  if (reply.type !== 'task' && reply.type !== 'form') return reply
  const { card } = reply
  if (!card.onPage && !isReachable(parley)) return reply
  return { ...reply, card: { ...card, page: cardLink(parley, { ...card, by }) } }
}
