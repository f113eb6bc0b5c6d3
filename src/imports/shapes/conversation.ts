/** Splits conversations into the prompt they share and the outputs that answer it. */

import type { JsonObject } from '../../json.ts'
import { type ChatMessage, textOf } from '../../records/message.ts'
import type { Content, RecordOutput } from '../../records/record-line.ts'
import { own, present, type Say, type Source, take } from './line.ts'
import { readMessages, readTranscript } from './messages.ts'
import { spoken, tellOnce } from './once.ts'
import type { Plan, PlannedField } from './plan.ts'

const chatKeys = [
  'messages',
  'conversations',
  'conversation',
  'dialogue',
  'dialog',
  'transcript',
].concat(['chat'])

type Told = { prompt: Content | undefined; outputs: RecordOutput[] }

/** Splits one conversation, or several, into the prompt they share and the outputs. */
export function readConversation(
  plan: Plan,
  source: Source,
  fields: ReadonlyMap<PlannedField, Content>,
  outputs: RecordOutput[] | null,
  besides: JsonObject,
  say: Say,
): Told {
  const { prompt: asked } = plan
  if (!asked) return { prompt: undefined, outputs: outputs ?? [] }
  const told = fields.get(asked)
  const transcript = typeof told === 'string' ? readTranscript(told) : null
  // A text field keeps the transcript it was given, unless the messages of it fit.
  const isFit = transcript && (asked.field.type === 'chat' || transcript.length === 1)
  const prompt = isFit || (transcript && !outputs) ? transcript : told
  if (outputs && outputs.length > 0)
    return tellOnce(
      prompt ?? (asked.mapped ? undefined : chatAsked(source, besides, say)),
      outputs,
      say,
    )
  if (asked.mapped) return { prompt, outputs: [] }
  if (transcript && prompt === transcript) return answered(transcript)
  const key = chatKeys.concat('context').find((one) => isChat(source, one))
  if (key === undefined) return { prompt, outputs: outputs ?? [] }
  const chat = readChat(source, key, besides, say)
  if (prompt === undefined) return chat ? answered(chat) : { prompt, outputs: [] }
  // A chat beside a prompt is the whole of it, or something else.
  const isWhole = chat?.some(
    (one) => one.role === 'user' && textOf(one).trim() === textAsked(prompt),
  )
  if (chat && isWhole) return answered(chat)
  source.used.delete(key)
  delete besides[key]
  return { prompt, outputs: outputs ?? [] }
}

function textAsked(prompt: Content): string | undefined {
  return typeof prompt === 'string' ? prompt.trim() : undefined
}

/** What comes before the last answer is the prompt, the answer an output. */
function answered(messages: ChatMessage[]): Told {
  const last = messages.at(-1)
  const isAnswered = last?.role === 'assistant' && messages.length > 1
  return isAnswered
    ? { prompt: messages.slice(0, -1), outputs: [{ id: 'o1', ...spoken([last]) }] }
    : { prompt: messages, outputs: [] }
}

/** The prompt as a chat beside the outputs. */
function chatAsked(source: Source, besides: JsonObject, say: Say): Content | undefined {
  const key = chatKeys.concat('context').find((one) => isChat(source, one))
  return key === undefined ? undefined : (readChat(source, key, besides, say) ?? undefined)
}

function isChat(source: Source, key: string): boolean {
  if (!present(source, key)) return false
  const value = own(source.line, key)
  return Array.isArray(value) || (key !== 'context' && readTranscript(value) !== null)
}

function readChat(
  source: Source,
  key: string,
  besides: JsonObject,
  say: Say,
): ChatMessage[] | null {
  const raw = take(source, key)
  return (
    readTranscript(raw) ??
    readMessages(raw, key, say, (found) => {
      besides[key] = found
    })
  )
}
