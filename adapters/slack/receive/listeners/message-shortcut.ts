/** "Use as my answer" and "Ask two models" on a message of one's own, "Send to Parley" on any. */
import type { App } from '@slack/bolt'
import type { Reply } from '../../../../src/chat/port/port.ts'
import { spoken } from '../../../../src/chat/words/words.ts'
import type { HomeResponder } from '../../respond/to-home-press.ts'
import { placeOf, respondToPress } from '../../respond/to-press.ts'
import type { Handle } from '../gestures.ts'
import {
  askMessageId,
  asMessageShortcut,
  pressOfShortcut,
  readOwnMessage,
  readWholeMessage,
  sendMessageId,
  useMessageId,
} from '../own-message.ts'

export function listenForMessageShortcut(app: App, responder: HomeResponder, handle: Handle): void {
  app.shortcut({ callback_id: useMessageId, type: 'message_action' }, async ({ body, ack }) => {
    const used = asMessageShortcut(body)
    const press = pressOfShortcut(used)
    const text = readOwnMessage(used)
    const reply: Reply =
      text === null
        ? { type: 'notice', text: spoken().notYourMessage }
        : await handle({ by: placeOf(press).by, type: 'use', text })
    await ack()
    await respondToPress(responder, press, reply, {})
  })
  app.shortcut({ callback_id: askMessageId, type: 'message_action' }, async ({ body, ack }) => {
    const used = asMessageShortcut(body)
    const press = pressOfShortcut(used)
    const prompt = readOwnMessage(used)
    const { message = {}, channel } = used
    const thread = message.thread_ts ?? message.ts
    const reply: Reply =
      prompt === null
        ? { type: 'notice', text: spoken().notYourQuestion }
        : await handle({
            ...{ by: placeOf(press).by, type: 'ask', prompt },
            ...(channel?.id ? { channel: channel.id } : {}),
            ...(thread === undefined ? {} : { thread }),
          })
    await ack()
    await respondToPress(responder, press, reply, {})
  })
  app.shortcut({ callback_id: sendMessageId, type: 'message_action' }, async ({ body, ack }) => {
    const used = asMessageShortcut(body)
    const press = pressOfShortcut(used)
    const { message = {}, channel } = used
    const reply = await handle({
      ...{ by: placeOf(press).by, type: 'send-message', text: readWholeMessage(message) },
      ...{ channel: channel?.id ?? '', message: message.ts ?? '' },
    })
    await ack()
    await respondToPress(responder, press, reply, {})
  })
}
