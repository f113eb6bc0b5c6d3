/** The form of an export, submitted. */
import type { App } from '@slack/bolt'
import { spoken } from '../../../../src/chat/words/words.ts'
import { withAlert } from '../../draw/alerts.ts'
import { drawFormResult } from '../../home/draw-windows.ts'
import { readExportForm } from '../../home/export-form.ts'
import { exportFormId } from '../../home/ids.ts'
import type { Handle } from '../gestures.ts'
import { asSubmission, type SubmissionBody } from '../payloads.ts'
import { personOf } from '../person.ts'

export function listenForExportForms(app: App, handle: Handle): void {
  app.view({ callback_id: exportFormId, type: 'view_submission' }, async ({ body, ack }) => {
    const submission = asSubmission(body)
    const by = personOf(submission)
    const asked = readExportForm(submission)
    const reply = await handle({ by, type: 'admin-export', ...asked, inForm: true })
    if (reply.type === 'problems') {
      const errors = placeOptions(submission, reply.problems)
      if (errors) return ack({ response_action: 'errors', errors })
      const why = Object.values(reply.problems).join(' ')
      return ack({ response_action: 'update', view: withAlert(submission, why) })
    }
    const view = drawFormResult(reply, spoken().exportFile, spoken())
    return ack({ response_action: 'update', view })
  })
}

/** Each problem under the option it is about; null where one is about none that is shown. */
function placeOptions(
  { view }: SubmissionBody,
  problems: Readonly<Record<string, string>>,
): Record<string, string> | null {
  const blocks = (view.blocks ?? []).flatMap(({ type, block_id }) =>
    type === 'input' && block_id ? [block_id] : [],
  )
  return Object.keys(problems).every((name) => blocks.includes(name)) ? { ...problems } : null
}
