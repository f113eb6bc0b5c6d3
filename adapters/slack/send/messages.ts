/** Messages that Parley sends of its own accord, and changes to those it sent before. */
import type { ChatAdapter, Inside } from '../../../src/chat/port/port.ts'
import { inLocale, spoken } from '../../../src/chat/words/words.ts'
import { drawMessage } from '../draw/message.ts'
import { inWorkspace } from '../workspace/current.ts'
import type { SlackApi } from './api.ts'

export function openMessages(
  api: SlackApi,
  { localeOf }: Pick<Inside, 'localeOf'>,
): Pick<ChatAdapter, 'send' | 'repaint'> {
  return {
    async send(to, reply, attempt) {
      if (reply.type === 'nothing') throw new Error('There is nothing to send.')
      const { workspace } = to
      const channel = 'userId' in to ? to.userId : to.channelId
      const locale = 'userId' in to ? await localeOf?.(to) : undefined
      const send = async () => {
        // Into a channel the words go with the file, so that a retry repeats neither.
        if (reply.type === 'file' && !('userId' in to)) {
          await attempt?.starting()
          await api.upload(channel, reply, reply.text)
          return { channel, ts: '' }
        }
        const thread = 'thread' in to ? to.thread : undefined
        const message = drawMessage(reply, spoken())
        const posted = await api.post(channel, message, attempt?.starting, thread)
        if (reply.type === 'file') await api.upload(posted.channel, reply)
        return posted
      }
      const sent = await inWorkspace(workspace, () => inLocale(locale, send))
      return { platform: 'slack', workspace, channel: sent.channel, message: sent.ts, locale }
    },

    async repaint(delivered, reply) {
      if (reply.type === 'nothing') return
      const at = { channel: delivered.channel, ts: delivered.message }
      const repaint = async () => {
        await api.update(at, drawMessage(reply, spoken()))
        if (reply.type === 'file') await api.upload(delivered.channel, reply)
      }
      await inWorkspace(delivered.workspace, () => inLocale(delivered.locale, repaint))
    },
  }
}
