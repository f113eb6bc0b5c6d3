/** The window of a message that was sent to Parley, submitted. */
import type { App } from '@slack/bolt'
import { spoken } from '../../../../src/chat/words/words.ts'
import { feedbackFormId, readFeedbackForm, underInputs } from '../../draw/feedback-form.ts'
import { drawFormResult } from '../../home/draw-windows.ts'
import type { Handle } from '../gestures.ts'
import { asSubmission } from '../payloads.ts'

export function listenForFeedbackForms(app: App, handle: Handle): void {
  app.view({ callback_id: feedbackFormId, type: 'view_submission' }, async ({ body, ack }) => {
    const gesture = readFeedbackForm(asSubmission(body))
    if (!gesture) return ack()
    const reply = await handle(gesture)
    const said = spoken()
    if (reply.type === 'problems')
      return ack({ response_action: 'errors', errors: underInputs(reply.problems) })
    const view = drawFormResult(reply, said.feedbackSend, said)
    return ack({ response_action: 'update', view })
  })
}
