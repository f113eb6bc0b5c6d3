/**
 * Reads conversations as everybody writes them: `{role, content}`, ShareGPT's `{from, value}`, turns of
 * `{input, output}`, `{role, parts}`, and transcripts (`\n\nHuman: …`). Roles become those that chat
 * templates know.
 */
import { kindOf } from '../../datasets/explain.ts'
import { isObject, type JsonObject } from '../../json.ts'
import { ChatMessage, lengthOf, longestText, messageKeys } from '../../records/message.ts'
import { parseJson } from '../readers/json.ts'
import type { Say } from './line.ts'

/** What raw files call those who speak (ShareGPT, Open Assistant, Vertex AI, LLaMA-Factory). */
const roles = new Map<string, string>([
  ...['user', 'human', 'prompter', 'instruction'].map((name) => [name, 'user'] as const),
  ...[
    'assistant',
    'gpt',
    'chatgpt',
    'gpt4',
    'gpt-4',
    'bing',
    'bard',
    'claude',
    'model',
    'bot',
    'ai',
  ]
    .concat(['function_call', 'function-call', 'tool_call', 'chatbot', 'output'])
    .map((name) => [name, 'assistant'] as const),
  ...['tool', 'observation', 'function', 'function_response', 'function response', 'tool_response']
    .concat(['ipython'])
    .map((name) => [name, 'tool'] as const),
  ['system', 'system'],
])

/** Parts of a message that no text can replace: leaving them out would change its meaning. */
const carriers = ['images', 'image', 'audio', 'video', 'videos']

/** What ShareGPT calls a turn whose text is the call of a tool, as JSON. */
const callers = ['function_call', 'function-call', 'tool_call']

/**
 * The messages of a list, or null where one cannot be read. `keep` gets what the messages hold besides
 * (a language, a moderation), one object a message, where any holds something.
 */
export function readMessages(
  raw: unknown,
  path: string,
  say: Say,
  keep?: (besides: JsonObject[]) => void,
): ChatMessage[] | null {
  const listed = Array.isArray(raw) ? raw.flatMap(inTurns) : []
  if (listed.length === 0 || listed.length > 500) {
    say(path, 'is not a list of 1 to 500 messages.', 'Write [{"role": "user", "content": "…"}].')
    return null
  }
  const isSeen = listed.some(hasMedia)
  const messages: ChatMessage[] = []
  const besides: JsonObject[] = []
  for (const [at, one] of listed.entries()) {
    const { message, rest } = isObject(one) ? plainMessage(one, isSeen) : { message: one, rest: {} }
    const carried = carriers.find((key) => Object.hasOwn(rest, key))
    const read = ChatMessage.safeParse(message)
    if (!read.success || carried !== undefined) {
      const [said, remedy] = messageProblem(one, message, carried)
      say(`${path}.${at}`, said, remedy)
      return null
    }
    messages.push(read.data)
    besides.push(rest)
  }
  if (keep && besides.some((one) => Object.keys(one).length > 0)) keep(besides)
  return messages
}

/** Capybara's turns hold what was asked and what was answered. */
function inTurns(one: unknown): unknown[] {
  if (!isObject(one) || typeof one['input'] !== 'string' || typeof one['output'] !== 'string')
    return [one]
  const { input, output, ...rest } = one
  return [
    { role: 'user', content: input },
    { ...rest, role: 'assistant', content: output },
  ]
}

function messageProblem(one: unknown, message: unknown, carried: string | undefined) {
  if (carried !== undefined)
    return [
      `has ${carried} besides its text.`,
      'Write what they hold into the content, or move them to the metadata of the record.',
    ] as const
  const from = isObject(one) ? one['from'] : undefined
  if (typeof from === 'string' && isObject(message) && message['role'] === from)
    return [
      `is from "${from.slice(0, 40)}", a role that is not known.`,
      'Write human, gpt, system or tool; or {"role": "user", "content": "…"}.',
    ] as const
  if (lengthOf(message) > longestText)
    return [
      `is longer than ${longestText} characters.`,
      'Shorten it; link to an image instead of writing it into the message.',
    ] as const
  const kept = isObject(message) ? messageKeys.find((key) => key in message) : undefined
  if (kept !== undefined && isObject(message) && typeof message['role'] === 'string')
    return [
      `has ${kept}, but not as chat templates read it.`,
      'Write tool_calls as [{"type": "function", "function": {"name": "…", "arguments": …}}].',
    ] as const
  return [
    'is not a message.',
    `Write {"role": "user", "content": "…"}, at most ${longestText} characters.`,
  ] as const
}

/** A message as ours, and what else it holds. Tables give every message every key: a null says nothing. */
function plainMessage(given: JsonObject, isSeen: boolean): { message: unknown; rest: JsonObject } {
  const held = Object.fromEntries(Object.entries(given).filter(([, one]) => one !== null))
  const { role, from, content, value, parts, text, ...others } = held
  const isNamed = role !== undefined
  const speaker = isNamed ? role : from
  const said = content ?? (isNamed ? undefined : value) ?? parts ?? text
  const { kept, rest } = keptBeside(others)
  const isCall = typeof from === 'string' && !isNamed && callers.includes(from.trim().toLowerCase())
  const called = isCall && !('tool_calls' in kept) ? callsIn(said) : null
  const message = {
    // The older result of a function says whose it is, and belongs to a `function_call`.
    role: role === 'function' && 'name' in kept ? role : roleOf(speaker, isNamed),
    ...(called ? { content: null, tool_calls: called } : contentOf(said, given, isSeen)),
    ...kept,
  }
  const unused = {
    ...(isNamed && from !== undefined ? { from } : {}),
    ...(said !== value && value !== undefined ? { value } : {}),
    ...(said !== parts && parts !== undefined ? { parts } : {}),
    ...(said !== text && text !== undefined ? { text } : {}),
  }
  // ShareGPT's `from` is a closed list of names; a role that somebody wrote is theirs to choose.
  const isStranger = !isNamed && typeof from === 'string' && !roles.has(from.trim().toLowerCase())
  return { message: isStranger ? { role: from } : message, rest: { ...rest, ...unused } }
}

/** What chat templates know besides role and content; a thought that is no text stays beside. */
function keptBeside(others: JsonObject): { kept: JsonObject; rest: JsonObject } {
  const kept: JsonObject = {}
  const rest: JsonObject = {}
  for (const [key, one] of Object.entries(others)) {
    const isKnown = messageKeys.some((known) => known === key)
    const isText = typeof one === 'string' && one !== ''
    const isCalls = key === 'tool_calls' || key === 'function_call'
    if (isKnown && (isText || isCalls)) kept[key] = one
    // Tables write an empty text where a message has none.
    else if (!isKnown || one !== '') rest[key] = one
  }
  return { kept, rest }
}

/** The calls in a turn of ShareGPT's: one, or a list of them; null where its text is anything else. */
function callsIn(said: unknown): unknown[] | null {
  if (typeof said !== 'string' || !/^\s*[[{]/.test(said)) return null
  const parsed = parseJson(said)
  if (!('value' in parsed)) return null
  const listed: unknown[] = Array.isArray(parsed.value) ? parsed.value : [parsed.value]
  const isCall = (one: unknown): one is JsonObject =>
    isObject(one) && typeof one['name'] === 'string' && 'arguments' in one
  if (listed.length === 0 || !listed.every(isCall)) return null
  return listed.map(({ name, arguments: given, ...others }) => ({
    ...others,
    type: 'function',
    function: { name, arguments: given },
  }))
}

/** The content as it came; a message that only calls tools may have none. */
function contentOf(said: unknown, given: JsonObject, isSeen: boolean): { content?: unknown } {
  if (said === undefined) return 'content' in given ? { content: null } : {}
  return { content: textOf(said, isSeen) }
}

function roleOf(speaker: unknown, isNamed: boolean): unknown {
  if (typeof speaker !== 'string') return speaker
  const known = roles.get(speaker.trim().toLowerCase())
  // What chat templates know stays as it is written.
  return known ?? (isNamed ? speaker : speaker.trim())
}

/**
 * Parts that chat templates know stay as they came; others are a text where all of them are. So are the
 * texts of a table that has a column for images, in a chat that shows none.
 */
function textOf(said: unknown, isSeen: boolean): unknown {
  if (isObject(said) && Array.isArray(said['parts'])) return textOf(said['parts'], isSeen)
  if (!Array.isArray(said) || said.length === 0) return said
  const given: unknown[] = said
  const isOfTable = given.some((part) => isObject(part) && Object.values(part).includes(null))
  if (given.every(isTemplatePart) && (isSeen || !isOfTable)) return given.map(withoutNulls)
  const parts = given.map((part) => (isObject(part) ? partText(part) : part))
  return parts.every((part) => typeof part === 'string') ? parts.join('') : given.map(withoutNulls)
}

/** Whether a part of the message is no text: an image, a sound, a file. */
function hasMedia(message: unknown): boolean {
  const content = isObject(message) ? message['content'] : null
  const isMedia = (part: unknown) =>
    isObject(part) && typeof part['type'] === 'string' && !/text$/.test(part['type'])
  return Array.isArray(content) && content.some(isMedia)
}

/** `text`, and whatever is no text; those of OpenAI's Responses and of Gemini are written otherwise. */
function isTemplatePart(part: unknown): boolean {
  if (!isObject(part) || typeof part['type'] !== 'string') return false
  return part['type'] === 'text' ? typeof part['text'] === 'string' : partText(part) === undefined
}

/** Tables give every part every key. */
function withoutNulls(part: unknown): unknown {
  if (!isObject(part)) return part
  return Object.fromEntries(Object.entries(part).filter(([, one]) => one !== null))
}

function partText({ type, text, image }: JsonObject): unknown {
  const isText = type === undefined || /^((in|out)put_)?text$/.test(String(type))
  return isText && (image === undefined || image === null) ? text : undefined
}

const transcripts: { mark: RegExp; roles: { readonly [name: string]: string } }[] = [
  {
    mark: /(?:^|\n\n)\s*(Human|Assistant):/g,
    roles: { Human: 'user', Assistant: 'assistant' },
  },
  {
    mark: /(?:^|\n\n)\s*(SYSTEM|USER|ASSISTANT|FUNCTION RESPONSE):/g,
    roles: { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant', 'FUNCTION RESPONSE': 'tool' },
  },
  {
    mark: /### ?(Human|Assistant):/g,
    roles: { Human: 'user', Assistant: 'assistant' },
  },
]

/** Almost every text is none: only what begins like one is searched for turns. */
const beginning = /^\s*(Human|SYSTEM|USER|### ?Human):/

/**
 * The messages of a transcript (HH-RLHF's `\n\nHuman: … \n\nAssistant: …`, `USER: … ASSISTANT: …`,
 * `### Human: …`), or null for any other text. An answer that is still to be written is left out.
 */
export function readTranscript(text: unknown): ChatMessage[] | null {
  if (typeof text !== 'string' || !beginning.test(text)) return null
  for (const { mark, roles: names } of transcripts) {
    const marks = [...text.matchAll(mark)]
    const [first] = marks
    if (!first || text.slice(0, first.index).trim() !== '') continue
    const messages = marks.map((found, at) => ({
      role: names[found[1] ?? ''] ?? 'user',
      content: text
        .slice(found.index + found[0].length, marks[at + 1]?.index)
        .replace(/<\|endoftext\|>\s*$/, '')
        .trim(),
    }))
    const last = messages.at(-1)
    const said =
      last?.role === 'assistant' && last.content === '' ? messages.slice(0, -1) : messages
    const isDialogue = said[0]?.role !== 'assistant' && marks.length > 1 && messages.length <= 500
    if (isDialogue && messages.some(({ role }) => role === 'assistant')) return said
  }
  return null
}

export function readText(raw: unknown, path: string, say: Say): string | undefined {
  if (typeof raw !== 'string') {
    say(path, `is ${kindOf(raw)}, not text.`, 'Write a text in quotes.')
    return undefined
  }
  if (raw.length > longestText)
    say(path, `is longer than ${longestText} characters.`, 'Split the record or shorten the text.')
  return raw
}
