/** Registers every listener, one from each file of this folder. */
import type { App } from '@slack/bolt'
import type { Leave } from '../../install/leave.ts'
import type { HomeResponder } from '../../respond/to-home-press.ts'
import { redrawForm } from '../../respond/to-submission.ts'
import { type FindForm, openDrafts } from '../drafts.ts'
import type { Handle } from '../gestures.ts'
import { listenForAskForms } from './ask-form.ts'
import { listenForCommands } from './command.ts'
import { listenForExportForms } from './export-form.ts'
import { listenForFeedbackForms } from './feedback-form.ts'
import { listenForClosedForms } from './form-closed.ts'
import { listenForHomeOpened } from './home-opened.ts'
import { listenForImportForms } from './import-form.ts'
import { listenForMessageShortcut } from './message-shortcut.ts'
import { listenForOptionSearch } from './option-search.ts'
import { listenForPresses } from './press.ts'
import { listenForReactions } from './reaction.ts'
import { listenForRemoval } from './removal.ts'
import { listenForSkipForms } from './skip-form.ts'
import { listenForStartShortcut } from './start-shortcut.ts'
import { listenForTaskForms } from './task-form.ts'

type Context = { responder: HomeResponder; handle: Handle; findForm: FindForm; leave: Leave }

export function listenToSlack(app: App, { responder, handle, findForm, leave }: Context): void {
  const { log, home } = responder
  const keepDraft = openDrafts({
    findForm,
    handle,
    redraw: (body, meta, card) => redrawForm(responder, body, meta, card),
    log,
  })
  listenForCommands(app, responder, handle)
  listenForPresses(app, responder, handle, keepDraft)
  listenForTaskForms(app, { responder, handle, findForm, keepDraft, log })
  listenForClosedForms(app, keepDraft)
  listenForSkipForms(app, responder, handle)
  listenForOptionSearch(app, findForm)
  listenForMessageShortcut(app, responder, handle)
  listenForStartShortcut(app, responder, handle)
  listenForHomeOpened(app, home, log)
  listenForExportForms(app, handle)
  listenForAskForms(app, handle)
  listenForFeedbackForms(app, handle)
  listenForReactions(app, handle)
  listenForImportForms(app, responder, handle)
  listenForRemoval(app, leave)
}
