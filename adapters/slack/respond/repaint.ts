/** Changes what is on the screen already: a message whose button was pressed, or an open window. */
import { readImproveId, taskIdOf } from '../../../src/chat/port/ids.ts'
import type { Person, Reply } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import type { Message, View } from '../draw/blocks.ts'
import { drawMessage } from '../draw/message.ts'
import type { Meta } from '../receive/metadata.ts'
import type { Sent, SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { respond } from '../send/response-url.ts'
import type { MessagePress, Responder, ShownReply } from './responder.ts'

type Place = { by?: Person; responseUrl?: string | undefined; message?: Sent | undefined }

/** Shows a reply in place of the message that was pressed. */
export function repaintPressed(
  responder: Responder,
  press: MessagePress,
  reply: ShownReply,
  wish?: string,
): Promise<void> {
  const noted = press.ephemeral ? undefined : press.message
  return repaintAndNote(responder, press, noted, reply, wish)
}

/**
 * Repaints the message a form was opened from: the card in the DM becomes the receipt of its answer,
 * or a card again after Undo.
 */
export async function repaintOrigin(
  responder: Responder,
  meta: Meta | null,
  reply: Reply,
): Promise<void> {
  const message = meta?.message
  if (!meta || !message) return
  const below = goesOnBelow(meta, reply)
  const shown = below ? reply : replyForOrigin(reply, taskIdOf(message.assignmentId))
  if (shown === null) return
  const { channel, ts } = message
  const at = ts === '' ? undefined : { channel, ts }
  const place = { responseUrl: meta.responseUrl, message: at }
  // An ephemeral message that was dismissed, or outlived its response_url, is nobody's loss.
  await repaintAndNote(responder, place, at, shown).catch((error: unknown) => {
    if (at) throw error
  })
}

/** `noted` is the message, where Parley keeps track of what it shows. */
async function repaintAndNote(
  { api, trackMessage }: Responder,
  place: Place,
  noted: Sent | undefined,
  reply: ShownReply,
  wish?: string,
): Promise<void> {
  try {
    const replaced = await repaint(api, place, drawMessage(reply, spoken(), wish))
    if (noted) trackMessage(replaced ?? noted, reply)
  } catch (error) {
    if (noted) trackMessage(noted, reply, true)
    throw error
  }
}

/**
 * Through the response_url while it lives (it has no rate limit), else by chat.update, else as a new
 * message: then it returns where that is.
 */
async function repaint(api: SlackApi, at: Place, message: Message): Promise<Sent | undefined> {
  if (at.responseUrl) {
    try {
      await respond(at.responseUrl, { ...message, replace_original: true })
      return undefined
    } catch (error) {
      if (!at.message) throw error
    }
  }
  if (!at.message) return undefined
  try {
    await api.update(at.message, message)
    return undefined
  } catch (error) {
    // Deleted, archived or too old to change: the person still gets the message.
    if (slackCode(error) === null || !at.by) throw error
    return api.post(at.by.userId, message)
  }
}

/**
 * Whether the next task comes in the message below: an output is improved between two tasks, in a window that
 * was opened for it alone.
 */
export function goesOnBelow(
  { assignmentId, message }: Pick<Meta, 'assignmentId' | 'message'>,
  reply: Reply,
): reply is Reply & { type: 'task' } {
  return reply.type === 'task' && message !== undefined && readImproveId(assignmentId) !== null
}

/** What the message a form was opened from shows after `reply`; null where that is about another task. */
function replyForOrigin(reply: Reply, assignmentId: string): ShownReply | null {
  if (reply.type === 'receipt') return reply.saved.assignmentId === assignmentId ? reply : null
  if (reply.type !== 'task' && reply.type !== 'form') return null
  if (reply.undo?.assignmentId === assignmentId)
    return { type: 'receipt', saved: reply.undo, goesOn: true }
  return reply.card.assignmentId === assignmentId ? { type: 'task', card: reply.card } : null
}

/** Changes an open window; false when it was closed. A second press of one button changes nothing. */
export async function changeView(
  api: SlackApi,
  viewId: string,
  hash: string | undefined,
  view: View,
): Promise<boolean> {
  try {
    await api.updateView(viewId, hash, view)
    return true
  } catch (error) {
    const code = slackCode(error)
    if (code === 'hash_conflict') return true
    if (code === 'not_found' || code === 'view_not_found') return false
    throw error
  }
}
