/** The window that asks for another reason to skip, submitted. */
import type { App } from '@slack/bolt'
import { spoken } from '../../../../src/chat/words/words.ts'
import { readSkipForm, skipFormId } from '../../draw/task/skip-form.ts'
import type { HomeResponder } from '../../respond/to-home-press.ts'
import { respondToPress } from '../../respond/to-press.ts'
import type { Handle } from '../gestures.ts'
import { asSubmission } from '../payloads.ts'

export function listenForSkipForms(app: App, responder: HomeResponder, handle: Handle): void {
  app.view({ callback_id: skipFormId, type: 'view_submission' }, async ({ body, ack }) => {
    const skip = readSkipForm(asSubmission(body), spoken())
    if (skip && 'errors' in skip) return ack({ response_action: 'errors', errors: skip.errors })
    const reply = skip ? await handle(skip.gesture) : null
    await ack()
    if (skip && reply) await respondToPress(responder, skip.action, reply, {})
  })
}
