/** "Another reason…" for a skip: a small window that asks for it and remembers where it was opened. Pure. */
import type { Interaction } from '../../../../src/chat/port/port.ts'
import { mostReasonChars } from '../../../../src/chat/port/port.ts'
import { unescapeSlack } from '../../../../src/chat/text.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { limits } from '../../limits.ts'
import { parseId } from '../../receive/ids.ts'
import type { ActionBody, SubmissionBody } from '../../receive/payloads.ts'
import { personOf } from '../../receive/person.ts'
import { label, plain, type View } from '../blocks.ts'

export const skipFormId = 'v1:skip-form'

/** The task whose skip needs another reason; null for any other press. */
export function readSkipWhy({ actions: [action] }: ActionBody): string | null {
  const pressed = parseId(action?.selected_option?.value ?? action?.value ?? '')
  return pressed?.verb === 'why' ? pressed.assignmentId : null
}

/** Closing it skips nothing. */
export function drawSkipForm(assignmentId: string, action: ActionBody, said: Words): View {
  return {
    type: 'modal',
    callback_id: skipFormId,
    private_metadata: JSON.stringify({ assignmentId, from: placeOfPress(action) }),
    title: label(said.skipWhyTitle, limits.viewTitle),
    submit: plain(said.skip),
    close: plain(said.cancel),
    blocks: [
      {
        type: 'input',
        block_id: block,
        label: label(said.skipWhy, limits.inputLabel),
        element: {
          type: 'plain_text_input',
          action_id: input,
          multiline: true,
          max_length: mostReasonChars,
          focus_on_load: true,
        },
      },
    ],
  }
}

/** The skip, and the press to answer it at; null for another form, `errors` without a reason. */
export function readSkipForm(
  body: SubmissionBody,
  said: Words,
): { gesture: Interaction; action: ActionBody } | { errors: Record<string, string> } | null {
  const kept = readKept(body.view.private_metadata ?? '')
  if (!kept) return null
  const { assignmentId, from } = kept
  const text = unescapeSlack(body.view.state?.values?.[block]?.[input]?.value ?? '').trim()
  if (text === '') return { errors: { [block]: said.skipWhy } }
  const { view: _, ...who } = body
  const action: ActionBody = { ...who, ...from, trigger_id: body.trigger_id ?? '', actions: [] }
  const by = personOf(body, from.channel?.id ?? from.container?.channel_id)
  return { gesture: { by, type: 'discard', assignmentId, reason: 'other', text }, action }
}

const block = 'v1:reason'
const input = 'v1:reason'

type From = Pick<ActionBody, 'response_url' | 'channel' | 'message' | 'container' | 'view'>

/** The parts of a press needed to answer it: the message or window it was made on. */
function placeOfPress({ response_url, channel, message, container, view }: ActionBody): From {
  return {
    ...(response_url ? { response_url } : {}),
    ...(channel?.id ? { channel: { id: channel.id } } : {}),
    ...(message?.ts ? { message: { ts: message.ts } } : {}),
    ...(container && !view
      ? {
          container: {
            ...(container.channel_id ? { channel_id: container.channel_id } : {}),
            ...(container.message_ts ? { message_ts: container.message_ts } : {}),
            ...(container.is_ephemeral ? { is_ephemeral: true } : {}),
          },
        }
      : {}),
    ...(view?.id && view.type === 'modal'
      ? {
          view: {
            id: view.id,
            type: view.type,
            ...(view.callback_id ? { callback_id: view.callback_id } : {}),
            ...(view.private_metadata ? { private_metadata: view.private_metadata } : {}),
          },
        }
      : {}),
  }
}

/** Reads back what drawSkipForm wrote. */
function readKept(text: string): { assignmentId: string; from: From } | null {
  try {
    const kept: unknown = JSON.parse(text)
    if (typeof kept !== 'object' || kept === null) return null
    const { assignmentId, from } = kept as Partial<{ assignmentId: string; from: From }>
    return typeof assignmentId === 'string' && from ? { assignmentId, from } : null
  } catch {
    return null
  }
}
