/**
 * Trees of messages, as Open Assistant publishes them: a prompt with replies, each of which may be
 * answered again. Every answered prompt is a record: the path to it, and its replies.
 */
import { isObject, type JsonObject } from '../../json.ts'
import { idText, numberOf, own, without } from './line.ts'
import type { Reading } from './reading.ts'

const replyKeys = ['replies', 'children']
const textKeys = ['text', 'content', 'body']

export function readTree({ line }: Reading): Reading[] | null {
  const root = own(line, 'prompt') ?? line
  if (!isObject(root) || !repliesOf(root) || typeof textIn(root) !== 'string') return null
  const about = root === line ? {} : without(line, ['prompt'])
  const found: Reading[] = []
  walk(root, [], about, found)
  return found.length > 0 ? found : [readingOf(root, [], [], about)]
}

/** A line of Open Assistant's flat files: one message, that means nothing without the others. */
export function isLooseMessage(line: JsonObject): boolean {
  return 'message_id' in line && 'parent_id' in line && 'text' in line && 'role' in line
}

type Message = { role: unknown; content: unknown }

function walk(node: JsonObject, way: readonly Message[], about: JsonObject, found: Reading[]) {
  const here = [...way, messageOf(node, way.length)]
  const replies = repliesOf(node) ?? []
  const isAnswer = isSaidByAssistant(node, way.length)
  if (!isAnswer && replies.length > 0) found.push(readingOf(node, way, replies, about))
  for (const reply of replies) walk(reply, here, about, found)
}

function readingOf(
  node: JsonObject,
  way: readonly Message[],
  replies: readonly JsonObject[],
  about: JsonObject,
): Reading {
  const messages = [...way, messageOf(node, way.length)]
  const id = idText(own(node, 'message_id')) ?? idText(own(node, 'id'))
  return {
    line: {
      ...about,
      ...without(node, ['message_id', 'id', 'role', 'parent_id', ...textKeys, ...replyKeys]),
      ...(id === null ? {} : { external_id: id }),
      prompt: messages,
      outputs: replies.map((reply) => outputOf(reply)),
    },
    verdict: {},
  }
}

function outputOf(reply: JsonObject): JsonObject {
  const rest = without(reply, ['message_id', 'id', 'role', 'parent_id', ...textKeys, ...replyKeys])
  const { model_name: model, rank, ...metadata } = rest
  return {
    id: own(reply, 'message_id') ?? own(reply, 'id'),
    text: textIn(reply),
    ...(typeof model === 'string' ? { model } : {}),
    metadata: { ...metadata, ...(numberOf(rank) === null ? {} : { rank }) },
  }
}

function repliesOf(node: JsonObject): JsonObject[] | null {
  const replies = replyKeys.map((key) => own(node, key)).find((one) => Array.isArray(one))
  return Array.isArray(replies) ? replies.filter(isObject) : null
}

function textIn(node: JsonObject): unknown {
  return textKeys.map((key) => own(node, key)).find((one) => one !== undefined)
}

function messageOf(node: JsonObject, depth: number): Message {
  const turn = depth % 2 === 1 ? 'assistant' : 'user'
  return { role: own(node, 'role') ?? turn, content: textIn(node) }
}

/** By its role, or in turns where it has none. */
function isSaidByAssistant(node: JsonObject, depth: number): boolean {
  const role = own(node, 'role')
  return typeof role === 'string' ? /^(assistant|gpt|bot|model)$/i.test(role) : depth % 2 === 1
}
