/** The windows that open from the Home tab and from the shortcut. Pure. */
import { randomUUID } from 'node:crypto'
import type { Reply } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import type { View } from '../draw/blocks.ts'
import { drawMessage } from '../draw/message.ts'
import { withFewTaps } from '../draw/task/card.ts'
import { drawForm } from '../draw/task/form.ts'
import { drawWindow } from '../draw/window.ts'
import { writeMeta } from '../receive/metadata.ts'
import type { ShownReply } from '../respond/responder.ts'
import { cardWindowId } from './ids.ts'

/** A card that presses or taps answer opens as it is; any other as its form. */
export function drawTaskWindow(
  reply: Reply & { type: 'task' | 'form' },
  takesFile: boolean,
  said: Words,
): View {
  const { card: given, type, ...above } = reply
  const card = withFewTaps(given)
  const { assignmentId, schemaVersion } = card
  const meta = { assignmentId, schemaVersion, nonce: randomUUID() }
  if (type === 'form' || (card.presses.length === 0 && !card.taps))
    return drawForm(card, meta, { ...above, takesFile }, said)
  return {
    ...drawWindow(drawMessage(reply, said), card.dataset.title, said),
    callback_id: cardWindowId,
    private_metadata: writeMeta(meta),
  }
}

/** Any other reply in a window; a task chosen there opens in the same window. */
export function drawReplyWindow(reply: ShownReply, said: Words): View {
  const view = drawWindow(drawMessage(reply, said), said.appName, said)
  return reply.type === 'choices' ? { ...view, callback_id: cardWindowId } : view
}

/** A reply in the window of the form that led to it. */
export function drawFormResult(reply: Reply, title: string, said: Words): View {
  const shown: ShownReply = reply.type === 'nothing' ? { type: 'notice', text: '…' } : reply
  return drawWindow(drawMessage(shown, said), title, said)
}
