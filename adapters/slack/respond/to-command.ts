/** Answers a command: at once where words are enough, else in the person's DM or in a window. */
import type { Reply } from '../../../src/chat/port/port.ts'
import { surfaceOf } from '../../../src/chat/port/surfaces.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import { drawMessage } from '../draw/message.ts'
import { drawSmallForm, isSmallForm } from '../draw/small-form.ts'
import { drawReader } from '../draw/task/reader.ts'
import type { ResponseMessage } from '../send/response-url.ts'
import { sendToDmFrom } from './direct-message.ts'
import { type CommandPlace, openTaskForm, type Responder } from './responder.ts'

/** `later` is what follows once the command is acknowledged. */
export function respondToCommand(
  responder: Responder,
  place: CommandPlace,
  reply: Reply,
): { ack?: ResponseMessage; later?: () => Promise<void> } {
  if (reply.type === 'form')
    return { later: () => openTaskForm(responder, place.trigger, reply, {}) }
  if (isSmallForm(reply))
    return { later: () => responder.api.openView(place.trigger, drawSmallForm(reply, spoken())) }
  if (reply.type === 'reader') {
    const view = drawReader(reply.reader, null, 0, spoken())
    return { later: () => responder.api.openView(place.trigger, view) }
  }
  if (reply.type === 'nothing') return {}
  switch (surfaceOf(reply)) {
    case 'card':
    case 'file':
      return { later: () => sendToDmFrom(responder, place, reply) }
    case 'message':
    case 'overview':
    case 'admin-form':
    case 'public':
    case 'notice':
      return { ack: { ...drawMessage(reply, spoken()), response_type: 'ephemeral' } }
  }
}
