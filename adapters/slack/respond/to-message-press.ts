/** Answers a press on a message: repaints it, opens a window over it, or answers beside it. */
import type { Reply } from '../../../src/chat/port/port.ts'
import { surfaceOf } from '../../../src/chat/port/surfaces.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import type { Message } from '../draw/blocks.ts'
import { drawMessage } from '../draw/message.ts'
import { drawSmallForm, isSmallForm } from '../draw/small-form.ts'
import { drawReader } from '../draw/task/reader.ts'
import { respond, whisper } from '../send/response-url.ts'
import { sendToDm, sendToDmFrom } from './direct-message.ts'
import { repaintPressed } from './repaint.ts'
import {
  type CommandPlace,
  type Intent,
  isBallot,
  type MessagePress,
  openTaskForm,
  type Responder,
} from './responder.ts'

export async function respondToMessagePress(
  responder: Responder,
  press: MessagePress,
  reply: Reply,
  intent: Intent,
): Promise<void> {
  if (intent.onPublicMessage) return respondToPublicPress(responder, press, reply, intent)
  if (reply.type === 'nothing') return
  if (isSmallForm(reply))
    return responder.api.openView(press.trigger, drawSmallForm(reply, spoken()))
  if (reply.type === 'form') return openFormOver(responder, press, reply, intent)
  if (reply.type === 'reader')
    return responder.api.openView(
      press.trigger,
      drawReader(reply.reader, intent.part ?? null, 0, spoken()),
    )
  if (reply.type === 'choices' && intent.isStart) return repaintPressed(responder, press, reply)
  const surface = surfaceOf(reply)
  switch (surface) {
    case 'card':
      if (!press.ephemeral || isBallot(reply))
        return repaintPressed(responder, press, reply, intent.wish)
      return sendToDmFrom(responder, asCommand(press), reply)
    case 'message':
      return repaintPressed(responder, press, reply)
    case 'file':
      await sendToDm(responder, press.by, reply)
      return
    case 'overview':
    case 'admin-form':
    case 'public':
    case 'notice':
      return whisperBeside(press, drawMessage(reply, spoken()))
  }
  surface satisfies never
}

/** What a whole channel sees stays as it is: the answer is for one person, in their DM or beside it. */
async function respondToPublicPress(
  responder: Responder,
  press: MessagePress,
  reply: Reply,
  intent: Intent,
): Promise<void> {
  switch (reply.type) {
    case 'form':
      return openTaskForm(responder, press.trigger, reply, {})
    case 'task':
      if (!isBallot(reply)) return sendToDmFrom(responder, asCommand(press), reply)
      return whisperBeside(press, drawMessage(reply, spoken()))
    case 'welcome':
      if (!intent.isVote) return sendToDmFrom(responder, asCommand(press, intent.wish), reply)
      return whisperBeside(press, drawMessage(reply, spoken(), intent.wish))
    case 'file':
      await sendToDm(responder, press.by, reply)
      return
    case 'reader':
      return responder.api.openView(
        press.trigger,
        drawReader(reply.reader, intent.part ?? null, 0, spoken()),
      )
    case 'ask-form':
    case 'feedback-form':
      return responder.api.openView(press.trigger, drawSmallForm(reply, spoken()))
    case 'nothing':
      return
    default:
      return whisperBeside(press, drawMessage(reply, spoken()))
  }
}

/** Opens the form of a card over the message whose button was pressed. */
async function openFormOver(
  responder: Responder,
  press: MessagePress,
  reply: Reply & { type: 'form' },
  intent: Intent,
): Promise<void> {
  const isHere = !press.ephemeral || isBallot(reply)
  // An ephemeral message changes through its response_url alone: it has no ts.
  const message = press.message && (press.ephemeral ? { ...press.message, ts: '' } : press.message)
  await openTaskForm(responder, press.trigger, reply, {
    ...(press.responseUrl && isHere ? { responseUrl: press.responseUrl } : {}),
    ...(message && isHere
      ? { message: { ...message, assignmentId: reply.card.assignmentId } }
      : {}),
  })
  // After the last tap of a ranking, or the Start of a first card, the message shows the task.
  if ((intent.isTap || intent.isStart) && isHere)
    await repaintPressed(responder, press, { type: 'task', card: reply.card })
  else if (press.message && !press.ephemeral) responder.trackMessage(press.message, reply)
}

/** A press in a channel leads to the same as a command typed there. */
function asCommand(press: MessagePress, wish?: string): CommandPlace {
  return {
    by: press.by,
    trigger: press.trigger,
    responseUrl: press.responseUrl ?? '',
    channel: press.message?.channel ?? '',
    ...(wish === undefined ? {} : { wish }),
  }
}

/** An ephemeral message for the person who pressed. */
async function whisperBeside(press: MessagePress, message: Message): Promise<void> {
  if (!press.responseUrl) throw new Error('A press on a message came without a response_url.')
  return respond(press.responseUrl, whisper(message))
}
