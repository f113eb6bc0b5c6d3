/** Answers a press on the Home tab: opens what it asked for, or says so at the top of the tab. */
import type { Person, Reply } from '../../../src/chat/port/port.ts'
import { surfaceOf } from '../../../src/chat/port/surfaces.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import type { View } from '../draw/blocks.ts'
import { drawMessage } from '../draw/message.ts'
import { drawSmallForm } from '../draw/small-form.ts'
import { drawReader } from '../draw/task/reader.ts'
import { drawDone } from '../draw/task/receipt.ts'
import { drawWindow } from '../draw/window.ts'
import { drawReplyWindow, drawTaskWindow } from '../home/draw-windows.ts'
import { drawExportForm } from '../home/export-form.ts'
import { drawImportForm } from '../home/import-form.ts'
import type { HomeTab } from '../home/tab.ts'
import type { HowToAllow } from '../install/scopes.ts'
import { sendToDm } from './direct-message.ts'
import { changeView } from './repaint.ts'
import type { Intent, Responder } from './responder.ts'

export type HomeResponder = Responder & { home: HomeTab; howToAllow: HowToAllow }

type HomePress = { by: Person; trigger: string }

export async function respondToHomePress(
  responder: HomeResponder,
  press: HomePress,
  reply: Reply,
  intent: Intent,
): Promise<void> {
  await openReply(responder, press, reply, intent)
  responder.home.afterPress(press.by, reply)
}

async function openReply(
  responder: HomeResponder,
  { by, trigger }: HomePress,
  reply: Reply,
  intent: Intent,
): Promise<void> {
  const { api, home, takesFiles } = responder
  const said = spoken()
  switch (reply.type) {
    case 'nothing':
    case 'home':
      return
    case 'task':
    case 'form':
      return api.openView(trigger, drawTaskWindow(reply, takesFiles(), said))
    case 'reader':
      return api.openView(trigger, drawReader(reply.reader, intent.part ?? null, 0, said))
    case 'receipt':
      return api.openView(trigger, drawDone(reply.saved, reply.notice, null, said))
    case 'export-form':
      return api.openView(trigger, drawExportForm(reply.form, said))
    case 'import-form':
      return api.openView(trigger, await importWindow(responder, reply.dataset))
    case 'ask-form':
    case 'feedback-form':
      return api.openView(trigger, drawSmallForm(reply, said))
    case 'file':
      await sendToDm(responder, by, reply)
      return
    case 'notice':
      if (!reply.report) return home.publishWith(by, reply.text)
      // Counting may outlast the trigger of a window: then the report comes as a message.
      return api.openView(trigger, drawReplyWindow(reply, said)).catch(async () => {
        await sendToDm(responder, by, reply)
      })
  }
  const surface = surfaceOf(reply)
  switch (surface) {
    case 'card':
    case 'message':
    case 'overview':
    case 'public':
    case 'notice':
      return api.openView(trigger, drawReplyWindow(reply, said))
  }
  surface satisfies never
}

/** The form of an import, or how an admin lets Parley read files. */
async function importWindow(
  { api, howToAllow }: HomeResponder,
  dataset: { name: string; title: string },
): Promise<View> {
  const said = spoken()
  if ((await api.scopes()).includes('files:read')) return drawImportForm(dataset, said)
  const text = said.importScope(await howToAllow(['files:read']))
  return drawWindow(drawMessage({ type: 'notice', text }, said), said.importFile, said)
}

/** The next card, in the window of the card that a press answered. */
export async function respondInCardWindow(
  responder: Responder,
  press: { by: Person; viewId: string; hash: string | undefined },
  reply: Reply & { type: 'task' },
): Promise<void> {
  const { api, takesFiles } = responder
  const view = drawTaskWindow(reply, takesFiles(), spoken())
  const isOpen = await changeView(api, press.viewId, press.hash, view)
  if (!isOpen) await sendToDm(responder, press.by, reply)
}
