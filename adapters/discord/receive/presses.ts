/** Reads a press on a button or a choice in a menu. Pure. */
import {
  daysId,
  parseCancelId,
  parseMyDataId,
  parsePublicId,
  readDays,
} from '../../../src/chat/port/ids.ts'
import { type Interaction, type Person, postReadingId } from '../../../src/chat/port/port.ts'
import { parseReminderId } from '../draw/home/reminders.ts'
import { readerPart } from '../draw/task/reading.ts'
import { type Pressed, parseId } from './ids.ts'
import { homeVerbs, type PagePress } from './page-ids.ts'
import type { Asked, Parsed } from './parsed.ts'
import { personOf, type Raw } from './payload.ts'

/** The gesture of a press, or what has to be looked up for it. */
export function parsePress(raw: Raw): Parsed {
  const by = personOf(raw)
  const { custom_id = '', values = [] } = raw.data ?? {}
  const own = parseId(custom_id)
  // A menu whose options are ids: the option is what was pressed.
  const id = own?.verb === 'menu' ? (values[0] ?? '') : custom_id
  if (custom_id === daysId) return plain({ by, ...readDays(values) })
  const ofMyData = parseMyDataId(id)
  if (ofMyData) return plain({ by, ...ofMyData })
  const ofCancel = parseCancelId(id)
  if (ofCancel) return plain({ by, ...ofCancel })
  const ofReminder = parseReminderId(id)
  if (ofReminder)
    return 'zones' in ofReminder
      ? { type: 'zones', by, at: ofReminder.zones }
      : plain({ by, ...ofReminder.gesture })
  const ofPublic = parsePublicId(id, raw.message?.id)
  if (ofPublic)
    return {
      type: 'gesture',
      gesture: { by, ...ofPublic },
      asked: ofPublic.type === 'vote' ? { wish: postReadingId(ofPublic.postId) } : wishOf(ofPublic),
    }
  const pressed = own?.verb === 'menu' ? parseId(id) : own
  return pressed
    ? parsePressed(by, pressed, values)
    : { type: 'say', text: (said) => said.oldButton }
}

/** `values` are the options chosen, where it is a menu. */
function parsePressed(by: Person, pressed: Pressed, values: readonly string[]): Parsed {
  switch (pressed.verb) {
    case 'press': {
      const { verb: type, ...which } = pressed
      return plain({ by, type, ...which })
    }
    case 'rank': {
      const { verb: type, ...which } = pressed
      return plain({ by, type, ...which })
    }
    case 'undo': {
      const { verb: type, ...which } = pressed
      return plain({ by, type, ...which })
    }
    case 'open': {
      const { assignmentId, start, editing } = pressed
      return { type: 'open', gesture: { by, type: editing ? 'edit' : 'open', assignmentId }, start }
    }
    case 'skip': {
      const { assignmentId, reason } = pressed
      return plain({ by, type: 'discard', assignmentId, reason })
    }
    case 'why':
      return { type: 'ask-reason', by, assignmentId: pressed.assignmentId }
    case 'read': {
      const { assignmentId, schemaVersion, ref, page, as, view } = pressed
      const on = { assignmentId, schemaVersion }
      return { type: 'read', by, on, ref, part: readerPart(ref), page, as, view }
    }
    case 'text': {
      const { assignmentId, view, start, editing } = pressed
      const gesture: Interaction = { by, type: 'render', assignmentId, view }
      return { type: 'render', gesture: editing ? { ...gesture, editing } : gesture, start }
    }
    case 'pick':
    case 'page': {
      const { verb, ...pick } = pressed
      return verb === 'pick'
        ? { type: 'pick', by, pick, chosen: values }
        : { type: 'page', by, pick }
    }
    case 'done': {
      const { assignmentId, schemaVersion, editing } = pressed
      return { type: 'done', by, assignmentId, schemaVersion, editing }
    }
    default:
      return parsePagePress(by, pressed)
  }
}

function parsePagePress(by: Person, pressed: PagePress): Parsed {
  switch (pressed.verb) {
    case 'next':
      return plainNext(by, pressed.dataset)
    case 'start': {
      const { version, dataset, zone } = pressed
      return plain({
        ...{ by, type: 'consent', version },
        ...(dataset === null ? {} : { dataset }),
        ...(zone === null ? {} : { zone }),
      })
    }
    case 'greet':
      return { type: 'welcome', by, greet: pressed }
    case 'show':
      return plain({ by, type: pressed.what })
    case 'manage':
      return { type: 'panel', by, dataset: pressed.dataset }
    case 'of': {
      const { act, dataset, page, turn } = pressed
      const gesture = { by, type: homeVerbs[act], dataset }
      return { type: 'dataset', gesture, act, dataset, page, turn }
    }
    case 'exportas': {
      const { dataset, format } = pressed
      return plain({ by, type: 'admin-export-form', dataset, format })
    }
    case 'menu':
      return { type: 'say', text: (said) => said.oldButton }
  }
}

/** The dataset a gesture asks for, kept for a newcomer's Start. */
export function wishOf(gesture: { type: string; dataset?: string }): Asked {
  return gesture.type === 'next' && gesture.dataset ? { wish: gesture.dataset } : {}
}

function plainNext(by: Person, dataset: string | null): Parsed {
  return {
    type: 'gesture',
    gesture: { by, type: 'next', ...(dataset === null ? {} : { dataset }) },
    asked: dataset === null ? {} : { wish: dataset },
  }
}

function plain(gesture: Interaction): Parsed {
  return { type: 'gesture', gesture, asked: {} }
}
