/** Into a person's DM: cards always stand there, wherever the gesture was made. */
import { rm } from 'node:fs/promises'
import { fileText, markdownName } from '../../../src/chat/cards/content.ts'
import type { Person, Reader } from '../../../src/chat/port/port.ts'
import { escapeSlack } from '../../../src/chat/text.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import type { Message } from '../draw/blocks.ts'
import { drawMessage } from '../draw/message.ts'
import { drawText } from '../draw/notice.ts'
import type { Sent } from '../send/api.ts'
import { respond, whisper } from '../send/response-url.ts'
import type { CommandPlace, Responder, ShownReply } from './responder.ts'

export async function sendToDm(
  { api, trackMessage }: Responder,
  by: Person,
  reply: ShownReply,
  wish?: string,
): Promise<Sent> {
  const sent = await api.post(by.userId, drawMessage(reply, spoken(), wish))
  if (reply.type === 'task') trackMessage(sent, reply)
  if (reply.type === 'file')
    await api
      .upload(sent.channel, reply)
      .finally(() => reply.once && rm(reply.path, { force: true }))
  return sent
}

/** Sends it there and, to people who are elsewhere, a pointer to it. */
export async function sendToDmFrom(
  responder: Responder,
  place: CommandPlace,
  reply: ShownReply,
): Promise<void> {
  const sent = await sendToDm(responder, place.by, reply, place.wish)
  if (sent.channel !== place.channel)
    await respond(place.responseUrl, whisper(drawPointer(place.by, sent, reply)))
}

/** A text too long for windows, as a file for this person alone. */
export async function sendTextToDm(
  { api }: Responder,
  by: Person,
  { title, content }: Reader,
): Promise<void> {
  const { channel } = await api.post(by.userId, drawText(title))
  await api.uploadText(channel, { name: markdownName(title), text: fileText(content, spoken()) })
}

function drawPointer(by: Person, sent: Sent, reply: ShownReply): Message {
  const said = spoken()
  const text = reply.type === 'file' ? said.fileWaits : said.taskWaits
  const team = encodeURIComponent(by.workspace)
  const url = `https://slack.com/app_redirect?team=${team}&channel=${encodeURIComponent(sent.channel)}`
  return {
    text: escapeSlack(text),
    blocks: [
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: `${escapeSlack(text)} <${escapeSlack(url)}|${escapeSlack(said.openMessages)}>`,
          verbatim: true,
        },
      },
    ],
  }
}
