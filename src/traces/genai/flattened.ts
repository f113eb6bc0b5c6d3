/**
 * Lists that instrumentations flatten into attributes, `llm.input_messages.0.message.role` (OpenInference)
 * and `gen_ai.prompt.0.content` (OpenLLMetry), put together again.
 */
import { isObject, type JsonObject } from '../../json.ts'
import type { Attributes } from '../otlp/span.ts'

const mostItems = 1_000
const deepestKey = 12

/** The items below a prefix in their order; items that are missing are left out. */
export function unflatten(attributes: Attributes, prefix: string): JsonObject[] {
  const root: JsonObject = {}
  for (const [key, value] of attributes) {
    if (!key.startsWith(prefix)) continue
    const path = key.slice(prefix.length).split('.')
    if (path.length <= deepestKey && /^\d{1,3}$/.test(path[0] ?? '')) put(root, path, value)
  }
  return listOf(root).filter(isObject)
}

function put(into: JsonObject, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (key === '__proto__') return
  if (rest.length === 0) {
    into[key] = value
    return
  }
  const held = Object.hasOwn(into, key) ? into[key] : undefined
  const next = isObject(held) ? held : {}
  into[key] = next
  put(next, rest, value)
}

/** What stands under numbers, in the order of these. */
function listOf(held: unknown): unknown[] {
  if (!isObject(held)) return []
  return Object.entries(held)
    .filter(([key]) => /^\d{1,3}$/.test(key))
    .sort(([a], [b]) => Number(a) - Number(b))
    .slice(0, mostItems)
    .map(([, one]) => one)
}

/** OpenInference: each item holds one object under `message`. */
export function openInferenceMessages(attributes: Attributes, prefix: string): JsonObject[] {
  return unflatten(attributes, prefix).flatMap(({ message }) => {
    if (!isObject(message)) return []
    const calls = listOf(message['tool_calls']).flatMap(openInferenceCall)
    const parts = listOf(message['contents']).flatMap((one) => openInferencePart(one))
    const thoughts = parts.flatMap((part) => (part['type'] === 'reasoning' ? [part['text']] : []))
    const said = parts.filter(({ type }) => type !== 'reasoning' && type !== 'tool_use')
    const called = message['function_call_name']
    return [
      {
        role: message['role'] ?? 'user',
        content: message['content'] ?? (said.length > 0 ? said : null),
        ...(typeof message['name'] === 'string' ? { name: message['name'] } : {}),
        ...(typeof message['tool_call_id'] === 'string'
          ? { tool_call_id: message['tool_call_id'] }
          : {}),
        ...(calls.length > 0 ? { tool_calls: calls } : {}),
        ...(typeof called === 'string'
          ? { function_call: { name: called, arguments: message['function_call_arguments_json'] } }
          : {}),
        ...(thoughts.some((one) => typeof one === 'string')
          ? { reasoning_content: thoughts.filter((one) => typeof one === 'string').join('\n') }
          : {}),
      },
    ]
  })
}

function openInferenceCall(one: unknown): JsonObject[] {
  const call = isObject(one) ? one['tool_call'] : undefined
  const called = isObject(call) ? call['function'] : undefined
  if (!isObject(call) || !isObject(called)) return []
  const id = typeof call['id'] === 'string' && call['id'] !== '' ? { id: call['id'] } : {}
  const { name, arguments: given } = called
  return [{ ...id, type: 'function', function: { name, arguments: given ?? '{}' } }]
}

function openInferencePart(one: unknown): JsonObject[] {
  const content = isObject(one) ? one['message_content'] : undefined
  if (!isObject(content)) return []
  const { type, text, image } = content
  const inner = isObject(image) ? image['image'] : undefined
  const url = isObject(inner) ? inner['url'] : undefined
  if (type === 'image' && typeof url === 'string')
    return [{ type: 'image_url', image_url: { url } }]
  return [{ ...content, type: type ?? 'text', ...(text === undefined ? {} : { text }) }]
}

/** OpenLLMetry: role, content (a text, or parts as JSON) and calls without their `function`. */
export function openLlmetryMessages(attributes: Attributes, prefix: string): JsonObject[] {
  return unflatten(attributes, prefix).map(
    ({ role, content, tool_calls, tool_call_id, refusal }) => {
      const calls = listOf(tool_calls).filter(isObject)
      return {
        role: role ?? (prefix.includes('completion') ? 'assistant' : 'user'),
        content: content ?? null,
        ...(typeof refusal === 'string' ? { refusal } : {}),
        ...(typeof tool_call_id === 'string' ? { tool_call_id } : {}),
        ...(calls.length > 0
          ? {
              tool_calls: calls.map(({ id, name, arguments: given }) => ({
                ...(typeof id === 'string' ? { id } : {}),
                type: 'function',
                function: { name, arguments: given ?? '{}' },
              })),
            }
          : {}),
      }
    },
  )
}
