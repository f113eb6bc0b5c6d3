/** A press of a button or a choice in a menu, wherever it is: in a message, a window or on the Home tab. */
import type { App } from '@slack/bolt'
import type { Interaction } from '../../../../src/chat/port/port.ts'
import { spoken } from '../../../../src/chat/words/words.ts'
import { ParleyError } from '../../../../src/errors.ts'
import { drawSkipForm, readSkipWhy } from '../../draw/task/skip-form.ts'
import { readFormatChosen, showFormat } from '../../home/export-form.ts'
import { apologize, orApologize } from '../../respond/apologize.ts'
import { repaintOrigin } from '../../respond/repaint.ts'
import type { Intent } from '../../respond/responder.ts'
import type { HomeResponder } from '../../respond/to-home-press.ts'
import { placeOf, respondToPress } from '../../respond/to-press.ts'
import { redrawForm } from '../../respond/to-submission.ts'
import { type KeepDraft, readEntered } from '../drafts.ts'
import type { Handle } from '../gestures.ts'
import { formId } from '../ids.ts'
import { readMeta } from '../metadata.ts'
import { type Press, parsePress, wishOf } from '../parse-press.ts'
import { type ActionBody, asAction, type ViewBody } from '../payloads.ts'

export function listenForPresses(
  app: App,
  responder: HomeResponder,
  handle: Handle,
  keepDraft: KeepDraft,
): void {
  // Buttons of any version: an unreadable one is answered with words, never with Slack's own error.
  app.action(/^/, async ({ body, ack }) => {
    const action = asAction(body)
    const format = readFormatChosen(action)
    const entered = format ? null : readEntered(action)
    const skipped = readSkipWhy(action)
    const press = parsePress(action)
    if (format || entered || skipped !== null || !press) await ack()
    if (format) return showFormat(responder.api, handle, placeOf(action).by, format)
    if (entered) return keepDraft(entered)
    if (skipped !== null) return askSkipReason(responder, action, skipped)
    // Typing into a form's inputs may arrive here too, and needs no answer.
    if (!press) return isPress(action) ? sayOldButton(responder, action) : undefined
    const { gesture } = press
    if (gesture.type === 'render' && action.view?.callback_id === formId) {
      await ack()
      return showFormAs(responder, handle, keepDraft, { ...action, view: action.view }, gesture)
    }
    const reply = await handle(gesture)
    await ack()
    await respondToPress(responder, action, reply, intentOf(press))
  })
}

function intentOf({ gesture, page, asFile, onPublicMessage }: Press): Intent {
  return {
    ...wishOf(gesture),
    ...(gesture.type === 'read' ? { part: gesture.part } : {}),
    ...(gesture.type === 'rank' ? { isTap: true } : {}),
    ...(gesture.type === 'consent' ? { isStart: true } : {}),
    ...(onPublicMessage ? { onPublicMessage, isVote: gesture.type === 'vote' } : {}),
    ...(page === undefined ? {} : { page }),
    ...(asFile ? { asFile } : {}),
  }
}

/** Opens the window that asks for another reason to skip. */
function askSkipReason(responder: HomeResponder, action: ActionBody, assignmentId: string) {
  const { api } = responder
  return orApologize(responder, placeOf(action), async () => {
    const view = drawSkipForm(assignmentId, action, spoken())
    const isInWindow = action.view?.type === 'modal'
    await (isInWindow ? api.pushView : api.openView)(action.trigger_id, view)
  })
}

function sayOldButton(responder: HomeResponder, action: ActionBody): Promise<void> {
  const place = placeOf(action)
  return orApologize(responder, place, () =>
    apologize(responder, place, new ParleyError('conflict', spoken().oldButton)),
  )
}

/** Shows the texts in an open form rendered, or as written; what was entered is kept first. */
async function showFormAs(
  responder: HomeResponder,
  handle: Handle,
  keepDraft: KeepDraft,
  action: ActionBody & { view: ViewBody },
  gesture: Interaction & { type: 'render' },
): Promise<void> {
  const meta = readMeta(action.view.private_metadata ?? '')
  await keepDraft({ body: action, block: null })
  const reply = await handle(meta?.editing ? { ...gesture, editing: true } : gesture)
  if (reply.type !== 'task' || !meta) return respondToPress(responder, action, reply, {})
  await orApologize(responder, placeOf(action), async () => {
    await redrawForm(responder, action, meta, reply.card)
    // The message below shows the task too, unless it shows the receipt that is edited.
    if (!meta.editing) await repaintOrigin(responder, meta, reply)
  })
}

function isPress(action: ActionBody): boolean {
  const [first] = action.actions
  return first?.value !== undefined || Boolean(first?.selected_option)
}
