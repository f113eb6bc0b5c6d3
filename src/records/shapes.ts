/**
 * Recognises the shapes in which records come: Parley's own (`format: 1`) and foreign ones (prompt
 * with outputs, chosen and rejected, messages, instruction and input) without being told which. A
 * foreign key that nothing asks for becomes metadata, so that nothing is lost.
 */
import { hash } from 'node:crypto'
import { didYouMean } from '../datasets/did-you-mean.ts'
import { explainIssues, kindOf, type Path, pathText } from '../datasets/explain.ts'
import type { DatasetDocument, Field } from '../datasets/shape.ts'
import { invalid } from '../errors.ts'
import { isObject, type JsonObject, type LineProblem } from './json.ts'
import { ChatMessage, type Content, longestText, RecordLine, type RecordOutput } from './shape.ts'

export type Shaped = { record: RecordLine } | { problem: LineProblem }

/** Makes the reader for one dataset; `map` says by hand which key feeds what (`prompt=question`). */
export function shapeReader(
  document: Pick<DatasetDocument, 'fields'>,
  map: Readonly<Record<string, string>> = {},
): (value: unknown) => Shaped {
  const plan = planFor(document, map)
  return (value) => {
    if (!isObject(value))
      return {
        problem: {
          path: '',
          message: `is ${kindOf(value)}, not an object.`,
          remedy: 'Write one record a line, e.g. {"prompt": "…"}.',
        },
      }
    if (typeof value['format'] === 'number') return readNative(value)
    const problems: LineProblem[] = []
    const record = readForeign(plan, value, problems)
    const [problem] = problems
    return problem ? { problem } : { record }
  }
}

function readNative(value: JsonObject): Shaped {
  const { success, data, error } = RecordLine.safeParse(value)
  if (success) return { record: data }
  if ('record' in value || 'responses' in value)
    return {
      problem: {
        path: 'record' in value ? 'record' : 'responses',
        message: 'is a line of an export with answers in it.',
        remedy: 'Import the file with --from parley.',
      },
    }
  // A mistyped key also leaves one missing: the typing mistake is what is worth telling.
  const mistyped = error.issues.filter((issue) => issue.code === 'unrecognized_keys')
  const [first] = explainIssues(mistyped.length > 0 ? mistyped : error.issues, value, nativeKeys)
  const path = first ? pathText(first.path) : ''
  return {
    problem: {
      path,
      message: first?.message ?? 'is not a record.',
      remedy: path === 'format' ? 'Write "format": 1.' : (first?.remedy ?? ''),
    },
  }
}

function nativeKeys(path: Path): readonly string[] {
  const [key, , under] = path
  if (key === undefined) return Object.keys(RecordLine.shape)
  if (under === 'messages' || key === 'fields') return ['role', 'content']
  if (key === 'outputs') return ['id', 'text', 'messages', 'model', 'metadata']
  return key === 'suggestions' ? ['value', 'score', 'agent'] : []
}

/** Which keys of a foreign line feed what, worked out once for a whole file. */
type Plan = {
  fields: { field: Field; keys: readonly string[]; mapped: boolean }[]
  outputs: readonly string[] | null
  id: readonly string[]
  priority: string | null
}

const promptKeys = ['prompt', 'question', 'instruction', 'query', 'input', 'user', 'text']
const contextKeys = ['context', 'system', 'passage', 'document', 'background', 'input']
const chatKeys = ['messages', 'conversations', 'conversation']
const listKeys = ['outputs', 'completions', 'responses', 'candidates']
const singleKeys = ['output', 'completion', 'response', 'answer']
const textKeys = ['text', 'content', 'response', 'completion', 'output', 'answer']

function planFor(
  document: Pick<DatasetDocument, 'fields'>,
  map: Readonly<Record<string, string>>,
): Plan {
  const given = targetsOf(document, map)
  const promptField =
    document.fields.find((field) => field.name === 'prompt') ??
    document.fields.find((field) => promptKeys.includes(field.name)) ??
    (document.fields.length === 1 ? document.fields[0] : undefined)
  const fields = document.fields.map((field) => {
    const key = given.get(field.name)
    if (key !== undefined) return { field, keys: [key], mapped: true }
    const aliases = field === promptField ? promptKeys : contextKeys
    const known = field === promptField || contextKeys.includes(field.name)
    return {
      field,
      keys: known ? [...new Set([field.name, ...aliases])] : [field.name],
      mapped: false,
    }
  })
  const outputs = given.get('outputs')
  const id = given.get('external_id')
  return {
    fields,
    outputs: outputs === undefined ? null : outputs.split(',').map((key) => key.trim()),
    id: id === undefined ? ['external_id', 'id'] : [id],
    priority: given.get('priority') ?? null,
  }
}

/** Reads `--map`: the side that names something of the dataset is the target, whichever it is. */
function targetsOf(
  document: Pick<DatasetDocument, 'fields'>,
  map: Readonly<Record<string, string>>,
): Map<string, string> {
  const targets = [
    ...document.fields.map((field) => field.name),
    'outputs',
    'external_id',
    'priority',
  ]
  const canonical = (name: string) => (name === 'id' ? 'external_id' : name)
  const found = new Map<string, string>()
  for (const [left, right] of Object.entries(map)) {
    if (targets.includes(canonical(left))) found.set(canonical(left), right)
    else if (targets.includes(canonical(right))) found.set(canonical(right), left)
    else
      throw invalid({
        map: `"${left}=${right}" names nothing of this dataset. Write e.g. ${targets[0]}=KEY; it has ${targets.join(', ')}.${didYouMean(left, targets)}`,
      })
  }
  return found
}

function readForeign(plan: Plan, line: JsonObject, problems: LineProblem[]): RecordLine {
  // Argilla and others keep their fields one level down.
  const inner = isObject(line['fields']) ? line['fields'] : {}
  const source: JsonObject = { ...withoutOpenAi(line), ...inner }
  const used = new Set(isObject(line['fields']) ? ['fields'] : [])
  const say = (path: string, message: string, remedy: string) => {
    problems.push({ path, message, remedy })
  }
  const fields: { [name: string]: Content } = {}
  for (const one of plan.fields) {
    const content = readField(one, source, used, say)
    if (content !== undefined) fields[one.field.name] = content
  }
  const chat = readChat(plan, source, used, fields, say)
  const outputs = readOutputs(plan, source, used, fields, say) ?? chat
  const priority = readPriority(plan, source, used, say)
  const externalId = readId(plan, source, used, say)
  const metadata = restOf(source, used)
  return {
    format: 1,
    external_id: externalId ?? contentHash(fields, outputs),
    fields,
    outputs,
    metadata,
    suggestions: {},
    priority,
  }
}

/** OpenAI's preference lines keep the chat one level down and name the sides otherwise. */
function withoutOpenAi(line: JsonObject): JsonObject {
  const { input, preferred_output, non_preferred_output, ...rest } = line
  if (!isObject(input) || preferred_output === undefined || non_preferred_output === undefined)
    return line
  const { messages, ...settings } = input
  return {
    ...rest,
    messages,
    chosen: preferred_output,
    rejected: non_preferred_output,
    ...(Object.keys(settings).length > 0 ? { input: settings } : {}),
  }
}

type Say = (path: string, message: string, remedy: string) => void

function readField(
  { field, keys, mapped }: Plan['fields'][number],
  source: JsonObject,
  used: Set<string>,
  say: Say,
): Content | undefined {
  for (const key of keys) {
    const raw = mapped ? follow(source, key) : own(source, key)
    if (raw === undefined || raw === null || used.has(key)) continue
    used.add(key)
    const content = readContent(raw, key, say)
    // Alpaca: the instruction and the input it is about are one prompt.
    const input = key === 'instruction' && !mapped ? own(source, 'input') : undefined
    if (typeof content === 'string' && typeof input === 'string' && !used.has('input')) {
      used.add('input')
      if (input.trim() !== '') return fitField(field, `${content}\n\n${input}`, key, say)
    }
    return content === undefined ? undefined : fitField(field, content, key, say)
  }
  if (mapped && field.required)
    say(keys[0] ?? '', 'is missing.', `Write it, or map another key to ${field.name}.`)
  return undefined
}

/** A text field takes a chat of one message, a chat field takes a text as what the user said. */
export function fitField(field: Field, content: Content, path: string, say: Say): Content {
  if (field.type === 'chat' && typeof content === 'string') return [{ role: 'user', content }]
  if (field.type === 'text' && typeof content !== 'string') {
    const [only, second] = content
    if (only && !second) return only.content
    say(
      path,
      `is a chat of ${content.length} messages, but the field ${field.name} is text.`,
      `Declare it in the dataset: fields: { ${field.name}: { type: chat } }.`,
    )
  }
  return content
}

/** A whole conversation: what comes before the last answer is the prompt, the answer an output. */
function readChat(
  plan: Plan,
  source: JsonObject,
  used: Set<string>,
  fields: { [name: string]: Content },
  say: Say,
): RecordOutput[] {
  const prompt = plan.fields.find(({ keys }) => keys.includes('prompt')) ?? plan.fields[0]
  if (!prompt || Object.hasOwn(fields, prompt.field.name) || prompt.mapped) return []
  const key = [...chatKeys, 'context'].find(
    (one) => Array.isArray(own(source, one)) && !used.has(one),
  )
  if (key === undefined) return []
  used.add(key)
  const messages = readMessages(own(source, key), key, say)
  if (!messages) return []
  const last = messages.at(-1)
  const answered = last?.role === 'assistant' && messages.length > 1
  const asked = answered ? messages.slice(0, -1) : messages
  fields[prompt.field.name] = fitField(prompt.field, asked, key, say)
  return answered && last ? [{ id: 'o1', text: last.content }] : []
}

function readOutputs(
  plan: Plan,
  source: JsonObject,
  used: Set<string>,
  fields: { [name: string]: Content },
  say: Say,
): RecordOutput[] | null {
  if (plan.outputs && plan.outputs.length > 1)
    return numbered(
      plan.outputs.map((key) => ({ raw: take(source, used, key), path: key, model: undefined })),
      say,
    )
  const key = plan.outputs?.[0] ?? listKeys.find((one) => present(source, used, one))
  if (key !== undefined) return listOf(take(source, used, key), key, say)
  if (present(source, used, 'chosen') && present(source, used, 'rejected'))
    return readPair(plan, source, used, fields, say)
  const single = singleKeys.find((one) => present(source, used, one))
  if (single === undefined) return null
  return numbered([{ raw: take(source, used, single), path: single, model: undefined }], say)
}

function listOf(raw: unknown, key: string, say: Say): RecordOutput[] {
  if (Array.isArray(raw))
    return numbered(
      raw.map((one: unknown, at) => ({ raw: one, path: `${key}.${at}`, model: undefined })),
      say,
    )
  // { "model name": "what it wrote" }
  if (isObject(raw))
    return numbered(
      Object.entries(raw).map(([model, one]) => ({ raw: one, path: `${key}.${model}`, model })),
      say,
    )
  if (raw === undefined || raw === null) return []
  if (typeof raw === 'string') return numbered([{ raw, path: key, model: undefined }], say)
  say(key, `is ${kindOf(raw)}, not a list.`, 'Write a list of texts, or rename the key.')
  return []
}

/** Preference data: both answers, and where the prompt is only implied, what they share before. */
function readPair(
  plan: Plan,
  source: JsonObject,
  used: Set<string>,
  fields: { [name: string]: Content },
  say: Say,
): RecordOutput[] {
  const sides = ['chosen', 'rejected'].map((key) => {
    const raw = take(source, used, key)
    // LLaMA-Factory writes the one message itself.
    return { key, raw: isObject(raw) ? [raw] : raw }
  })
  const chats = sides.map(({ key, raw }) =>
    Array.isArray(raw) ? (readMessages(raw, key, say) ?? []) : null,
  )
  const [chosen, rejected] = chats
  const prompt = plan.fields.find(({ keys }) => keys.includes('prompt')) ?? plan.fields[0]
  if (chosen && rejected && prompt && !Object.hasOwn(fields, prompt.field.name)) {
    let shared = 0
    while (shared < chosen.length - 1 && shared < rejected.length - 1) {
      const [a, b] = [chosen[shared], rejected[shared]]
      if (a?.role !== b?.role || a?.content !== b?.content) break
      shared++
    }
    const asked = chosen.slice(0, shared)
    if (shared > 0) fields[prompt.field.name] = fitField(prompt.field, asked, 'chosen', say)
    chosen.splice(0, shared)
    rejected.splice(0, shared)
  }
  return sides.flatMap(({ key, raw }, at): RecordOutput[] => {
    const id = `o${at + 1}`
    const metadata = { source: key }
    const chat = chats[at]
    const [only, second] = chat ?? []
    if (chat && only && second) return [{ id, messages: chat, metadata }]
    const content = only ? only.content : readText(raw, key, say)
    return content === undefined ? [] : [{ id, text: content, metadata }]
  })
}

type RawOutput = { raw: unknown; path: string; model: string | undefined }

function numbered(raws: readonly RawOutput[], say: Say): RecordOutput[] {
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
    if (text !== undefined) return { id, text, ...named }
    const messages = Array.isArray(raw) ? readMessages(raw, path, say) : null
    return messages ? { id, ...spoken(messages), ...named } : null
  }
  const { id: given, model, messages, metadata, ...rest } = raw
  const key = textKeys.find((name) => rest[name] !== undefined && rest[name] !== null)
  const listed = key === undefined ? messages : rest[key]
  const chat = Array.isArray(listed) ? listed : null
  if (key === undefined && !chat) {
    say(path, 'has no text.', 'Write {"text": "…"}, or leave the output out.')
    return null
  }
  const content = chat ? readMessages(chat, `${path}.${key ?? 'messages'}`, say) : null
  const text = key === undefined || chat ? undefined : readText(rest[key], `${path}.${key}`, say)
  if (key !== undefined) delete rest[key]
  const kept = {
    ...(isObject(metadata) ? metadata : metadata === undefined ? {} : { metadata }),
    ...((chat && key === undefined) || messages === undefined ? {} : { messages }),
    ...(typeof model === 'string' || model === undefined || model === null ? {} : { model }),
    ...rest,
  }
  if (typeof model === 'string' && model.length > 200)
    say(`${path}.model`, 'is longer than 200 characters.', 'Shorten it.')
  return {
    id: readOutputId(given, id, path, say),
    ...(content ? spoken(content) : { text: text ?? '' }),
    ...(typeof model === 'string' ? { model } : named),
    ...(Object.keys(kept).length > 0 ? { metadata: kept } : {}),
  }
}

/** One message by the assistant is a text; anything longer stays a chat. */
function spoken(messages: ChatMessage[]): { text: string } | { messages: ChatMessage[] } {
  const [only, second] = messages
  return only && !second && only.role === 'assistant' ? { text: only.content } : { messages }
}

function readOutputId(given: unknown, id: string, path: string, say: Say): string {
  if (given === undefined || given === null) return id
  const text = idText(given)
  if (text !== null) return text
  say(`${path}.id`, `is ${kindOf(given)}.`, 'Write a text of 1 to 200 characters.')
  return id
}

function readId(plan: Plan, source: JsonObject, used: Set<string>, say: Say): string | null {
  for (const key of plan.id) {
    const raw = plan.id.length === 1 ? follow(source, key) : own(source, key)
    if (raw === undefined || raw === null) continue
    used.add(key)
    const text = idText(raw)
    if (text !== null) return text
    say(
      key,
      `is ${kindOf(raw)}, which is no id.`,
      'Write a text of 1 to 200 characters, in quotes.',
    )
  }
  return null
}

/** Numbers that a double cannot hold exactly would make two records one. */
function idText(raw: unknown): string | null {
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? String(raw) : null
  return typeof raw === 'string' && raw.trim() !== '' && raw.length <= 200 ? raw : null
}

function readPriority(plan: Plan, source: JsonObject, used: Set<string>, say: Say): number {
  if (plan.priority === null) return 0
  const raw = take(source, used, plan.priority)
  if (raw === undefined || raw === null) return 0
  const number = typeof raw === 'string' && /^\d$/.test(raw) ? Number(raw) : raw
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 9)
    return number
  say(plan.priority, `is ${kindOf(raw)}.`, 'A priority is a whole number from 0 to 9.')
  return 0
}

function readContent(raw: unknown, path: string, say: Say): Content | undefined {
  if (Array.isArray(raw)) return readMessages(raw, path, say) ?? undefined
  return readText(raw, path, say)
}

function readText(raw: unknown, path: string, say: Say): string | undefined {
  if (typeof raw !== 'string') {
    say(path, `is ${kindOf(raw)}, not text.`, 'Write a text in quotes.')
    return undefined
  }
  if (raw.length > longestText)
    say(path, `is longer than ${longestText} characters.`, 'Split the record or shorten the text.')
  return raw
}

/** `{role, content}`, ShareGPT's `{from, value}`, and content in parts of which all are text. */
function readMessages(raw: unknown, path: string, say: Say): ChatMessage[] | null {
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > 500) {
    say(path, 'is not a list of 1 to 500 messages.', 'Write [{"role": "user", "content": "…"}].')
    return null
  }
  const messages: ChatMessage[] = []
  for (const [at, one] of raw.entries()) {
    const message = ChatMessage.safeParse(isObject(one) ? plainMessage(one) : one)
    if (!message.success) {
      const extra = isObject(one) && message.error.issues[0]?.code === 'unrecognized_keys'
      say(
        `${path}.${at}`,
        extra ? 'has keys besides role and content.' : 'is not a message.',
        extra
          ? 'Move them to the metadata of the record.'
          : `Write {"role": "user", "content": "…"}, at most ${longestText} characters.`,
      )
      return null
    }
    messages.push(message.data)
  }
  return messages
}

const shareGptRoles: { readonly [from: string]: string } = {
  human: 'user',
  gpt: 'assistant',
  system: 'system',
  observation: 'tool',
}

/** Tables give every message every key that one of them has: a null says nothing. */
function plainMessage(given: JsonObject): JsonObject {
  const message = Object.fromEntries(Object.entries(given).filter(([, held]) => held !== null))
  const { from, value } = message
  if (typeof from === 'string' && message['role'] === undefined)
    return { role: shareGptRoles[from] ?? from, content: value }
  const { content } = message
  if (!Array.isArray(content)) return message
  const parts = content.map((part: unknown) => (isObject(part) ? part['text'] : undefined))
  return parts.every((part) => typeof part === 'string')
    ? { ...message, content: parts.join('') }
    : message
}

function restOf(source: JsonObject, used: ReadonlySet<string>): JsonObject {
  const { metadata, ...rest } = source
  const kept: JsonObject = isObject(metadata) && !used.has('metadata') ? { ...metadata } : {}
  if (metadata !== undefined && !isObject(metadata) && !used.has('metadata'))
    kept['metadata'] = metadata
  for (const [key, value] of Object.entries(rest)) if (!used.has(key)) kept[key] = value
  return kept
}

/** The id of a record that came without one. */
export function contentHash(fields: { [name: string]: Content }, outputs: RecordOutput[]): string {
  return hash('sha256', JSON.stringify([fields, outputs])).slice(0, 32)
}

function own(source: JsonObject, key: string): unknown {
  return Object.hasOwn(source, key) ? source[key] : undefined
}

function present(source: JsonObject, used: ReadonlySet<string>, key: string): boolean {
  const value = own(source, key)
  return !used.has(key) && value !== undefined && value !== null
}

function take(source: JsonObject, used: Set<string>, key: string): unknown {
  used.add(key)
  return follow(source, key)
}

/** A key of its own, else a path such as `conversation.0.content`. */
function follow(source: JsonObject, key: string): unknown {
  if (Object.hasOwn(source, key)) return source[key]
  let here: unknown = source
  for (const step of key.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = Reflect.get(here, step)
  }
  return here
}
