/**
 * What a span says was sent to a model, what came back and which tools there were: of all the ways to say
 * it, the newest that the span uses. 1. `gen_ai.input.messages` and the like, as attributes or on an event;
 * 2. an event for each message; 3. `gen_ai.prompt` and `gen_ai.completion`; 4. OpenInference.
 */
import { isObject, type JsonObject } from '../../json.ts'
import type { Attributes, Span } from '../otlp/span.ts'
import { openInferenceMessages, openLlmetryMessages, unflatten } from './flattened.ts'
import { plainMessages, systemMessages } from './parts.ts'
import { unfolded } from './unfold.ts'

/** Messages in the words of src/imports/shapes; each output is one answer. */
export type Conversation = { prompt: JsonObject[]; outputs: JsonObject[]; tools: JsonObject[] }

export function conversationOf(span: Span): Conversation {
  const prompt = firstOf(prompts, span)
  const system = systemMessages(unfolded(contentAttribute(span, 'gen_ai.system_instructions')))
  const isThere = prompt[0]?.['role'] === 'system'
  return {
    prompt: isThere ? prompt : [...system, ...prompt],
    outputs: firstOf(outputs, span),
    tools: toolsOf(span),
  }
}

type Reading = (span: Span) => JsonObject[]

const prompts: readonly Reading[] = [
  (span) => messagesIn(contentAttribute(span, 'gen_ai.input.messages'), 'user'),
  (span) => eventMessages(span),
  ({ attributes }) => openLlmetryMessages(attributes, 'gen_ai.prompt.').flatMap(folded('user')),
  (span) => messagesIn(onEvent(span, 'gen_ai.content.prompt', 'gen_ai.prompt'), 'user'),
  ({ attributes }) => openInferenceMessages(attributes, 'llm.input_messages.'),
  ({ attributes }) => texts(attributes, 'llm.prompts.', 'prompt', 'user'),
  ({ attributes }) => messagesIn(innerMessages(attributes.get('input.value')), 'user'),
]

const outputs: readonly Reading[] = [
  (span) => messagesIn(contentAttribute(span, 'gen_ai.output.messages'), 'assistant'),
  (span) => eventChoices(span),
  ({ attributes }) =>
    openLlmetryMessages(attributes, 'gen_ai.completion.').flatMap(folded('assistant')),
  (span) =>
    messagesIn(onEvent(span, 'gen_ai.content.completion', 'gen_ai.completion'), 'assistant'),
  ({ attributes }) => openInferenceMessages(attributes, 'llm.output_messages.'),
  ({ attributes }) => texts(attributes, 'llm.choices.', 'completion', 'assistant'),
  ({ attributes }) => messagesIn(innerChoices(attributes.get('output.value')), 'assistant'),
]

function firstOf(readings: readonly Reading[], span: Span): JsonObject[] {
  for (const read of readings) {
    const found = read(span).filter(isSaid)
    if (found.length > 0) return found
  }
  return []
}

/** Where content is not captured, messages are there without it. */
function isSaid({ content, ...message }: JsonObject): boolean {
  const others = ['tool_calls', 'function_call', 'reasoning_content', 'refusal', 'parts', 'text']
  return (content !== null && content !== undefined) || others.some((key) => key in message)
}

const detailsEvent = 'gen_ai.client.inference.operation.details'

/** The conventions let it stand on the span or on the event of the details. */
function contentAttribute({ attributes, events }: Span, key: string): unknown {
  const event = events.findLast(
    ({ name, attributes: own }) => name === detailsEvent && own.has(key),
  )
  return attributes.get(key) ?? event?.attributes.get(key)
}

function onEvent({ attributes, events }: Span, name: string, key: string): unknown {
  return events.find((event) => event.name === name)?.attributes.get(key) ?? attributes.get(key)
}

/** A list of messages, also as JSON in a text; any other text is what one message says. */
function messagesIn(given: unknown, role: 'user' | 'assistant'): JsonObject[] {
  const held = unfolded(given)
  if (typeof held === 'string') return held === '' ? [] : [{ role, content: held }]
  const listed: unknown[] = Array.isArray(held) ? held : isObject(held) ? [held] : []
  const isPart = (one: unknown) =>
    isObject(one) && !('role' in one) && typeof one['type'] === 'string'
  if (listed.length > 0 && listed.every(isPart)) return plainMessages({ role, parts: listed }, role)
  return listed.flatMap((one) =>
    typeof one === 'string' ? [{ role, content: one }] : isObject(one) ? asMessage(one, role) : [],
  )
}

/** A message, or a choice that holds one. */
function asMessage(one: JsonObject, role: string): JsonObject[] {
  const { message, finish_reason: _, index: __, ...rest } = one
  if (isObject(message)) return plainMessages(message, role)
  const text = rest['content'] ?? rest['text']
  const isBare = !('role' in rest) && typeof text === 'string' && !('parts' in rest)
  return isBare ? [{ role, content: text }] : plainMessages(rest, role)
}

function folded(role: string): (message: JsonObject) => JsonObject[] {
  return (message) => {
    const content = unfolded(message['content'])
    return plainMessages(Array.isArray(content) ? { ...message, content } : message, role)
  }
}

const roleOfEvent: { readonly [name: string]: string } = {
  'gen_ai.system.message': 'system',
  'gen_ai.user.message': 'user',
  'gen_ai.assistant.message': 'assistant',
  'gen_ai.tool.message': 'tool',
}

/** An event for each message: its body in one attribute (`gen_ai.event.content`), or in several. */
function eventMessages({ events }: Span): JsonObject[] {
  return events.flatMap(({ name, attributes }) => {
    const role = roleOfEvent[name]
    if (role === undefined) return []
    const { id, ...body } = bodyOf(attributes)
    const answers = role === 'tool' && typeof id === 'string' ? { tool_call_id: id } : {}
    return folded(role)({ role, content: null, ...known(body), ...answers })
  })
}

function eventChoices({ events }: Span): JsonObject[] {
  const choices = events.flatMap(({ name, attributes }, nth) => {
    if (name !== 'gen_ai.choice') return []
    const body = bodyOf(attributes)
    const { index, message } = body
    const said = message ?? (body['content'] === undefined ? undefined : known(body))
    const [first] = messagesIn(said ?? null, 'assistant')
    const calls = first && !('tool_calls' in first) ? { ...first, ...callsBeside(body) } : first
    return calls ? [{ at: typeof index === 'number' ? index : nth, message: calls }] : []
  })
  return choices.sort((a, b) => a.at - b.at).map(({ message }) => message)
}

function callsBeside({ tool_calls: calls }: JsonObject): JsonObject {
  return Array.isArray(calls) && calls.length > 0 ? { tool_calls: calls } : {}
}

/** What of a body is a message; the rest says which provider and which index. */
function known(body: JsonObject): JsonObject {
  const kept = ['role', 'content', 'tool_calls', 'name', 'tool_call_id', 'refusal', 'parts']
  return Object.fromEntries(Object.entries(body).filter(([key]) => kept.includes(key)))
}

function bodyOf(attributes: Attributes): JsonObject {
  const whole = unfolded(attributes.get('gen_ai.event.content') ?? attributes.get('event_body'))
  if (isObject(whole)) return whole
  if (typeof whole === 'string' && whole !== '') return { content: whole }
  const own = [...attributes].filter(([key]) => !key.includes('.'))
  return Object.fromEntries(
    own.map(([key, value]) => [key, key === 'content' ? value : unfolded(value)]),
  )
}

function texts(attributes: Attributes, prefix: string, key: string, role: string): JsonObject[] {
  return unflatten(attributes, prefix).flatMap((one) => {
    const held = one[key]
    const text = isObject(held) ? held['text'] : undefined
    return typeof text === 'string' ? [{ role, content: text }] : []
  })
}

/** A whole request as JSON holds its messages; a text is the message. */
function innerMessages(value: unknown): unknown {
  const held = unfolded(value)
  if (!isObject(held)) return held
  return held['messages'] ?? held['input'] ?? held['prompt'] ?? value
}

function innerChoices(value: unknown): unknown {
  const held = unfolded(value)
  return isObject(held) ? (held['choices'] ?? ('content' in held ? held : value)) : held
}

/** Definitions as OpenAI's API and chat templates have them: `{type, function: {name, …}}`. */
function toolsOf(span: Span): JsonObject[] {
  const { attributes } = span
  const defined = unfolded(contentAttribute(span, 'gen_ai.tool.definitions'))
  const listed = Array.isArray(defined) ? defined.filter(isObject) : []
  if (listed.length > 0) return listed.map(nestedTool)
  const schemas = unflatten(attributes, 'llm.tools.').flatMap(({ tool }) => {
    const schema = isObject(tool) ? unfolded(tool['json_schema']) : undefined
    return isObject(schema) ? [nestedTool(schema)] : []
  })
  if (schemas.length > 0) return schemas
  return unflatten(attributes, 'llm.request.functions.').map(({ name, description, parameters }) =>
    nestedTool({ type: 'function', name, description, parameters: unfolded(parameters) }),
  )
}

function nestedTool(tool: JsonObject): JsonObject {
  const { type, name, description, parameters, input_schema: schema, ...rest } = tool
  if (isObject(tool['function']) || typeof name !== 'string') return tool
  if (type !== undefined && type !== 'function') return tool
  const inner = parameters ?? schema
  return {
    ...rest,
    type: 'function',
    function: {
      name,
      ...(typeof description === 'string' ? { description } : {}),
      ...(isObject(inner) ? { parameters: inner } : {}),
    },
  }
}
