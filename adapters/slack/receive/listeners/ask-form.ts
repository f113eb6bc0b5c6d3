/** The window of a question to an arena, submitted. */
import type { App } from '@slack/bolt'
import { spoken } from '../../../../src/chat/words/words.ts'
import { askFormId, drawAskForm, readAskForm, underQuestion } from '../../draw/ask-form.ts'
import { drawFormResult } from '../../home/draw-windows.ts'
import type { Handle } from '../gestures.ts'
import { asSubmission } from '../payloads.ts'

export function listenForAskForms(app: App, handle: Handle): void {
  app.view({ callback_id: askFormId, type: 'view_submission' }, async ({ body, ack }) => {
    const gesture = readAskForm(asSubmission(body))
    if (!gesture) return ack()
    const reply = await handle(gesture)
    const said = spoken()
    if (reply.type === 'problems')
      return ack({ response_action: 'errors', errors: underQuestion(reply.problems) })
    const view =
      reply.type === 'ask-form'
        ? drawAskForm(reply.form, said)
        : drawFormResult(reply, said.arenaAsk, said)
    return ack({ response_action: 'update', view })
  })
}
