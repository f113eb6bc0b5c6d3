/** The form of an import by file, submitted. */
import type { App } from '@slack/bolt'
import { spoken } from '../../../../src/chat/words/words.ts'
import { withAlert } from '../../draw/alerts.ts'
import { drawFormResult } from '../../home/draw-windows.ts'
import { readDatasetName } from '../../home/form-dataset.ts'
import { importFormId } from '../../home/ids.ts'
import { readGivenFile, underFile } from '../../home/import-form.ts'
import type { HomeResponder } from '../../respond/to-home-press.ts'
import type { Handle } from '../gestures.ts'
import { asSubmission } from '../payloads.ts'
import { personOf } from '../person.ts'

export function listenForImportForms(
  app: App,
  { api, howToAllow }: Pick<HomeResponder, 'api' | 'howToAllow'>,
  handle: Handle,
): void {
  app.view({ callback_id: importFormId, type: 'view_submission' }, async ({ body, ack }) => {
    const submission = asSubmission(body)
    const by = personOf(submission)
    const dataset = readDatasetName(submission.view)
    // Asked first, so that people who may not import are refused before Slack is asked for the file.
    const allowed = await handle({ by, type: 'admin-import-form', dataset })
    if (allowed.type !== 'import-form') {
      const why = allowed.type === 'notice' ? allowed.text : spoken().broken
      return ack({ response_action: 'update', view: withAlert(submission, why) })
    }
    const read = await readGivenFile(submission, api, howToAllow, spoken())
    if ('problem' in read)
      return ack({ response_action: 'errors', errors: underFile(read.problem) })
    const { name } = allowed.dataset
    const reply = await handle({ by, type: 'admin-import', dataset: name, file: read.file })
    const view = drawFormResult(reply, spoken().importFile, spoken())
    return ack({ response_action: 'update', view })
  })
}
