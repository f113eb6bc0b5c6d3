/**
 * A message of a chat, as it came: a role and a content, and what the chats of agents hold besides (tool
 * calls, which call a result answers, reasoning, content in parts). Nothing of it is rewritten; what
 * readers ask of a message is answered here.
 */
import { z } from 'zod'

/** Characters of a text, and of all that one message says. */
export const longestText = 100_000

/** One part of a content: `{type: "text", text}`, `{type: "image_url", image_url: {url}}` and others. */
export const ContentPart = z.looseObject({ type: z.string().min(1).max(100) })
export type ContentPart = z.infer<typeof ContentPart>

const ToolCall = z
  .looseObject({})
  .refine((call) => calledBy(call) !== null, 'name the function: {"function": {"name": "…"}}')
export type ToolCall = z.infer<typeof ToolCall>

const said = z.string().max(longestText, `write at most ${longestText} characters`)

export const ChatMessage = z
  .strictObject({
    role: z.string().min(1).max(20),
    /** Null or absent only beside something else that is said, such as tool calls. */
    content: z.union([said, z.array(ContentPart).min(1).max(1000), z.null()]).optional(),
    /** Who of several speaks, or which function a result is of. */
    name: z.string().min(1).max(200).optional(),
    tool_calls: z.array(ToolCall).max(500).optional(),
    /** The call a tool's result answers. */
    tool_call_id: z.string().min(1).max(200).optional(),
    /** The older form of one call. */
    function_call: ToolCall.optional(),
    /** What a model thought, under the three names that chat templates know. */
    reasoning_content: said.optional(),
    reasoning: said.optional(),
    thinking: said.optional(),
    refusal: said.optional(),
  })
  .superRefine((message, context) => {
    if (isPlain(message)) return
    const { content } = message
    if (
      (content === null || content === undefined) &&
      saidBeside(message) === '' &&
      !calls(message)
    )
      context.addIssue({
        code: 'custom',
        path: ['content'],
        message: 'write a content, or tool_calls',
      })
    if (lengthOf(message) > longestText)
      context.addIssue({
        code: 'custom',
        path: [],
        message: `write at most ${longestText} characters over all parts of a message`,
      })
  })
export type ChatMessage = z.infer<typeof ChatMessage>

/** A message that is nothing but a role and a text. */
export type PlainMessage = { role: string; content: string }

/** What messages may hold besides a role and a content. */
export const messageKeys = [
  'name',
  'tool_calls',
  'tool_call_id',
  'function_call',
  'reasoning_content',
  'reasoning',
  'thinking',
  'refusal',
] as const satisfies (keyof ChatMessage)[]

/** One call of a tool: what is called with which arguments (an object, or the text a model wrote). */
export type Call = { id: string | null; name: string; arguments: unknown }

export function isPlain(message: ChatMessage): message is PlainMessage {
  return (
    typeof message.content === 'string' && messageKeys.every((key) => message[key] === undefined)
  )
}

/** The text of its content: of parts, those that are text, one after another. */
export function textOf({ content }: ChatMessage): string {
  if (!Array.isArray(content)) return content ?? ''
  return content.map((part) => partText(part) ?? '').join('')
}

/** The text of a part; null for an image, a file or a sound. */
export function partText({ type, text }: ContentPart): string | null {
  return /^((in|out)put_)?text$/.test(type) && typeof text === 'string' ? text : null
}

/** The same message as a role and a text, where no more is said; null where something would be lost. */
export function asPlain(message: ChatMessage): PlainMessage | null {
  return beyondText([message]) === null ? { role: message.role, content: textOf(message) } : null
}

export type BeyondText = 'tool_calls' | 'content_parts' | 'reasoning' | 'message_name'

/** Why these messages cannot be said as roles and texts, or null. */
export function beyondText(messages: readonly ChatMessage[]): BeyondText | null {
  for (const message of messages) {
    if (isPlain(message)) continue
    const { content } = message
    if (calls(message) || message.tool_call_id !== undefined) return 'tool_calls'
    if (Array.isArray(content) && content.some((part) => partText(part) === null))
      return 'content_parts'
    if (saidBeside(message) !== '') return 'reasoning'
    if (message.name !== undefined) return 'message_name'
  }
  return null
}

/** Whether it says nothing: no text, no image, no call. What was only thought is not said. */
export function isEmpty(message: ChatMessage): boolean {
  if (textOf(message).trim() !== '' || calls(message)) return false
  if ((message.refusal ?? '').trim() !== '') return false
  return !Array.isArray(message.content) || message.content.every((part) => partText(part) !== null)
}

export function reasoningOf(message: ChatMessage): string {
  return [message.reasoning_content, message.reasoning, message.thinking].find((one) => one) ?? ''
}

/** The calls of a message in their order. */
export function callsOf({ tool_calls, function_call }: ChatMessage): Call[] {
  const all = [...(tool_calls ?? []), ...(function_call ? [function_call] : [])]
  return all.flatMap((call) => calledBy(call) ?? [])
}

/** Everything of it that somebody reads: reasoning, text, calls. */
export function wordsOf(message: ChatMessage): string {
  if (isPlain(message)) return message.content
  return [
    reasoningOf(message),
    textOf(message),
    message.refusal ?? '',
    ...callsOf(message).map((call) => `${call.name} ${argumentsText(call)}`),
  ]
    .filter((text) => text !== '')
    .join('\n')
}

/** The arguments as the text a model wrote, or would have written. */
export function argumentsText({ arguments: given }: Call): string {
  return typeof given === 'string' ? given : JSON.stringify(given ?? {})
}

/** What two messages that say the same have in common; white space around texts does not count. */
export function sameness(message: ChatMessage): string {
  const { role, ...rest } = message
  if (isPlain(message)) return `${role}\u0000${message.content.trim()}`
  return `${role}\u0000${JSON.stringify(trimmed(rest))}`
}

/** The same value with texts trimmed and keys in one order. */
function trimmed(value: unknown): unknown {
  if (typeof value === 'string') return value.trim()
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(trimmed)
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => [key, trimmed(one)])
}

function calls({ tool_calls, function_call }: Partial<ChatMessage>): boolean {
  return (tool_calls?.length ?? 0) > 0 || function_call !== undefined
}

function saidBeside(message: Partial<ChatMessage>): string {
  const { reasoning_content = '', reasoning = '', thinking = '', refusal = '' } = message
  return reasoning_content || reasoning || thinking || refusal
}

/** `{id, function: {name, arguments}}`, `{id, custom: {name, input}}`, or `{name, arguments}` itself. */
function calledBy(call: { [key: string]: unknown }): Call | null {
  const inner = [call['function'], call['custom'], call].find(
    (one): one is { [key: string]: unknown } => typeof one === 'object' && one !== null,
  )
  const { name, arguments: given, input } = inner ?? {}
  if (typeof name !== 'string' || name === '' || name.length > 200) return null
  return { id: typeof call['id'] === 'string' ? call['id'] : null, name, arguments: given ?? input }
}

/** Characters of all that is said: text, reasoning, calls, and the addresses of images. */
export function lengthOf(message: unknown): number {
  if (typeof message !== 'object' || message === null) return 0
  const { role: _, content, ...rest } = message as Partial<ChatMessage>
  const beside = Object.values(rest).reduce((sum: number, one) => sum + sizeOf(one), 0)
  if (!Array.isArray(content)) return beside + sizeOf(content)
  return content.reduce((sum, part) => {
    const { type: __, ...said } = typeof part === 'object' && part !== null ? part : {}
    return sum + Object.values(said).reduce((all: number, one) => all + sizeOf(one), 0)
  }, beside)
}

/** Characters of all texts in it, however deep. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + 1 + sizeOf(one), 0)
  return Object.entries(value).reduce((sum, [key, one]) => sum + key.length + sizeOf(one), 0)
}
