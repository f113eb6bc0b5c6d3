/** Typing into a menu with more options than Slack holds: it asks for those that fit. */
import type { App } from '@slack/bolt'
import { spoken } from '../../../../src/chat/words/words.ts'
import { searchOptions } from '../../draw/questions/choices.ts'
import { inputId } from '../../draw/questions/input.ts'
import type { FindForm } from '../drafts.ts'
import { questionOf } from '../ids.ts'
import { parseForm } from '../parse-form.ts'
import { asSearch } from '../payloads.ts'

export function listenForOptionSearch(app: App, findForm: FindForm): void {
  app.options<'block_suggestion'>({ action_id: inputId }, async ({ body, ack }) => {
    const search = asSearch(body)
    const form = parseForm(search)
    const shown = form ? await findForm(form.by, form.meta) : null
    const name = form ? questionOf(form.meta.assignmentId, search.block_id) : null
    const question = shown?.questions.find((one) => one.name === name)
    await ack({ options: question ? searchOptions(question, search.value, spoken()) : [] })
  })
}
