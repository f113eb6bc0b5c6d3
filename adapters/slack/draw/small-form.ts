/** The windows that are no task's and no admin's: a question to an arena, a message sent to Parley. Pure. */
import type { Reply } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { drawAskForm } from './ask-form.ts'
import type { View } from './blocks.ts'
import { drawFeedbackForm } from './feedback-form.ts'

type SmallForm = Reply & { type: 'ask-form' | 'feedback-form' }

export function isSmallForm(reply: Reply): reply is SmallForm {
  return reply.type === 'ask-form' || reply.type === 'feedback-form'
}

export function drawSmallForm(reply: SmallForm, said: Words): View {
  return reply.type === 'ask-form'
    ? drawAskForm(reply.form, said)
    : drawFeedbackForm(reply.form, said)
}
