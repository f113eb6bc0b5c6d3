/** What a submitted form is answered with: the window becomes the next task, or says what is wrong. */
import { randomUUID } from 'node:crypto'
import type { Reply, TaskCard } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import { alert } from '../draw/alerts.ts'
import type { Message, View } from '../draw/blocks.ts'
import { drawMessage } from '../draw/message.ts'
import { drawReader } from '../draw/task/reader.ts'
import { drawDone } from '../draw/task/receipt.ts'
import { drawWindow } from '../draw/window.ts'
import { limits } from '../limits.ts'
import type { Meta } from '../receive/metadata.ts'
import { asView, type SubmissionBody } from '../receive/payloads.ts'
import { changeView, goesOnBelow } from './repaint.ts'
import { aboveForm, metaOf, type Responder, taskForm } from './responder.ts'

export type SubmissionAnswer =
  | { response_action: 'update' | 'push'; view: View }
  | { response_action: 'errors'; errors: Record<string, string> }
  /** The form closes; work continues in the message below. */
  | { response_action: 'clear' }
  | null

/** `errors` are the problems in the reply, each under its input. */
export function respondToSubmission(
  responder: Responder,
  meta: Meta,
  reply: Reply,
  errors: Record<string, string>,
): SubmissionAnswer {
  switch (reply.type) {
    case 'task':
    case 'form': {
      if (goesOnBelow(meta, reply)) return { response_action: 'clear' }
      const view = taskForm(responder, reply.card, metaOf(reply.card, meta), aboveForm(reply))
      return { response_action: 'update', view }
    }
    case 'receipt':
      return {
        response_action: 'update',
        view: drawDone(reply.saved, reply.notice, meta, spoken()),
      }
    case 'problems':
      return Object.keys(errors).length > 0
        ? { response_action: 'errors', errors }
        : push({ text: '', blocks: alert(Object.values(reply.problems).join(' ')) })
    case 'reader':
      return { response_action: 'push', view: drawReader(reply.reader, null, 0, spoken()) }
    case 'nothing':
      return null
    default:
      // Pushed above the form, which keeps what was typed.
      return push(drawMessage(reply, spoken()))
  }
}

function push(message: Message): SubmissionAnswer {
  const view = drawWindow(message, spoken().appName, spoken())
  return { response_action: 'push', view }
}

/** The form again with what was entered, and above it why. */
export function sameForm(
  responder: Responder,
  meta: Meta,
  card: TaskCard,
  why: string,
): SubmissionAnswer {
  const view = taskForm(responder, card, { ...meta, nonce: randomUUID() }, { alert: why })
  return { response_action: 'update', view }
}

/** Redraws an open form with other questions or texts; what was typed into the others stays. */
export async function redrawForm(
  responder: Responder,
  { view }: SubmissionBody,
  meta: Meta,
  card: TaskCard,
): Promise<void> {
  const drawn = taskForm(responder, card, metaOf(card, meta), {})
  const isUndo = view.blocks?.[0]?.accessory?.value?.startsWith('v1:undo:')
  const [above] = asView(view).blocks
  // The line about the answer before, with its Undo, stays in its place.
  if (above && isUndo && drawn.blocks.length < limits.viewBlocks) drawn.blocks.unshift(above)
  if (view.id) await changeView(responder.api, view.id, view.hash, drawn)
}
