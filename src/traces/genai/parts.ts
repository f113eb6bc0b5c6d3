/**
 * Messages as the GenAI conventions of OpenTelemetry write them, `{role, parts: [{type, …}]}`
 * (semantic-conventions-genai, docs/gen-ai/gen-ai-input-messages.json), in the words of chats here.
 * Messages in other words (`{role, content}`) stay as they are: src/imports/shapes reads those.
 */
import { isObject, type JsonObject } from '../../json.ts'

/** Longer images and sounds are left out: nobody could send a record with them. */
const longestBlob = 50_000

/** One message may hold several results of tools, each of which is a message here. */
export function plainMessages(message: JsonObject, role: string): JsonObject[] {
  const { parts } = message
  const said = { role: typeof message['role'] === 'string' ? message['role'] : role }
  if (!Array.isArray(parts)) return [withParts({ ...message, ...said })]
  const all = parts.map((part) => (isObject(part) ? part : { type: 'text', content: String(part) }))
  const results = all.filter(({ type }) => type === 'tool_call_response')
  const others = all.filter(({ type }) => type !== 'tool_call_response')
  const name = typeof message['name'] === 'string' ? { name: message['name'] } : {}
  return [
    ...results.map((part) => resultOf(part)),
    ...(others.length > 0 || results.length === 0
      ? [{ ...said, ...name, ...contentOf(others) }]
      : []),
  ]
}

/** The text of instructions that stand apart from the chat: a text, parts, or messages. */
export function systemMessages(given: unknown): JsonObject[] {
  if (typeof given === 'string') return given === '' ? [] : [{ role: 'system', content: given }]
  if (isObject(given)) return systemMessages([given])
  if (!Array.isArray(given) || given.length === 0) return []
  const objects = given.map((one) => (isObject(one) ? one : { type: 'text', content: String(one) }))
  if (objects.some((one) => 'role' in one))
    return objects.flatMap((one) => plainMessages(one, 'system'))
  return [{ role: 'system', ...contentOf(objects) }]
}

function resultOf(part: JsonObject): JsonObject {
  // Older instrumentations say "result".
  const response = part['response'] ?? part['result'] ?? ''
  return {
    role: 'tool',
    ...(typeof part['id'] === 'string' && part['id'] !== '' ? { tool_call_id: part['id'] } : {}),
    content: typeof response === 'string' ? response : JSON.stringify(response),
  }
}

function contentOf(parts: readonly JsonObject[]): JsonObject {
  const calls = parts.filter(({ type }) => type === 'tool_call').map(callOf)
  const thoughts = parts.flatMap((part) => (part['type'] === 'reasoning' ? textIn(part) : []))
  const said = parts.filter(({ type }) => type !== 'tool_call' && type !== 'reasoning').map(partOf)
  const [only, second] = said
  const text = only && !second && only['type'] === 'text' ? only['text'] : undefined
  return {
    content: said.length === 0 ? null : (text ?? said),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(thoughts.length > 0 ? { reasoning_content: thoughts.join('\n') } : {}),
  }
}

function callOf({ id, name, arguments: given }: JsonObject): JsonObject {
  return {
    ...(typeof id === 'string' && id !== '' ? { id } : {}),
    type: 'function',
    function: { name, arguments: given ?? {} },
  }
}

function textIn({ content, text }: JsonObject): string[] {
  const said = content ?? text
  return typeof said === 'string' ? [said] : []
}

/** Texts and images in the words that chats have; everything else stays as it arrived. */
function partOf(part: JsonObject): JsonObject {
  const { type, modality, mime_type: mime } = part
  if (type === 'text') return { type: 'text', text: textIn(part)[0] ?? '' }
  const isImage = modality === 'image' || (typeof mime === 'string' && mime.startsWith('image/'))
  if (type === 'uri' && isImage && typeof part['uri'] === 'string')
    return { type: 'image_url', image_url: { url: part['uri'] } }
  if (type !== 'blob' || typeof part['content'] !== 'string')
    return typeof type === 'string' ? part : { ...part, type: 'part' }
  if (part['content'].length > longestBlob) return leftOut(String(modality ?? mime ?? 'file'))
  if (!isImage) return part
  const url = `data:${typeof mime === 'string' ? mime : 'image/png'};base64,${part['content']}`
  return { type: 'image_url', image_url: { url } }
}

/** What labelers read instead of something that is too large. */
function leftOut(what: string): JsonObject {
  return { type: 'text', text: `[${what} left out: it is too large]` }
}

/** Content in parts of `{role, content: [{text}]}` (Bedrock, Gemini) and `image_url`s that are too large. */
function withParts(message: JsonObject): JsonObject {
  const { content, ...rest } = message
  if (!Array.isArray(content)) return message
  const all = content.filter(isObject)
  const calls = all.flatMap((part) => {
    const { toolUse: call } = part
    if (!isObject(call)) return []
    const { toolUseId: id, name, input } = call
    return [{ id, type: 'function', function: { name, arguments: input ?? {} } }]
  })
  const others = all.filter((part) => !('toolUse' in part)).map(sharedPart)
  return {
    ...rest,
    content: others.length === 0 && calls.length > 0 ? null : others,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
}

function sharedPart(part: JsonObject): JsonObject {
  const { type, text, image_url: image } = part
  if (type === undefined && typeof text === 'string') return { type: 'text', text }
  // A part of the conventions within a content.
  if (type === 'text' && typeof text !== 'string') return partOf(part)
  const url = isObject(image) ? image['url'] : undefined
  return typeof url === 'string' && url.length > longestBlob ? leftOut('image') : part
}
