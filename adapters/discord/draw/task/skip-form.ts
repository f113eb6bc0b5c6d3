/** "Another reason…" of a skip: the small form that asks for it. Pure. */
import { mostReasonChars } from '../../../../src/chat/port/port.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { inputId, skipFormId } from '../../receive/form-ids.ts'
import { label, type ModalBody, modal } from '../components.ts'

/** Closing it skips nothing. */
export function drawSkipForm(assignmentId: string, nonce: string, said: Words): ModalBody {
  return modal(skipFormId(assignmentId, nonce), said.skipWhyTitle, [
    label(said.skipWhy, {
      type: 4,
      custom_id: inputId(0, 'reason', nonce),
      style: 2,
      required: true,
      max_length: mostReasonChars,
    }),
  ])
}
