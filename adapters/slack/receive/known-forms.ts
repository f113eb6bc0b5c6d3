/**
 * What forms were drawn from, to read a submission by. It never changes for an assignment and a schema
 * version, so any process may remember it; one that forgot asks again.
 */
import { LRUCache } from 'lru-cache'
import type { Inside, Person, ShownForm, TaskCard } from '../../../src/chat/port/port.ts'
import type { Handle } from './gestures.ts'
import type { Meta } from './metadata.ts'

/** `handle` opens the form once more where the inside cannot tell what it showed. */
export function openKnownForms({ findShownForm }: Pick<Inside, 'findShownForm'>) {
  const known = new LRUCache<string, ShownForm>({ max: 5000 })
  const keyOf = (by: Person, assignmentId: string, schemaVersion: number) =>
    [by.workspace, by.userId, assignmentId, schemaVersion].join(' ')
  const remember = (by: Person, card: TaskCard): ShownForm => {
    const form = { questions: card.questions, outputs: card.outputs.map((output) => output.id) }
    known.set(keyOf(by, card.assignmentId, card.schemaVersion), form)
    return form
  }
  return {
    remember,
    /** Null when the form is not this person's. */
    async find(
      by: Person,
      { assignmentId, schemaVersion }: Meta,
      handle: Handle,
    ): Promise<ShownForm | null> {
      const key = keyOf(by, assignmentId, schemaVersion)
      const remembered = known.get(key)
      if (remembered) return remembered
      if (findShownForm) {
        const found = await findShownForm(by, assignmentId, schemaVersion)
        if (found) known.set(key, found)
        return found
      }
      const reply = await handle({ by, type: 'open', assignmentId })
      const isCard = reply.type === 'form' || reply.type === 'task'
      return isCard && reply.card.assignmentId === assignmentId ? remember(by, reply.card) : null
    },
  }
}
