/** "Start labeling", Slack's global shortcut. */
import type { App } from '@slack/bolt'
import { spoken } from '../../../../src/chat/words/words.ts'
import { drawReplyWindow } from '../../home/draw-windows.ts'
import { shortcutId } from '../../home/ids.ts'
import { orApologize } from '../../respond/apologize.ts'
import { sendToDm } from '../../respond/direct-message.ts'
import type { Responder } from '../../respond/responder.ts'
import type { Handle } from '../gestures.ts'
import { personOf } from '../person.ts'

export function listenForStartShortcut(app: App, responder: Responder, handle: Handle): void {
  app.shortcut({ callback_id: shortcutId, type: 'shortcut' }, async ({ body, ack }) => {
    const by = personOf(body)
    const reply = await handle({ by, type: 'next' })
    await ack()
    await orApologize(responder, { by }, async () => {
      if (reply.type === 'task' || reply.type === 'welcome') await sendToDm(responder, by, reply)
      else if (reply.type !== 'nothing')
        await responder.api.openView(body.trigger_id, drawReplyWindow(reply, spoken()))
    })
  })
}
