/**
 * Recognises the shapes in which records come: Parley's own (`format: 1`) and foreign ones, without
 * any option. table.ts rewrites what is special to a family of shapes; here fields are filled, the
 * prompt is taken once, and keys that nothing asks for become metadata: nothing is lost.
 */

import { hash } from 'node:crypto'
import type { DatasetDocument } from '../../datasets/document.ts'
import { kindOf } from '../../datasets/explain.ts'
import { isObject, type JsonObject, type LineProblem } from '../../json.ts'
import { asPlain, type ChatMessage, textOf } from '../../records/message.ts'
import type { Content, RecordOutput } from '../../records/record-line.ts'
import { fitField } from '../fit-field.ts'
import type { LineWarning } from '../warnings.ts'
import { readConversation } from './conversation.ts'
import {
  follow,
  idText,
  own,
  present,
  type Say,
  type Shaped,
  type ShapedRecord,
  type Source,
  take,
} from './line.ts'
import { readMessages, readText } from './messages.ts'
import { readNative } from './native.ts'
import { listKeys, listOf, numbered, singleKeys } from './outputs.ts'
import { type Plan, type PlannedField, planFor, systemKeys } from './plan.ts'
import type { Reading } from './reading.ts'
import { saidOf } from './said.ts'
import { recognise } from './table.ts'
import { isLooseMessage } from './tree.ts'

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
    if (isLooseMessage(value)) return { problem: looseMessage }
    const problems: LineProblem[] = []
    const records = recognise(value, plan.claimed).map((reading) =>
      readForeign(plan, reading, problems),
    )
    const [problem] = problems
    return problem ? { problem } : { records }
  }
}

const looseMessage: LineProblem = {
  path: 'parent_id',
  message: 'is a single message of a tree: what it answers stands in other lines.',
  remedy: 'Import the file of whole trees instead (a prompt with its replies in each line).',
}

function readForeign(plan: Plan, reading: Reading, problems: LineProblem[]): ShapedRecord {
  // Argilla and others keep their fields one level down.
  const inner = isObject(reading.line['fields']) ? reading.line['fields'] : {}
  const source: Source = {
    line: { ...reading.line, ...inner },
    used: new Set(isObject(reading.line['fields']) ? ['fields'] : []),
  }
  const say = (path: string, message: string, remedy: string) => {
    problems.push({ path, message, remedy })
  }
  const fields = new Map<PlannedField, Content>()
  const besides: JsonObject = {}
  for (const one of plan.fields) {
    const content = readField(one, source, besides, say)
    if (content !== undefined) fields.set(one, content)
  }
  const read = readOutputs(plan, reading, source, say)
  const told = readConversation(plan, source, fields, read, besides, say)
  const warnings: LineWarning[] = []
  if (plan.prompt && told.prompt !== undefined) fields.set(plan.prompt, told.prompt)
  giveSystem(plan, source, fields, warnings)
  const outputs = withModel(source, told.outputs)
  const fitted = fitFields(plan, fields, say)
  const priority = readPriority(plan, source, say)
  const externalId = readId(plan, source, say)
  const metadata = { ...restOf(source), ...besides }
  return {
    record: {
      format: 1,
      external_id: externalId ?? contentHash(fitted, outputs),
      fields: fitted,
      outputs,
      metadata,
      suggestions: {},
      priority,
    },
    said: () => saidOf(outputs, metadata, reading.verdict),
    warnings,
  }
}

function readField(
  { field, keys, mapped }: PlannedField,
  source: Source,
  besides: JsonObject,
  say: Say,
): Content | undefined {
  for (const key of keys) {
    const raw = mapped ? follow(source.line, key) : own(source.line, key)
    if (raw === undefined || raw === null || source.used.has(key)) continue
    source.used.add(key)
    const content = readContent(raw, key, besides, say)
    // Alpaca: the instruction and the input it is about are one prompt.
    const input = key === 'instruction' && !mapped ? own(source.line, 'input') : undefined
    if (typeof content === 'string' && typeof input === 'string' && !source.used.has('input')) {
      source.used.add('input')
      if (input.trim() !== '') return `${content}\n\n${input}`
    }
    return content
  }
  if (mapped && field.required)
    say(keys[0] ?? '', 'is missing.', `Write it, or map another key to ${field.name}.`)
  return undefined
}

function readContent(
  raw: unknown,
  path: string,
  besides: JsonObject,
  say: Say,
): Content | undefined {
  const keep = (found: JsonObject[]) => {
    besides[path] = found
  }
  if (Array.isArray(raw)) return readMessages(raw, path, say, keep) ?? undefined
  // WebGPT's question has its text, its id and where it comes from.
  const key = isObject(raw) ? ['full_text', 'text', 'content'].find((one) => one in raw) : undefined
  if (!isObject(raw) || key === undefined) return readText(raw, path, say)
  const { [key]: text, ...about } = raw
  if (Object.keys(about).length > 0) besides[path] = about
  return readText(text, path, say)
}

function readOutputs(
  plan: Plan,
  reading: Reading,
  source: Source,
  say: Say,
): RecordOutput[] | null {
  if (plan.outputs && plan.outputs.length > 1)
    return numbered(
      plan.outputs.map((key) => ({ raw: take(source, key), path: key })),
      say,
    )
  if (reading.outputs && !plan.outputs) return numbered(reading.outputs, say)
  const key = plan.outputs?.[0] ?? listKeys.find((one) => isList(source, one))
  if (key !== undefined) return listOf(take(source, key), key, say)
  const single = singleKeys.find((one) => isSingle(source, one))
  if (single === undefined) return null
  return numbered([{ raw: take(source, single), path: single }], say)
}

/** A count of answers is not an answer. */
function isList(source: Source, key: string): boolean {
  return present(source, key) && (key !== 'answers' || typeof own(source.line, key) === 'object')
}

/** Nor is the number of the right choice, as examinations have it. */
function isSingle(source: Source, key: string): boolean {
  const isNumber = typeof own(source.line, key) === 'number'
  return present(source, key) && !(isNumber && (key === 'answer' || key === 'targets'))
}

/** A line with one output may name its model beside it. */
function withModel(source: Source, outputs: RecordOutput[]): RecordOutput[] {
  const [only, second] = outputs
  const key = ['model', 'model_name', 'generator'].find(
    (one) => present(source, one) && typeof own(source.line, one) === 'string',
  )
  if (!only || second || only.model !== undefined || key === undefined) return outputs
  const model = String(own(source.line, key))
  if (model === '' || model.length > 200) return outputs
  source.used.add(key)
  return [{ ...only, model }]
}

/** The system's message goes to its field, else to the head of the chat; it is never lost without a word. */
function giveSystem(
  plan: Plan,
  source: Source,
  fields: Map<PlannedField, Content>,
  warnings: LineWarning[],
) {
  const { prompt } = plan
  const content = prompt && fields.get(prompt)
  if (!prompt || content === undefined) return
  const chat: ChatMessage[] =
    typeof content === 'string' ? [{ role: 'user', content }] : [...content]
  const [head, next] = chat
  const field = plan.fields.find(({ keys }) => keys.some((key) => systemKeys.includes(key)))
  const isGiven =
    head?.role === 'system' && next && (field?.field.type === 'chat' || asPlain(head) !== null)
  if (field && field !== prompt && !fields.has(field) && isGiven) {
    fields.set(field, asPlain(head)?.content ?? [head])
    fields.set(prompt, chat.slice(1))
  }
  const key = systemKeys.find((one) => present(source, one))
  const system = key === undefined ? undefined : own(source.line, key)
  if (key === undefined || typeof system !== 'string') return
  if (system.trim() === '' || (head?.role === 'system' && textOf(head) === system)) {
    source.used.add(key)
  } else if (prompt.field.type === 'chat' && head?.role !== 'system') {
    source.used.add(key)
    fields.set(prompt, [{ role: 'system', content: system }, ...chat])
  } else {
    warnings.push({
      kind: 'system left out',
      path: key,
      message:
        'is kept as metadata only: nobody sees it and no prompt has it. Declare fields: { system: { required: false } } for it.',
    })
  }
}

function fitFields(plan: Plan, read: ReadonlyMap<PlannedField, Content>, say: Say) {
  const fields: { [name: string]: Content } = {}
  for (const { field, keys } of plan.fields) {
    const content = [...read].find(([one]) => one.field === field)?.[1]
    if (content !== undefined) fields[field.name] = fitField(field, content, keys[0] ?? '', say)
  }
  return fields
}

function readId(plan: Plan, source: Source, say: Say): string | null {
  for (const key of plan.id) {
    const raw = plan.id.length === 1 ? follow(source.line, key) : own(source.line, key)
    if (raw === undefined || raw === null) continue
    source.used.add(key)
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

function readPriority(plan: Plan, source: Source, say: Say): number {
  if (plan.priority === null) return 0
  const raw = take(source, plan.priority)
  if (raw === undefined || raw === null) return 0
  const number = typeof raw === 'string' && /^\d$/.test(raw) ? Number(raw) : raw
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 9)
    return number
  say(plan.priority, `is ${kindOf(raw)}.`, 'A priority is a whole number from 0 to 9.')
  return 0
}

function restOf({ line, used }: Source): JsonObject {
  const { metadata, ...rest } = line
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
