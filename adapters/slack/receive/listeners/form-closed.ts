/** A task form that is closed without being submitted: what was entered is kept as a draft. */
import type { App } from '@slack/bolt'
import type { KeepDraft } from '../drafts.ts'
import { formId } from '../ids.ts'
import { asSubmission } from '../payloads.ts'

export function listenForClosedForms(app: App, keepDraft: KeepDraft): void {
  app.view({ callback_id: formId, type: 'view_closed' }, async ({ body, ack }) => {
    await keepDraft({ body: asSubmission(body), block: null })
    await ack()
  })
}
