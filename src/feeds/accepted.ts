/**
 * Turns an accepted record into a record of the dataset it feeds: its texts, their origin, and the labelers
 * who must never be given it. Pure.
 */
import { createHash } from 'node:crypto'
import type { DatasetDocument } from '../datasets/document.ts'
import { asksOfOutputs, type FeedMap, fillTemplate, wholeName } from '../datasets/feeds/map.ts'
import type { ExportRecord, ExportResponse } from '../exports/source.ts'
import { isObject } from '../json.ts'
import type { Content, RecordFields, RecordLine, RecordOutput } from '../records/record-line.ts'
import { undoMinutes } from '../responses/undo.ts'

/** A record with its counted answers, oldest first. */
export type SourceRecord = Omit<ExportRecord, 'responses'> & {
  id: string
  responses: SourceResponse[]
  /** Labelers who wrote text in it already. */
  excluded: string[]
}
export type SourceResponse = ExportResponse & { assignment: string; labelerId: string }

/** A record for the other dataset. */
export type FedItem = {
  /** The answer it is made from, or '0' if it is the record itself. */
  assignmentId: string
  line: Pick<RecordLine, 'external_id' | 'fields' | 'outputs' | 'metadata'>
  authors: string[]
}

type From = { name: string; document: DatasetDocument }

/** The time after which none of its answers can be undone. */
export function settledAt({ responses }: SourceRecord): Date {
  const times = responses.map(({ submitted_at: at }) => (at ? Date.parse(at) : 0))
  return new Date(Math.max(0, ...times) + undoMinutes * 60_000)
}

/** Completed, and not itself fed from something that was withdrawn. */
export function isAccepted({ status, metadata }: SourceRecord): boolean {
  const { fed } = metadata
  return status === 'completed' && !(isObject(fed) && fed['state'] === 'withdrawn')
}

/** The records this feed makes from an accepted record; none if a required field would have no text. */
export function itemsOf(
  from: From,
  target: DatasetDocument,
  map: FeedMap,
  record: SourceRecord,
): FedItem[] {
  const groups = map.isByAnswer ? record.responses.map((one) => [one]) : [record.responses]
  return groups.flatMap((responses) => {
    const texts = fieldsOf(target, map, record, responses)
    if (texts === null) return []
    const outputs = outputsOf(from, target, map, record, responses)
    const own = map.isByAnswer ? responses[0] : undefined
    const authors = [...record.excluded, ...texts.authors, ...outputs.authors]
    return {
      assignmentId: own?.assignment ?? '0',
      line: {
        external_id: idOf([from.name, record.external_id, ...(own ? [own.labeler] : [])]),
        fields: texts.fields,
        outputs: outputs.outputs,
        metadata: metadataOf(from, record, responses),
      },
      authors: [...new Set(authors)],
    }
  })
}

/** For each field, the first template whose texts all exist; of several answers, the newest that has one. */
function fieldsOf(
  target: DatasetDocument,
  map: FeedMap,
  record: SourceRecord,
  responses: readonly SourceResponse[],
): { fields: RecordFields; authors: string[] } | null {
  const fields: RecordFields = {}
  const authors: string[] = []
  for (const { name, required } of target.fields) {
    const found = (map.fields[name] ?? []).reduce<Content | null>((content, template) => {
      if (content !== null) return content
      const writers: string[] = []
      const text = contentOf(template, record, responses, writers)
      if (text !== null) authors.push(...writers)
      return text
    }, null)
    if (found !== null) fields[name] = found
    else if (required) return null
  }
  return { fields, authors }
}

function contentOf(
  template: string,
  record: SourceRecord,
  responses: readonly SourceResponse[],
  writers: string[],
): Content | null {
  const whole = wholeName(template)
  const field = whole === null ? undefined : own(record.fields, whole)
  if (field !== undefined && typeof field !== 'string') return field
  return fillTemplate(template, (name) => {
    const text = own(record.fields, name)
    if (text !== undefined) return typeof text === 'string' ? text : undefined
    const written = responses.findLast(({ values }) => textIn(values, name) !== undefined)
    if (!written) return undefined
    writers.push(written.labelerId)
    return textIn(written.values, name)
  })
}

/** The record's own outputs and people's completions; of identical completions, the first. */
function outputsOf(
  { name: dataset }: From,
  target: DatasetDocument,
  { outputs: question }: FeedMap,
  record: SourceRecord,
  responses: readonly SourceResponse[],
): { outputs: RecordOutput[]; authors: string[] } {
  if (!asksOfOutputs(target)) return { outputs: [], authors: [] }
  const outputs = [...record.outputs]
  const authors: string[] = []
  for (const { labeler, labelerId, values } of question === null ? [] : responses) {
    const text = textIn(values, question ?? '')
    if (text === undefined || outputs.length >= 50) continue
    authors.push(labelerId)
    const metadata = { dataset, record: record.external_id, labeler }
    outputs.push({ id: `${writtenOutput}${labeler}`, text, metadata })
  }
  return { outputs, authors }
}

/** The prefix of the ids of outputs that people wrote; their pseudonym follows. */
export const writtenOutput = 'written-'

/** The record's own metadata, its source, and the datasets it came through. */
function metadataOf(
  { name: dataset }: From,
  { external_id: record, metadata }: SourceRecord,
  responses: readonly SourceResponse[],
): { [key: string]: unknown } {
  const { lineage, fed: _, ...rest } = metadata
  const labelers = responses.map(({ labeler }) => labeler)
  return {
    ...rest,
    fed: { from: dataset, record, state: 'current' },
    lineage: [...(Array.isArray(lineage) ? lineage : []), { dataset, record, labelers }],
  }
}

/** Always the same for the same source; an id that is too long ends in a hash. */
function idOf(parts: readonly string[]): string {
  const id = parts.join('/')
  if (id.length <= 200) return id
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 32)
  return `${id.slice(0, 160)}~${hash}`
}

function textIn(values: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = own(values, name)
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

function own<T>(from: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(from, name) ? from[name] : undefined
}
