/** A card and its form as Slack would be sent them, for a page. Pure. */
import type { DrawnPreview, Reply } from '../../../../src/chat/port/port.ts'
import { wordsOn } from '../../../../src/chat/words/words.ts'
import { drawMessage } from '../message.ts'
import { drawForm } from './form.ts'

export function drawPreview(reply: Reply, locale?: string): DrawnPreview {
  const said = wordsOn('slack', locale)
  if (reply.type === 'nothing') return { message: { blocks: [] }, form: null }
  const message = drawMessage(reply, said)
  if (reply.type !== 'task') return { message, form: null }
  const { assignmentId, schemaVersion } = reply.card
  const meta = { assignmentId, schemaVersion, nonce: 'preview' }
  return { message, form: drawForm(reply.card, meta, {}, said) }
}
