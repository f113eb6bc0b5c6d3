/** A submitted task form: its entries are read back, submitted, and the window answered. */
import type { App } from '@slack/bolt'
import type { Inside, Person, Reply, ShownForm } from '../../../../src/chat/port/port.ts'
import { localeNow, spoken } from '../../../../src/chat/words/words.ts'
import { asParleyError, ParleyError } from '../../../../src/errors.ts'
import { sameView, withAlert } from '../../draw/alerts.ts'
import { orApologize } from '../../respond/apologize.ts'
import { repaintOrigin } from '../../respond/repaint.ts'
import type { Responder } from '../../respond/responder.ts'
import {
  respondToSubmission,
  type SubmissionAnswer,
  sameForm,
} from '../../respond/to-submission.ts'
import { readAnswerFile } from '../answer-file.ts'
import type { FindForm, KeepDraft } from '../drafts.ts'
import type { Handle } from '../gestures.ts'
import { formId } from '../ids.ts'
import type { Meta } from '../metadata.ts'
import { isAboutHidden, parseForm, parseSubmission, placeProblems } from '../parse-form.ts'
import { asSubmission, type SubmissionBody } from '../payloads.ts'
import { isLate } from '../receiver.ts'

type Context = {
  responder: Responder
  handle: Handle
  findForm: FindForm
  keepDraft: KeepDraft
  log: Inside['log']
}

type Form = { submission: SubmissionBody; by: Person; meta: Meta }

/** `reply` is shown on the message the form was opened from. */
type Submitted = { answer: SubmissionAnswer; reply?: Reply }

export function listenForTaskForms(app: App, context: Context): void {
  const { responder } = context
  app.view({ callback_id: formId, type: 'view_submission' }, async ({ body, ack, ...args }) => {
    const submission = asSubmission(body)
    const form = parseForm(submission)
    const submitted = form ? await submit(context, { submission, ...form }) : null
    const shown = submitted?.answer ?? {
      response_action: 'update' as const,
      view: sameView(submission),
    }
    await ack(shown)
    if (!form) return
    await orApologize(responder, { by: form.by }, async () => {
      if (submitted?.reply) await repaintOrigin(responder, form.meta, submitted.reply)
      if (isLate(args.context) && submission.view.id && 'view' in shown)
        await responder.api.updateView(submission.view.id, undefined, shown.view)
    })
  })
}

async function submit(context: Context, form: Form): Promise<Submitted> {
  const { responder, handle, keepDraft } = context
  const { submission, by, meta } = form
  const { assignmentId, schemaVersion } = meta
  const shown = await findShown(context, form)
  if (typeof shown === 'string')
    return { answer: respondToSubmission(responder, meta, { type: 'notice', text: shown }, {}) }
  const { values, lost } = parseSubmission(submission, meta, shown)
  if (lost) {
    const again = await reopen(handle, form)
    if (again.type === 'form' || again.type === 'task')
      return { answer: sameForm(responder, meta, again.card, spoken().lostInput) }
  }
  const file = await readAnswerFile(submission, meta, responder.api, spoken())
  if (file && 'errors' in file) {
    await keepDraft({ body: submission, block: null })
    return { answer: { response_action: 'errors', errors: file.errors } }
  }
  if (file) values[file.question] = file.text
  const reply = await handle({ by, type: 'submit', assignmentId, schemaVersion, values })
  if (reply.type !== 'problems')
    return { answer: respondToSubmission(responder, meta, reply, {}), reply }
  if (isAboutHidden(submission, meta, reply.problems)) {
    const again = await reopen(handle, form)
    const why = Object.values(reply.problems).join(' ')
    if (again.type === 'form') return { answer: sameForm(responder, meta, again.card, why) }
    return { answer: { response_action: 'update', view: withAlert(submission, why) }, reply }
  }
  const errors = placeProblems(submission, meta, reply.problems)
  return { answer: respondToSubmission(responder, meta, reply, errors), reply }
}

/** What the form was drawn from, or why it cannot be submitted. */
async function findShown(
  { findForm, log }: Context,
  { by, meta }: Form,
): Promise<ShownForm | string> {
  try {
    return (await findForm(by, meta)) ?? spoken().oldButton
  } catch (error) {
    log.error({ event: 'slack.form_unread', err: error }, 'A form could not be read back.')
    const known = asParleyError(error) ?? new ParleyError('unavailable', spoken().broken)
    return known.messageIn(localeNow())
  }
}

function reopen(handle: Handle, { by, meta: { assignmentId, editing } }: Form): Promise<Reply> {
  return handle({ by, type: editing ? 'edit' : 'open', assignmentId })
}
