/** Answers a press where it was made: on the Home tab, in a window, or on a message. */
import type { Person, Reply } from '../../../src/chat/port/port.ts'
import { cardWindowId } from '../home/ids.ts'
import { readMeta } from '../receive/metadata.ts'
import type { ActionBody } from '../receive/payloads.ts'
import { personOf } from '../receive/person.ts'
import { orApologize } from './apologize.ts'
import type { Intent, MessagePress } from './responder.ts'
import { type HomeResponder, respondInCardWindow, respondToHomePress } from './to-home-press.ts'
import { respondToMessagePress } from './to-message-press.ts'
import { respondToWindowPress } from './to-window-press.ts'

export function respondToPress(
  responder: HomeResponder,
  action: ActionBody,
  reply: Reply,
  intent: Intent,
): Promise<void> {
  const place = placeOf(action)
  const { by } = place
  const trigger = action.trigger_id
  return orApologize(responder, place, () => {
    const { id: viewId, type, hash, callback_id, private_metadata } = action.view ?? {}
    if (type === 'home') return respondToHomePress(responder, { by, trigger }, reply, intent)
    if (viewId && callback_id === cardWindowId && reply.type === 'task')
      return respondInCardWindow(responder, { by, viewId, hash }, reply)
    if (!viewId) return respondToMessagePress(responder, messagePress(by, action), reply, intent)
    const meta = readMeta(private_metadata ?? '')
    return respondToWindowPress(responder, { by, trigger, viewId, hash, meta }, reply, intent)
  })
}

/** Who pressed, and where their press can be answered. */
export function placeOf(action: ActionBody): { by: Person; responseUrl?: string } {
  return {
    by: personOf(action),
    ...(action.response_url ? { responseUrl: action.response_url } : {}),
  }
}

function messagePress(by: Person, action: ActionBody): MessagePress {
  const channel = action.container?.channel_id ?? action.channel?.id
  const ts = action.container?.message_ts ?? action.message?.ts
  return {
    by,
    trigger: action.trigger_id,
    responseUrl: action.response_url,
    message: channel && ts ? { channel, ts } : undefined,
    ephemeral: action.container?.is_ephemeral === true,
  }
}
