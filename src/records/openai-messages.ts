/**
 * Messages in the words of OpenAI, whose files and servers many others read (the types of its package,
 * openai 3.57 types/chat/*_message_param.py). What those do not know is named: one strange message refuses
 * a whole file.
 */
import { argumentsText, type ChatMessage, type ContentPart, callsOf, textOf } from './message.ts'

export type OpenAiProblem =
  | 'other_role'
  | 'content_parts'
  | 'reasoning'
  | 'message_name'
  | 'tool_calls'
  | 'no_tool_call_id'

type Said = { role: string; [key: string]: unknown }

/** The messages of a chat in its words, or why it takes none of it. */
export function sayOpenAi(messages: readonly ChatMessage[]): Said[] | OpenAiProblem {
  const said: Said[] = []
  for (const [at, message] of messages.entries()) {
    const one = sayOne(message, messages.slice(0, at))
    if (typeof one === 'string') return one
    said.push(one)
  }
  return said
}

/** The same as a server of chat completions takes it: what was thought earlier is not sent again. */
export function sayToServer(messages: readonly ChatMessage[]): Said[] | OpenAiProblem {
  return sayOpenAi(
    messages.map(({ reasoning_content: _, reasoning: __, thinking: ___, ...message }) => message),
  )
}

function sayOne(message: ChatMessage, before: readonly ChatMessage[]): Said | OpenAiProblem {
  const { role, content, name, refusal } = message
  const taken = partsOf(role)
  if (taken === null) return 'other_role'
  if (message.reasoning_content ?? message.reasoning ?? message.thinking) return 'reasoning'
  if (Array.isArray(content) && !content.every((part) => isTaken(part, taken)))
    return 'content_parts'
  if (role === 'tool') return sayResult(message, before)
  const isAssistant = role === 'assistant'
  const hasCalls = callsOf(message).length > 0
  if (hasCalls && !isAssistant) return 'tool_calls'
  if (refusal !== undefined && !isAssistant) return 'content_parts'
  if (role === 'function' && name === undefined) return 'message_name'
  const calls = sayCalls(message)
  if (typeof calls === 'string') return calls
  return {
    role,
    ...(content === undefined ? {} : { content }),
    ...(name === undefined ? {} : { name }),
    ...(refusal === undefined ? {} : { refusal }),
    ...calls,
  }
}

/** Which parts the content of a role may have; null for a role it does not know. */
function partsOf(role: string): readonly string[] | null {
  if (role === 'user') return ['text', 'image_url', 'input_audio', 'file']
  if (role === 'assistant') return ['text', 'refusal']
  return ['system', 'developer', 'tool', 'function'].includes(role) ? ['text'] : null
}

function isTaken(part: ContentPart, taken: readonly string[]): boolean {
  const held = part[part.type]
  if (!taken.includes(part.type)) return false
  if (part.type === 'text' || part.type === 'refusal') return typeof held === 'string'
  return typeof held === 'object' && held !== null
}

/** A result names its call; the name of what was called stands there, and here only where it is the same. */
function sayResult(message: ChatMessage, before: readonly ChatMessage[]): Said | OpenAiProblem {
  const { role, content, name, tool_call_id: id } = message
  if (id === undefined) return 'no_tool_call_id'
  if (callsOf(message).length > 0) return 'tool_calls'
  const call = before.flatMap(callsOf).findLast((one) => one.id === id)
  if (name !== undefined && call?.name !== name) return 'message_name'
  return { role, tool_call_id: id, content: content ?? textOf(message) }
}

/** Calls with their arguments as the text of JSON that it asks for. */
function sayCalls(message: ChatMessage): { [key: string]: unknown } | OpenAiProblem {
  const { tool_calls: calls, function_call: older } = message
  const said = (calls ?? []).map((call) => {
    const [one] = callsOf({ role: 'assistant', tool_calls: [call] })
    if (!one || one.id === null) return null
    const type = 'custom' in call ? 'custom' : 'function'
    const called =
      type === 'custom'
        ? { name: one.name, input: argumentsText(one) }
        : { name: one.name, arguments: argumentsText(one) }
    return { id: one.id, type, [type]: called }
  })
  if (said.includes(null)) return 'no_tool_call_id'
  const [old] = older ? callsOf({ role: 'assistant', function_call: older }) : []
  return {
    ...(said.length > 0 ? { tool_calls: said } : {}),
    ...(old ? { function_call: { name: old.name, arguments: argumentsText(old) } } : {}),
  }
}
