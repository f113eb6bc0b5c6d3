/** A card and the first step of its form as Discord would be sent them, for a page. Pure. */
import type { DrawnPreview, Reply } from '../../../../src/chat/port/port.ts'
import { wordsOn } from '../../../../src/chat/words/words.ts'
import { drawMessage } from '../message.ts'
import { drawForm } from './forms.ts'

export function drawPreview(reply: Reply, locale?: string): DrawnPreview {
  const said = wordsOn('discord', locale)
  if (reply.type === 'nothing') return { message: { components: [] }, form: null }
  const message = drawMessage(reply, said)
  if (reply.type !== 'task') return { message, form: null }
  return { message, form: drawForm(reply.card, { question: 0, part: 0 }, 'preview', said) }
}
