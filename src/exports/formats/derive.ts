/** Formats that say what others make under keys of their own: row by row, from the chat of each. */
import type { ChatMessage } from '../../records/record-line.ts'
import type { Chat, Made, Row, Text } from './format.ts'

/** Each row as `say` writes it; where that is a reason, the row is dropped for it. */
export function derive(made: Made, say: (chat: MessageChat, row: Row) => Row | string): Made {
  const rows: Made['rows'] = []
  const dropped = [...made.dropped]
  for (const { row, chat } of made.rows) {
    if (!chat) continue
    const said = say(withMessages(chat), row)
    if (typeof said === 'string') dropped.push(said)
    else rows.push({ row: said, chat })
  }
  return { rows, dropped }
}

export type MessageChat = { prompt: ChatMessage[]; answers: ChatMessage[][] }

function withMessages({ prompt, answers }: Chat): MessageChat {
  return {
    prompt: messagesOf(prompt, 'user'),
    answers: answers.map((answer) => messagesOf(answer, 'assistant')),
  }
}

function messagesOf(text: Text, role: string): ChatMessage[] {
  return typeof text === 'string' ? [{ role, content: text }] : [...text]
}

/** The prompt and its first answer, as one chat. */
export function wholeChat({ prompt, answers: [answer = []] }: MessageChat): ChatMessage[] {
  return [...prompt, ...answer]
}

/** The one text an answer consists of, or null where it is more than one message, or another's. */
export function oneAnswer(answer: readonly ChatMessage[] | undefined): string | null {
  const [only, ...more] = answer ?? []
  if (!only || more.length > 0 || only.role !== 'assistant' || only.content === '') return null
  return only.content
}

/** The texts of a chosen and a rejected answer, or why a reader of single answers takes neither. */
export function onePair({ answers }: MessageChat): [chosen: string, rejected: string] | string {
  const [chosen, rejected] = [oneAnswer(answers[0]), oneAnswer(answers[1])]
  return chosen === null || rejected === null ? 'not_one_answer' : [chosen, rejected]
}
