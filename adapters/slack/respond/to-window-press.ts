/** Answers a press inside a window: changes the window, or opens another one above it. */
import type { Reply } from '../../../src/chat/port/port.ts'
import { surfaceOf } from '../../../src/chat/port/surfaces.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import { drawMessage } from '../draw/message.ts'
import { drawSmallForm } from '../draw/small-form.ts'
import { drawReader } from '../draw/task/reader.ts'
import { drawDone } from '../draw/task/receipt.ts'
import { drawWindow } from '../draw/window.ts'
import { sendTextToDm, sendToDm } from './direct-message.ts'
import { changeView, repaintOrigin } from './repaint.ts'
import {
  aboveForm,
  type Intent,
  metaOf,
  type Responder,
  taskForm,
  type WindowPress,
} from './responder.ts'

/** `intent.page` turns the page of a reader instead of opening one. */
export async function respondToWindowPress(
  responder: Responder,
  press: WindowPress,
  reply: Reply,
  intent: Intent,
): Promise<void> {
  const { api } = responder
  const { viewId, hash, meta, trigger } = press
  const { part = null, page } = intent
  switch (reply.type) {
    case 'nothing':
      return
    case 'task':
    case 'form': {
      const view = taskForm(responder, reply.card, metaOf(reply.card, meta ?? {}), aboveForm(reply))
      const isOpen = await changeView(api, viewId, hash, view)
      // The window was closed meanwhile, so the task goes to the DM.
      if (!isOpen) await sendToDm(responder, press.by, reply)
      return repaintOrigin(responder, meta, reply)
    }
    case 'receipt': {
      await changeView(api, viewId, hash, drawDone(reply.saved, reply.notice, meta, spoken()))
      return repaintOrigin(responder, meta, reply)
    }
    case 'reader': {
      if (intent.asFile) await sendTextToDm(responder, press.by, reply.reader)
      const view = drawReader(reply.reader, part, page ?? 0, spoken(), intent.asFile)
      return page === undefined ? api.pushView(trigger, view) : api.updateView(viewId, hash, view)
    }
    case 'ask-form':
    case 'feedback-form':
      return api.pushView(trigger, drawSmallForm(reply, spoken()))
    case 'file':
      await sendToDm(responder, press.by, reply)
      return
  }
  const window = drawWindow(drawMessage(reply, spoken()), spoken().appName, spoken())
  const surface = surfaceOf(reply)
  switch (surface) {
    case 'message':
      await changeView(api, viewId, hash, window)
      return
    case 'card':
    case 'overview':
    case 'admin-form':
    case 'public':
    case 'notice':
      return api.pushView(trigger, window)
  }
  surface satisfies never
}
