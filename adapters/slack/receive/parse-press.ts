/** Turns a press of a button, or a choice in a menu, into an Interaction. Pure. */
import {
  daysId,
  parseCancelId,
  parseMyDataId,
  parsePublicId,
  parseReminderId,
  readDays,
} from '../../../src/chat/port/ids.ts'
import { type Interaction, type Person, postReadingId } from '../../../src/chat/port/port.ts'
import { parseHomeId } from '../home/ids.ts'
import { type Pressed, parseId } from './ids.ts'
import type { ActionBody } from './payloads.ts'
import { personOf } from './person.ts'

export type Press = {
  gesture: Interaction
  /** The page of a long text to turn to. */
  page?: number
  /** The whole text is wanted as a file. */
  asFile?: boolean
  /** It was made on a message that a whole channel sees. */
  onPublicMessage?: boolean
}

/** What a press asks for; null for buttons this version does not know. */
export function parsePress(body: ActionBody): Press | null {
  const [action] = body.actions
  const id = action?.selected_option?.value ?? action?.value ?? ''
  const by = personOf(body, body.channel?.id ?? body.container?.channel_id)
  if (action?.action_id === daysId && action.selected_options)
    return { gesture: { by, ...readDays(action.selected_options.map(({ value }) => value)) } }
  const ofPublic = parsePublicId(id, body.container?.message_ts ?? body.message?.ts)
  if (ofPublic) return { gesture: { by, ...ofPublic }, onPublicMessage: true }
  const other = parseHomeId(id) ?? parseReminderId(id) ?? parseMyDataId(id) ?? parseCancelId(id)
  if (other) return { gesture: { by, ...other } }
  const pressed = parseId(id)
  return pressed && pressOnTask(by, pressed)
}

function pressOnTask(by: Person, pressed: Pressed): Press | null {
  switch (pressed.verb) {
    case 'press': {
      const { assignmentId, schemaVersion, press } = pressed
      return { gesture: { by, type: 'press', assignmentId, schemaVersion, press } }
    }
    case 'rank': {
      const { assignmentId, schemaVersion, step, tap } = pressed
      return { gesture: { by, type: 'rank', assignmentId, schemaVersion, step, tap } }
    }
    case 'undo': {
      const { verb: type, ...which } = pressed
      return { gesture: { by, type, ...which } }
    }
    case 'open':
    case 'edit':
    case 'guidelines':
      return { gesture: { by, type: pressed.verb, assignmentId: pressed.assignmentId } }
    case 'skip': {
      const { assignmentId, reason } = pressed
      return { gesture: { by, type: 'discard', assignmentId, reason } }
    }
    // It opens a window that asks for the reason: see on-skip-form.ts.
    case 'why':
      return null
    case 'read': {
      const { assignmentId, part, page, as, view } = pressed
      return {
        gesture: { by, type: 'read', assignmentId, part, ...(view ? { view } : {}) },
        ...(as === 'read' ? {} : { page }),
        ...(as === 'file' ? { asFile: true } : {}),
      }
    }
    case 'text': {
      const { assignmentId, view } = pressed
      return { gesture: { by, type: 'render', assignmentId, view } }
    }
    case 'next':
      return { gesture: { by, type: 'next', ...wished(pressed.dataset) } }
    case 'start': {
      const { version, dataset } = pressed
      return { gesture: { by, type: 'consent', version, ...wished(dataset) } }
    }
  }
}

function wished(dataset: string | null): { dataset?: string } {
  return dataset === null ? {} : { dataset }
}

/** The dataset or post a gesture asks for, kept while a newcomer agrees first. */
export function wishOf(gesture: Interaction): { wish?: string } {
  if (gesture.type === 'vote') return { wish: postReadingId(gesture.postId) }
  if (gesture.type !== 'next' && gesture.type !== 'consent') return {}
  return gesture.dataset === undefined ? {} : { wish: gesture.dataset }
}
