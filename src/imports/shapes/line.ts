/** What all readers of foreign lines share: how a problem is said, and keys that are taken once. */

import type { JsonObject, LineProblem } from '../../json.ts'
import type { RecordLine } from '../../records/record-line.ts'
import type { LineWarning } from '../warnings.ts'

export type Say = (path: string, message: string, remedy: string) => void

/**
 * What a line says about its outputs besides their text. It is kept as metadata, and becomes an answer only
 * if `--answers-by` names its author: labelers never see how others decided.
 */
export type Said = {
  /** By output id, 1 = best; equal ranks are ties. */
  ranks?: Readonly<Record<string, number>>
  /** None of them was acceptable. */
  bothBad?: boolean
  /** Pairs only: slightly (1) or much (2) better. */
  strength?: 1 | 2
  /** By aspect (`helpfulness`), then by output id. */
  ratings?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** By output id: good or bad, as KTO data says it. */
  labels?: Readonly<Record<string, boolean>>
  /** Who judged, where the line names somebody. */
  labeler?: string
}

/** `said` is worked out when it is asked for: an import of records alone has no use for it. */
export type ShapedRecord = { record: RecordLine; said: () => Said; warnings: LineWarning[] }
/** Most lines are one record; a tree of messages is one for each prompt in it. */
export type Shaped = { records: ShapedRecord[] } | { problem: LineProblem }

/** A foreign line while it is read: what was taken is not metadata any more. */
export type Source = { line: JsonObject; used: Set<string> }

export function own(line: JsonObject, key: string): unknown {
  return Object.hasOwn(line, key) ? line[key] : undefined
}

export function present({ line, used }: Source, key: string): boolean {
  const value = own(line, key)
  return !used.has(key) && value !== undefined && value !== null
}

export function take({ line, used }: Source, key: string): unknown {
  used.add(key)
  return follow(line, key)
}

/** A key of its own, else a path such as `conversation.0.content`. */
export function follow(line: JsonObject, key: string): unknown {
  if (Object.hasOwn(line, key)) return line[key]
  let here: unknown = line
  for (const step of key.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = Reflect.get(here, step)
  }
  return here
}

/** Numbers that a double cannot hold exactly would make two records one. */
export function idText(raw: unknown): string | null {
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? String(raw) : null
  return typeof raw === 'string' && raw.trim() !== '' && raw.length <= 200 ? raw : null
}

/** A number, also as tables and models write it: `"4"`. */
export function numberOf(raw: unknown): number | null {
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null
  return typeof raw === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(raw) ? Number(raw) : null
}

export function without(line: JsonObject, keys: Iterable<string>): JsonObject {
  const gone = new Set(keys)
  return Object.fromEntries(Object.entries(line).filter(([key]) => !gone.has(key)))
}
