/** Reads the outputs of a foreign line: texts, conversations, or objects with a text and properties. */
import { kindOf } from '../../datasets/explain.ts'
import { isObject, type JsonObject } from '../../json.ts'
import type { ChatMessage } from '../../records/message.ts'
import type { RecordOutput } from '../../records/record-line.ts'
import { idText, type Say, without } from './line.ts'
import { readMessages, readText } from './messages.ts'
import { spoken } from './once.ts'

export const listKeys = ['outputs', 'completions', 'responses', 'candidates', 'answers']
export const singleKeys = ['output', 'completion', 'response', 'answer', 'targets']
export const textKeys = ['text', 'content', 'response', 'completion', 'output', 'answer']

/** An output as the line has it, and properties of it found elsewhere. */
export type RawOutput = { raw: unknown; path: string; model?: string; metadata?: JsonObject }

export function listOf(raw: unknown, key: string, say: Say): RecordOutput[] {
  if (Array.isArray(raw))
    return numbered(
      raw.map((one: unknown, at) => ({ raw: one, path: `${key}.${at}` })),
      say,
    )
  // { "model name": "what it wrote" }
  if (isObject(raw))
    return numbered(
      Object.entries(raw).map(([model, one]) => ({ raw: one, path: `${key}.${model}`, model })),
      say,
    )
  if (raw === undefined || raw === null) return []
  if (typeof raw === 'string') return numbered([{ raw, path: key }], say)
  say(key, `is ${kindOf(raw)}, not a list.`, 'Write a list of texts, or rename the key.')
  return []
}

export function numbered(raws: readonly RawOutput[], say: Say): RecordOutput[] {
  if (raws.length > 50) say(raws[0]?.path ?? '', 'holds more than 50 outputs.', 'Leave some out.')
  const taken = new Set<string>()
  return raws.slice(0, 50).flatMap((one, at) => {
    const output = readOutput(one, `o${at + 1}`, say)
    if (!output) return []
    if (taken.has(output.id))
      say(one.path, `repeats the id "${output.id}".`, 'Give each output an id of its own.')
    taken.add(output.id)
    return [output]
  })
}

function readOutput(one: RawOutput, id: string, say: Say): RecordOutput | null {
  const { raw, path } = one
  const named = one.model === undefined ? {} : { model: one.model.slice(0, 200) }
  if (!isObject(raw)) {
    const text = Array.isArray(raw) ? undefined : readText(raw, path, say)
    if (text !== undefined) return { id, text, ...named, ...withBesides(one.metadata, null) }
    const chat = Array.isArray(raw) ? readChat(raw, path, say) : null
    return chat ? { id, ...chat.content, ...named, ...withBesides(one.metadata, chat) } : null
  }
  // One message, as LLaMA-Factory and OpenAI write it.
  if (isMessage(raw)) return readOutput({ ...one, raw: [raw] }, id, say)
  return readObject(raw, one, id, say)
}

function readObject(raw: JsonObject, one: RawOutput, id: string, say: Say): RecordOutput | null {
  const { path } = one
  const { id: given, model, messages, metadata, ...rest } = raw
  const key =
    textKeys.find((name) => rest[name] !== undefined && rest[name] !== null) ??
    // Question answering keeps the answer beside other names for it (TriviaQA).
    (typeof rest['value'] === 'string' ? 'value' : undefined)
  const told = key === undefined ? messages : rest[key]
  const listed = isObject(told) && isMessage(told) ? [told] : told
  const chat = Array.isArray(listed)
    ? readChat(listed, `${path}.${key ?? 'messages'}`, say)
    : undefined
  if (key === undefined && chat === undefined) {
    say(path, 'has no text.', 'Write {"text": "…"}, or leave the output out.')
    return null
  }
  const text =
    key === undefined || chat !== undefined ? undefined : readText(rest[key], `${path}.${key}`, say)
  const others = key === undefined ? rest : without(rest, [key])
  const isNamed = typeof model === 'string'
  if (isNamed && model.length > 200)
    say(`${path}.model`, 'is longer than 200 characters.', 'Shorten it.')
  const kept = {
    ...one.metadata,
    ...(isObject(metadata) ? metadata : metadata === undefined ? {} : { metadata }),
    ...((chat && key === undefined) || messages === undefined ? {} : { messages }),
    ...(isNamed || model === undefined || model === null ? {} : { model }),
    ...others,
  }
  return {
    id: readOutputId(given, id, path, say),
    ...(chat ? chat.content : { text: text ?? '' }),
    ...(isNamed ? { model } : one.model === undefined ? {} : { model: one.model.slice(0, 200) }),
    ...withBesides(kept, chat ?? null),
  }
}

type Chat = {
  content: { text: string } | { messages: ChatMessage[] }
  besides: JsonObject[] | null
}

function readChat(raw: unknown, path: string, say: Say): Chat | null {
  let besides: JsonObject[] | null = null
  const messages = readMessages(raw, path, say, (found) => {
    besides = found
  })
  return messages ? { content: spoken(messages), besides } : null
}

function withBesides(metadata: JsonObject | undefined, chat: Chat | null) {
  const kept = { ...metadata, ...(chat?.besides ? { messages: chat.besides } : {}) }
  return Object.keys(kept).length > 0 ? { metadata: kept } : {}
}

function isMessage(raw: JsonObject): boolean {
  return (
    (typeof raw['role'] === 'string' &&
      ['content', 'parts', 'tool_calls'].some((key) => key in raw)) ||
    (typeof raw['from'] === 'string' && 'value' in raw)
  )
}

function readOutputId(given: unknown, id: string, path: string, say: Say): string {
  if (given === undefined || given === null) return id
  const text = idText(given)
  if (text !== null) return text
  say(`${path}.id`, `is ${kindOf(given)}.`, 'Write a text of 1 to 200 characters.')
  return id
}
