/**
 * Formats that say what others make under keys of their own: row by row, from the chat of each. Most of
 * their readers take a role and a text of each message; a chat that holds more is left out by name.
 */
import { z } from 'zod'
import { asPlain, beyondText, type ChatMessage, type PlainMessage } from '../../records/message.ts'
import type { Chat, Made, MadeRow, Row, Text } from './format.ts'

/** Each row as `say` writes it; where that is a reason, the row is dropped for it. */
export function derive(made: Made, say: (chat: MessageChat, row: Row) => Row | string): Made {
  return deriveWhole(made, (chat, { row }) => {
    const beyond = beyondText([...chat.prompt, ...chat.answers.flat()])
    if (beyond) return beyond
    const plain = (messages: readonly ChatMessage[]) =>
      messages.flatMap((one) => asPlain(one) ?? [])
    return say({ prompt: plain(chat.prompt), answers: chat.answers.map(plain) }, row)
  })
}

/** The same of chats as they came, for readers that take tool calls and content in parts. */
export function deriveWhole(
  made: Made,
  say: (chat: MessageChat<ChatMessage>, made: MadeRow) => Row | string,
): Made {
  const rows: Made['rows'] = []
  const dropped = [...made.dropped]
  for (const one of made.rows) {
    if (!one.chat) continue
    const said = say(withMessages(one.chat), one)
    if (typeof said === 'string') dropped.push(said)
    else rows.push({ ...one, row: said })
  }
  return { rows, dropped }
}

/** Messages as readers of texts take them. */
export const PlainMessages = z
  .array(z.strictObject({ role: z.string().min(1), content: z.string() }))
  .min(1)

export type MessageChat<Message = PlainMessage> = { prompt: Message[]; answers: Message[][] }

function withMessages({ prompt, answers }: Chat): MessageChat<ChatMessage> {
  return {
    prompt: messagesOf(prompt, 'user'),
    answers: answers.map((answer) => messagesOf(answer, 'assistant')),
  }
}

function messagesOf(text: Text, role: string): ChatMessage[] {
  return typeof text === 'string' ? [{ role, content: text }] : [...text]
}

/** The prompt and its first answer, as one chat. */
export function wholeChat<Message>({ prompt, answers: [answer = []] }: MessageChat<Message>) {
  return [...prompt, ...answer]
}

/** The one text an answer consists of, or null where it is more than one message, or another's. */
export function oneAnswer(answer: readonly PlainMessage[] | undefined): string | null {
  const [only, ...more] = answer ?? []
  if (!only || more.length > 0 || only.role !== 'assistant' || only.content === '') return null
  return only.content
}

/** The texts of a chosen and a rejected answer, or why a reader of single answers takes neither. */
export function onePair({ answers }: MessageChat): [chosen: string, rejected: string] | string {
  const [chosen, rejected] = [oneAnswer(answers[0]), oneAnswer(answers[1])]
  return chosen === null || rejected === null ? 'not_one_answer' : [chosen, rejected]
}
