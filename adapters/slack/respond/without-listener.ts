/** What a request is answered with when its listener did not answer: it is late, or never ran. */
import type { Reply } from '../../../src/chat/port/port.ts'
import { localeNow, spoken } from '../../../src/chat/words/words.ts'
import { asParleyError } from '../../../src/errors.ts'
import { withAlert } from '../draw/alerts.ts'
import { drawText } from '../draw/notice.ts'
import { asAction, asSubmission } from '../receive/payloads.ts'
import type { HomeResponder } from './to-home-press.ts'
import { respondToPress } from './to-press.ts'
import type { SubmissionAnswer } from './to-submission.ts'

type Body = Record<string, unknown>

/** The listener is late: words for the person instead of Slack's error. */
export function answerLate(body: Body): unknown {
  const said = spoken()
  if (typeof body['command'] === 'string')
    return { ...drawText(said.stillWorking), response_type: 'ephemeral' }
  if (body['type'] !== 'view_submission') return undefined
  return inForm(body, said.submitAgain)
}

/** Nothing could be looked up, so the listener never ran. */
export async function answerUnavailable(
  responder: HomeResponder,
  body: Body,
  error: unknown,
): Promise<unknown> {
  const text = asParleyError(error)?.messageIn(localeNow()) ?? spoken().broken
  if (typeof body['command'] === 'string') return { ...drawText(text), response_type: 'ephemeral' }
  if (body['type'] === 'view_submission') return inForm(body, text)
  const reply: Reply = { type: 'notice', text }
  if (body['type'] === 'block_actions') await respondToPress(responder, asAction(body), reply, {})
  return undefined
}

/** Above the form, which stays open with everything in it. */
function inForm(body: Body, text: string): SubmissionAnswer {
  return { response_action: 'update', view: withAlert(asSubmission(body), text) }
}
