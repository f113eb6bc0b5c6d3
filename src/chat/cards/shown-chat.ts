/**
 * A stored chat as people read it: calls of tools as their name and arguments, results under the name of
 * what was called, reasoning as a quote, images as links. Written as Markdown, which the platforms draw.
 */
import {
  argumentsText,
  type Call,
  type ChatMessage,
  type ContentPart,
  callsOf,
  isPlain,
  partText,
  reasoningOf,
} from '../../records/message.ts'
import type { Content as Stored } from '../../records/record-line.ts'
import type { Content, Message } from '../port/port.ts'
import { spoken, type Words } from '../words/words.ts'

/** `before` are chats that stand above, whose calls results here may answer. */
export function shownContent(
  content: Stored,
  before: readonly Stored[] = [],
  said: Words = spoken(),
): Content {
  if (typeof content === 'string') return content
  const plain = content.flatMap((one) => (isPlain(one) && !isResult(one) ? [one] : []))
  if (plain.length === content.length) return plain
  const calls: Call[] = before.flatMap((one) =>
    typeof one === 'string' ? [] : one.flatMap(callsOf),
  )
  /** Calls that no result has answered yet, for results that name none. */
  let open: Call[] = []
  return content.map((message): Message => {
    const called = callsOf(message)
    calls.push(...called)
    if (called.length > 0) open = [...called]
    const answered = isResult(message) ? callOf(message, calls, open) : null
    if (answered !== null) open = open.filter((one) => one !== answered)
    return {
      role: speakerOf(message, answered?.name ?? null, said),
      content: wordsShown(message, called, said),
    }
  })
}

function isResult({ role, tool_call_id }: ChatMessage): boolean {
  return role === 'tool' || role === 'function' || tool_call_id !== undefined
}

function callOf(message: ChatMessage, calls: readonly Call[], open: readonly Call[]): Call | null {
  const { tool_call_id: id, name } = message
  if (id !== undefined) return calls.findLast((one) => one.id === id) ?? null
  return (name === undefined ? open[0] : open.find((one) => one.name === name)) ?? null
}

/** Plain speakers keep the role that adapters translate. */
function speakerOf(message: ChatMessage, called: string | null, said: Words): string {
  const { role, name } = message
  if (isResult(message)) return said.resultOf(called ?? name ?? message.tool_call_id ?? null)
  if (name === undefined) return role
  const spoken = { user: said.user, assistant: said.assistant, system: said.system }
  return `${Object.entries(spoken).find(([one]) => one === role)?.[1] ?? role} · ${name}`
}

function wordsShown(message: ChatMessage, called: readonly Call[], said: Words): string {
  const { content, refusal } = message
  const reasoning = reasoningOf(message)
  const parts = Array.isArray(content) ? content.map((part) => shownPart(part, said)) : [content]
  return [
    reasoning === '' ? '' : quoted(`**${said.reasoning}**\n${reasoning}`),
    ...parts,
    refusal === undefined ? '' : `**${said.refuses}** ${refusal}`,
    ...called.map((call) => shownCall(call, said)),
  ]
    .filter((text) => typeof text === 'string' && text !== '')
    .join('\n\n')
}

function quoted(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `> ${line}`)
    .join('\n')
}

function shownCall(call: Call, said: Words): string {
  const text = pretty(argumentsText(call))
  const { name } = call
  return `**${said.calls}** ${inCode(name)}\n\n${fenced(text.text, text.isJson ? 'json' : '')}`
}

function pretty(text: string): { text: string; isJson: boolean } {
  try {
    return { text: JSON.stringify(JSON.parse(text), null, 2), isJson: true }
  } catch {
    return { text, isJson: false }
  }
}

/** A fence that nothing in the text can close. */
function fenced(text: string, language: string): string {
  const marks = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return `${marks}${language}\n${text}\n${marks}`
}

function inCode(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const marks = '`'.repeat(longestRun(line) + 1)
  return marks.length > 1 ? `${marks} ${line} ${marks}` : `${marks}${line}${marks}`
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
}

/** The text of a part; an image as a link under its description, anything else by its name. */
function shownPart(part: ContentPart, said: Words): string {
  const text = partText(part)
  if (text !== null) return text
  const held = part[part.type]
  const inner = typeof held === 'object' && held !== null ? held : part
  const url = firstText(held, ...['url', 'image', 'path'].map((key) => Reflect.get(inner, key)))
  const alt = firstText(
    ...['alt', 'alt_text', 'detail_text', 'filename', 'name'].flatMap((key) => [
      Reflect.get(part, key),
      Reflect.get(inner, key),
    ]),
  )
  const isImage = /image/.test(part.type)
  const words = alt ?? (isImage ? said.image : said.attachment(part.type))
  if (url === null || !/^https?:\/\//i.test(url)) return `(${escaped(words)})`
  return `![${escaped(words)}](<${url.replace(/[<>\s]/g, encodeURIComponent)}>)`
}

function firstText(...values: unknown[]): string | null {
  return values.find((one): one is string => typeof one === 'string' && one.trim() !== '') ?? null
}

/** As words inside a link: no bracket of theirs ends it. */
function escaped(words: string): string {
  return words.replace(/\s+/g, ' ').replace(/[\\[\]`*_<>]/g, '\\$&')
}
