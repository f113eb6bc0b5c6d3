/** What a search keeps of one record: its texts, the keys it is found by, how much its answers differ. Pure. */
import { isObject } from '../json.ts'
import { recordDisagreement } from '../quality/result/record-disagreement.ts'
import type { Question } from '../questions/question.ts'
import { type ChatMessage, wordsOf } from '../records/message.ts'
import type { Content, RecordFields, RecordOutput } from '../records/record-line.ts'
import type { RecordStatus } from '../records/record-status.ts'
import { blocksOf, type Key, wordOf } from './keys.ts'

export type SearchedAnswer = {
  labelerId: string
  status: 'submitted' | 'discarded'
  reason: string | null
  values: { readonly [question: string]: unknown }
  flags: readonly string[]
  /** It is one of those that statistics compare. */
  compares: boolean
  at: string | null
}

export type SearchedRecord = {
  id: string
  externalId: string
  status: RecordStatus
  fields: RecordFields
  outputs: readonly RecordOutput[]
  metadata: { readonly [key: string]: unknown }
  hasGold: boolean
  answers: readonly SearchedAnswer[]
}

export type Entry = {
  text: string
  keys: string[]
  /** 1 - disagreement, or null. */
  agreement: number | null
  answeredAt: string | null
}

/** From this disagreement on a record is disputed: half of the pairs of its labelers differ. */
export const disputedFrom = 0.5

/** Characters of a record that are searched. A `tsvector` holds a million bytes. */
const longestText = 200_000
const mostKeys = 400
const mostMetadata = 60

/** `questions` are those of the dataset as it is now. */
export function entryOf(
  datasetId: string,
  questions: readonly Question[],
  record: SearchedRecord,
): Entry {
  const compared = record.answers.filter(({ compares }) => compares)
  const apart = recordDisagreement(
    questions,
    compared.map(({ values }) => values),
  )
  const keys = keysOf(record, apart !== null && apart >= disputedFrom)
  const days = record.answers.flatMap(({ at }) => at ?? [])
  return {
    text: textOf(record),
    keys: [...blocksOf(datasetId, record.id), ...[...new Set(keys.map(wordOf))].slice(0, mostKeys)],
    agreement: apart === null ? null : 1 - apart,
    answeredAt: days.reduce<string | null>(
      (last, at) => (last === null || at > last ? at : last),
      null,
    ),
  }
}

function keysOf(record: SearchedRecord, isDisputed: boolean): Key[] {
  const { answers, outputs, metadata } = record
  const models = outputs.flatMap(({ model }): Key[] =>
    model ? [{ type: 'model', value: model }] : [],
  )
  const language = metadata['language'] ?? metadata['lang']
  const ofAnswers = answers.flatMap(({ labelerId, flags, at, status }): Key[] => [
    { type: 'labeler', value: labelerId },
    ...flags.map((value): Key => ({ type: 'flag', value })),
    ...(status === 'discarded' ? [{ type: 'flag', value: 'skipped' } as const] : []),
    ...(at === null
      ? []
      : [10, 7, 4].map((end): Key => ({ type: 'day', value: at.slice(0, end) }))),
  ])
  return [
    { type: 'status', value: record.status },
    ...(isDisputed ? [{ type: 'disputed' } as const] : []),
    ...(record.hasGold ? [{ type: 'gold' } as const] : []),
    ...(answers.length > 0 ? [{ type: 'answered' } as const] : []),
    ...(typeof language === 'string' ? [{ type: 'language', value: language } as const] : []),
    ...models,
    ...metadataKeys(metadata),
    ...ofAnswers,
  ]
}

/** Texts, numbers and truths, and lists of them; what lies deeper under its path. */
function metadataKeys(metadata: SearchedRecord['metadata']): Key[] {
  const keys: Key[] = []
  const add = (path: string, value: unknown, depth: number) => {
    if (keys.length >= mostMetadata) return
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      keys.push({ type: 'metadata', key: path, value: String(value) })
    else if (Array.isArray(value)) for (const one of value.slice(0, 20)) add(path, one, depth + 1)
    else if (isObject(value) && depth < 4)
      for (const [key, one] of Object.entries(value))
        add(path === '' ? key : `${path}.${key}`, one, depth + 1)
  }
  add('', metadata, 0)
  return keys
}

/** The answers before the outputs, because they are short and never what is cut off. */
function textOf({ externalId, fields, outputs, answers }: SearchedRecord): string {
  const parts = [
    externalId,
    ...Object.values(fields).map(spoken),
    ...answers.flatMap(({ values, reason }) => [...stringsIn(values), ...(reason ? [reason] : [])]),
    ...outputs.map((output) => spoken(output.text ?? output.messages ?? '')),
  ]
  return parts.join('\n').slice(0, longestText).toWellFormed()
}

function spoken(content: Content): string {
  return typeof content === 'string'
    ? content
    : content.map((message: ChatMessage) => wordsOf(message)).join('\n')
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  // A ranking says nothing but ids and its mode.
  if (typeof value !== 'object' || value === null || 'ranks' in value) return []
  return Object.values(value).flatMap(stringsIn)
}
