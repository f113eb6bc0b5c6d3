/**
 * One Argilla record with its responses and suggestions, in the shape of its REST API, and the import row
 * made from it. Files have other shapes; flat.ts and v1.ts convert them.
 */
import { z } from 'zod'
import type { Users } from '../../argilla/users.ts'
import { explainIssues, pathText } from '../../datasets/explain.ts'
import { isObject, type LineProblem } from '../../json.ts'
import { compareEdit, editableText, isEditsKey, type OutputEdit } from '../../questions/edits.ts'
import { type ChatMessage, longestText, messageKeys } from '../../records/message.ts'
import { type Content, RecordLine, type RecordOutput } from '../../records/record-line.ts'
import type { ForeignAnswer, ForeignRow } from '../answers/foreign.ts'
import { contentHash } from '../shapes/reader.ts'
import type { LineWarning, WarningKind } from '../warnings.ts'
import type { Layout } from './layout.ts'
import { readValue, rowsOf } from './value.ts'

/** Argilla allows one response per user; this limit guards against malicious files. */
const mostResponses = 10_000

const ArgillaResponse = z.looseObject({
  user_id: z.string().max(1000).nullish(),
  /** Argilla 2's SDK leaves it out of its JSON. */
  status: z.enum(['submitted', 'draft', 'discarded']).nullish(),
  /** By question; null where it was discarded. */
  values: z.record(z.string(), z.looseObject({ value: z.unknown() })).nullish(),
  inserted_at: z.string().nullish(),
  updated_at: z.string().nullish(),
})
export type ArgillaResponse = z.infer<typeof ArgillaResponse>

const ArgillaSuggestion = z.looseObject({
  value: z.unknown(),
  score: z.unknown(),
  agent: z.string().nullish(),
})
export type ArgillaSuggestion = z.infer<typeof ArgillaSuggestion>

/** Over REST, suggestions are a list with question ids: its reader fills in the names. */
export const ArgillaRecord = z.looseObject({
  /** The server's id, used if the record has no `external_id`. */
  id: z.string().nullish(),
  external_id: z.string().nullish(),
  fields: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  responses: z.array(ArgillaResponse).max(mostResponses).nullish(),
  /** By question. */
  suggestions: z.record(z.string(), ArgillaSuggestion.nullable()).nullish(),
  vectors: z.record(z.string(), z.unknown()).nullish(),
})
export type ArgillaRecord = z.infer<typeof ArgillaRecord>

/** How the records of one dataset are read. */
export type Reading = {
  layout: Layout
  users: Users
  /** Whether the order of a ranking without ranks is the preference. */
  trustOrder: boolean
  /**
   * The status of answers whose file omits it, as Argilla 2's `to_disk` does; discarded ones are among
   * them. Unset, they are stored as drafts, which never count.
   */
  unknownAs?: 'submitted'
}

/** `number` is the record's position in its file or listing, for the report. */
export function foreignOf(reading: Reading, value: unknown, number: number): ForeignRow {
  const { data: record, error } = ArgillaRecord.safeParse(value)
  if (!record) return { number, problem: firstProblem(error, value) }
  const warnings: LineWarning[] = []
  const warn: Warn = (kind, path, message) => warnings.push({ kind, path, message })
  const content = contentOf(reading.layout, record, warn)
  const suggestions = suggestionsOf(reading, record, content.outputs, warn)
  const made = RecordLine.safeParse({
    format: 1,
    external_id: record.external_id || record.id || contentHash(content.fields, content.outputs),
    ...content,
    suggestions,
  })
  if (!made.data) return { number, problem: firstProblem(made.error, value) }
  const answers = answersOf(reading, record, made.data, warn)
  if ('problem' in answers) return { number, problem: answers.problem }
  return {
    number,
    externalId: made.data.external_id,
    record: made.data,
    answers: answers.answers,
    warnings,
  }
}

type Warn = (kind: WarningKind, path: string, message: string) => void

function firstProblem(error: z.ZodError, value: unknown): LineProblem {
  const [first] = explainIssues(error.issues, value, () => [])
  return {
    path: first ? pathText(first.path) : '',
    message: first?.message ?? "is not a record of Argilla's.",
    remedy: first?.remedy ?? 'Export the dataset from Argilla again.',
  }
}

function contentOf(layout: Layout, { fields, metadata, vectors }: ArgillaRecord, warn: Warn) {
  const given = new Map(Object.entries(fields))
  const take = (name: string, type: string) => {
    const held = readContent(given.get(name), type, `fields.${name}`, warn)
    given.delete(name)
    return held
  }
  const kept = layout.fields.flatMap(({ name, type }): [string, Content][] => {
    const held = take(name, type)
    return held === null ? [] : [[name, held]]
  })
  const outputs = layout.outputs.flatMap(({ id, field, text }): RecordOutput[] => {
    const held = field === null ? text : take(field, 'chat')
    return held === null ? [] : [outputOf(id, held)]
  })
  if (vectors && Object.keys(vectors).length > 0)
    warn('vectors left out', 'vectors', 'are left out: records here have none.')
  // Values that fit nothing in the dataset stay in the metadata.
  const rest = [...given].filter(([, value]) => value !== null)
  return {
    fields: Object.fromEntries(kept),
    outputs,
    metadata: { ...Object.fromEntries(rest), ...metadata },
  }
}

function readContent(value: unknown, type: string, path: string, warn: Warn): Content | null {
  if (value === null || value === undefined) return null
  if (type === 'image' && typeof value === 'string' && value.length > longestText) {
    warn('image left out', path, 'is an image in the record itself, and left out.')
    return null
  }
  if (typeof value === 'string') return value
  const messages = type === 'custom' ? null : messagesOf(value)
  return messages ?? (typeof value === 'object' ? JSON.stringify(value) : String(value))
}

/** An Argilla chat, with the keys that other programs add to its messages. */
function messagesOf(value: unknown): Exclude<Content, string> | null {
  const known: readonly string[] = ['role', 'content', ...messageKeys]
  const messages = rowsOf(value)?.map((one) => {
    if (!isObject(one)) return one
    const held = Object.entries(one).filter(([key, held]) => known.includes(key) && held !== null)
    const hasCalls = held.some(([key]) => key === 'tool_calls')
    return Object.fromEntries(hasCalls ? [['content', null], ...held] : held)
  })
  // Whether it is a sound one, the record says, as of any text.
  const isChat = (one: unknown): one is ChatMessage =>
    isObject(one) && typeof one['role'] === 'string' && 'content' in one
  return messages && messages.length > 0 && messages.every(isChat) ? messages : null
}

function outputOf(id: string, content: Content): RecordOutput {
  return typeof content === 'string' ? { id, text: content } : { id, messages: content }
}

function suggestionsOf(
  reading: Reading,
  record: ArgillaRecord,
  outputs: readonly RecordOutput[],
  warn: Warn,
): RecordLine['suggestions'] {
  const found = new Map<string, { value: unknown; given: ArgillaSuggestion }[]>()
  for (const laid of reading.layout.questions) {
    const given = record.suggestions?.[laid.name]
    if (!given || given.value === null || given.value === undefined) continue
    const path = `suggestions.${laid.name}`
    const leaveOut = (why: string) => warn('suggestion left out', path, `is left out: ${why}.`)
    // There, a suggested ranking is a list without ranks, best first: its web page does not change it.
    const read = readValue(laid, given.value, {
      ...{ ...reading, outputs, record },
      trustOrder: 'suggested',
    })
    if ('why' in read) leaveOut(read.why)
    else if (laid.type === 'ranking' && !ranksAll(read.value, outputs))
      leaveOut('it does not rank every output')
    else {
      const value = laid.output === null ? read.value : { [laid.output]: read.value }
      found.set(laid.to, [...(found.get(laid.to) ?? []), { value, given }])
    }
  }
  return Object.fromEntries(
    [...found].map(([name, parts]) => {
      const values = parts.map(({ value }) => value)
      const score = scoreOf(parts.map(({ given }) => given.score ?? null))
      // One for each output there, and often the same.
      const agents = [...new Set(parts.flatMap(({ given }) => given.agent || []))]
      const agent = agents.join(', ')
      if (score === undefined)
        warn('score left out', `suggestions.${name}`, 'has several scores, which are left out.')
      return [
        name,
        {
          value: values.length > 1 || parts[0] === undefined ? joined(values) : values[0],
          ...(score === null || score === undefined ? {} : { score }),
          ...(agent ? { agent: agent.slice(0, 200) } : {}),
        },
      ]
    }),
  )
}

/**
 * The one score, or list of scores, that all parts share; if outputs have separate scores, a list in the
 * order of the outputs. Undefined if one list cannot hold them.
 */
function scoreOf(scores: readonly unknown[]): number | number[] | null | undefined {
  const [first = null] = scores
  const isNumber = (one: unknown) => typeof one === 'number'
  if (new Set(scores.map((one) => JSON.stringify(one))).size > 1)
    return scores.every(isNumber) ? scores.map(Number) : undefined
  if (first === null || typeof first === 'number') return first
  return Array.isArray(first) && first.every(isNumber) ? first.map(Number) : undefined
}

function joined(values: readonly unknown[]): object {
  return Object.fromEntries(values.flatMap((value) => Object.entries(Object(value))))
}

function ranksAll(value: unknown, outputs: readonly RecordOutput[]): boolean {
  const ranks = isObject(value) && isObject(value['ranks']) ? value['ranks'] : {}
  return outputs.every(({ id }) => Object.hasOwn(ranks, id))
}

/** One answer per labeler, or the problem that refuses the whole record. */
function answersOf(
  reading: Reading,
  record: ArgillaRecord,
  made: RecordLine,
  warn: Warn,
): { answers: ForeignAnswer[] } | { problem: LineProblem } {
  const answers = new Map<string, ForeignAnswer>()
  for (const [at, response] of (record.responses ?? []).entries()) {
    const path = `responses.${at}`
    const values = valuesOf(reading, response, record, made.outputs, path, warn)
    if ('problem' in values) return values
    const status = statusOf(reading, response, path, warn)
    if (status !== 'discarded' && Object.keys(values.values).length === 0) {
      warn('empty answer', path, 'says nothing, and is left out.')
      continue
    }
    const labeler = reading.users.labelerOf(response.user_id ?? null)
    const isUnknown = !response.status
    const answer = { labeler, status, isUnknown, values: values.values, at: timeOf(response) }
    const earlier = answers.get(labeler)
    if (earlier)
      warn('second answer', path, 'is of a labeler who has answered here: the later one is kept.')
    if (!earlier || (earlier.at ?? '') <= (answer.at ?? '')) answers.set(labeler, answer)
  }
  return { answers: [...answers.values()] }
}

function valuesOf(
  reading: Reading,
  response: ArgillaResponse,
  record: ArgillaRecord,
  outputs: readonly RecordOutput[],
  path: string,
  warn: Warn,
): { values: ForeignAnswer['values'] } | { problem: LineProblem } {
  const values: ForeignAnswer['values'] = {}
  for (const laid of reading.layout.questions) {
    const given = response.values?.[laid.name]?.value
    if (given === null || given === undefined) continue
    if (laid.type === 'text' && typeof given === 'string' && given.trim() === '') {
      warn('value left out', `${path}.${laid.name}`, 'is left out: its text is empty.')
      continue
    }
    const read = readValue(laid, given, { ...reading, outputs, record })
    const where = `${path}.${laid.name}`
    if ('why' in read) {
      if (!read.isLoss)
        return { problem: { path: where, message: `${read.why}.`, remedy: 'Fix it in Argilla.' } }
      warn(read.isLoss, where, `is left out: ${read.why}.`)
    } else if (laid.output === null) values[laid.to] = read.value
    else if (isEditsKey(laid.to)) {
      const edit = editOf(outputs, laid.output, read.value)
      if (edit) values[laid.to] = { ...Object(values[laid.to]), [laid.output]: edit }
    } else values[laid.to] = { ...Object(values[laid.to]), [laid.output]: read.value }
  }
  return { values }
}

/** A labeler's edit of an output; null if it is unchanged. */
function editOf(outputs: readonly RecordOutput[], id: string, text: unknown): OutputEdit | null {
  const output = outputs.find((one) => one.id === id)
  const original = output ? editableText(output) : null
  return original === null || typeof text !== 'string' ? null : compareEdit(original, text)
}

/** Of answers taken as submitted, only complete ones can be. */
function statusOf(
  { layout, unknownAs }: Reading,
  { status, values }: ArgillaResponse,
  path: string,
  warn: Warn,
): ForeignAnswer['status'] {
  if (status) return status
  const isWhole = layout.questions.every(
    ({ name, required }) => !required || (values?.[name]?.value ?? null) !== null,
  )
  const taken = unknownAs === 'submitted' && isWhole ? 'submitted' : 'draft'
  warn(
    'status unknown',
    path,
    taken === 'draft'
      ? 'comes without a status: it is kept as a draft, and does not count.'
      : 'comes without a status, and is taken as submitted.',
  )
  return taken
}

/** Argilla's times are UTC without a zone. */
function timeOf({ updated_at, inserted_at }: ArgillaResponse): string | null {
  const text = updated_at ?? inserted_at
  if (!text) return null
  const at = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
