/** `/parley` and `/parley-admin`. */
import type { App } from '@slack/bolt'
import { spoken } from '../../../../src/chat/words/words.ts'
import { drawText } from '../../draw/notice.ts'
import { orApologize } from '../../respond/apologize.ts'
import type { Responder } from '../../respond/responder.ts'
import { respondToCommand } from '../../respond/to-command.ts'
import { respond } from '../../send/response-url.ts'
import type { Handle } from '../gestures.ts'
import { parseCommand } from '../parse.ts'
import { wishOf } from '../parse-press.ts'
import { asCommand } from '../payloads.ts'
import { isLate } from '../receiver.ts'

export function listenForCommands(app: App, responder: Responder, handle: Handle): void {
  app.command(/^\/parley/, async ({ body, ack, context }) => {
    const typed = asCommand(body)
    const command = parseCommand(typed, spoken())
    if (!('gesture' in command)) {
      const help = command.help ? await handle(command.help) : null
      const more = help?.type === 'notice' ? `\n\n${help.text}` : ''
      return ack({ ...drawText(`${command.say}${more}`), response_type: 'ephemeral' })
    }
    const { gesture } = command
    const place = {
      by: gesture.by,
      trigger: typed.trigger_id,
      responseUrl: typed.response_url,
      channel: typed.channel_id,
      ...wishOf(gesture),
    }
    const answer = respondToCommand(responder, place, await handle(gesture))
    await ack(answer.ack)
    await orApologize(responder, place, async () => {
      await answer.later?.()
      if (answer.ack && isLate(context)) await respond(typed.response_url, answer.ack)
    })
  })
}
