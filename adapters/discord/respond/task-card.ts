/** The current card of a task, drawn again. */
import type { Person, Reply, TaskCard } from '../../../src/chat/port/port.ts'
import { aboveOf } from '../draw/message.ts'
import { drawCard } from '../draw/task/card.ts'
import { planStep } from '../draw/task/form-steps.ts'
import type { Above, At } from '../draw/task/layouts.ts'
import type { Parsed } from '../receive/parsed.ts'
import type { Start } from '../receive/task-ids.ts'
import { type AnswerContext, type Answers, only, type Place, place } from './answers.ts'
import { show } from './show.ts'

/** The current card, or the reply that came instead. */
export async function cardOf(
  handle: AnswerContext['handle'],
  by: Person,
  { assignmentId, editing }: { assignmentId: string; editing: boolean },
): Promise<TaskCard | Reply> {
  const reply = await handle({ by, type: editing ? 'edit' : 'open', assignmentId })
  return reply.type === 'form' ? reply.card : reply
}

export function onCard(card: TaskCard, above: Above, at: Place, state: At): Answers {
  return {
    ...only(place(drawCard(card, above, at.said, state), at)),
    shows: { type: 'task', card },
  }
}

/** Shows the card's texts rendered, or as they were written. */
export async function renderCard(
  { gesture, start }: Extract<Parsed, { type: 'render' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const reply = await context.handle(gesture)
  if (reply.type !== 'task') return show(reply, context, at)
  const go = start && hasStep(reply.card, start) ? { go: start } : {}
  return onCard(reply.card, aboveOf(reply), at, go)
}

/** Turns a page of a menu on the card. */
export async function turnPage(
  { by, pick }: Extract<Parsed, { type: 'page' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const card = await cardOf(context.handle, by, pick)
  return 'type' in card ? show(card, context, at) : onCard(card, {}, at, { page: pick.page })
}

/** Whether a form of this card begins there. */
export function hasStep(card: TaskCard, start: Start): boolean {
  return planStep(card, start).parts.length > 0
}
