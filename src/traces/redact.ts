/**
 * Takes out of a record what its dataset's patterns find, before anything of it is stored: in texts, in
 * the arguments and results of tools, in metadata and in the names of keys.
 */
import type { Pattern } from '../datasets/traces/parse-pattern.ts'
import { type Budget, findPlaces, type Place } from '../datasets/traces/search.ts'
import { isObject } from '../json.ts'
import { ChatMessage } from '../records/message.ts'
import type { Content, RecordLine } from '../records/record-line.ts'
import { unfolded } from './genai/unfold.ts'

export const redactedText = '[redacted]'

/** About a second of searching one record; patterns over ordinary texts take a thousandth of it. */
const mostSteps = 50_000_000

type Line = Pick<RecordLine, 'external_id' | 'fields' | 'outputs' | 'metadata'>
type Search = { patterns: readonly Pattern[]; budget: Budget; places: number }

/** What says which trace it was, and which call a result is of: machines made them up. */
const kept = new Set(['trace_id', 'span_id', 'parent_span_id'])

/**
 * The same record with every text redacted, and how many places that were.
 * @throws RangeError where the patterns take too long over it.
 */
export function redactLine(
  patterns: readonly Pattern[],
  line: Line,
): { line: Line; places: number } {
  if (patterns.length === 0) return { line, places: 0 }
  const search: Search = { patterns, budget: { steps: mostSteps }, places: 0 }
  const { fields, outputs, metadata } = line
  const redacted: Line = {
    ...line,
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, content]) => [name, redactContent(search, content)]),
    ),
    outputs: outputs.map((output) => ({
      ...output,
      ...(output.text === undefined ? {} : { text: redactText(search, output.text) }),
      ...(output.messages === undefined
        ? {}
        : { messages: output.messages.map((one) => redactMessage(search, one)) }),
    })),
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [
        key,
        kept.has(key) ? value : redactValue(search, value),
      ]),
    ),
  }
  return { line: redacted, places: search.places }
}

function redactContent(search: Search, content: Content): Content {
  if (typeof content === 'string') return redactText(search, content)
  return content.map((message) => redactMessage(search, message))
}

function redactMessage(search: Search, message: ChatMessage): ChatMessage {
  const redacted = Object.entries(message).map(([key, held]: [string, unknown]) => {
    if (key === 'role' || key === 'tool_call_id') return [key, held]
    const isList = Array.isArray(held) && (key === 'content' || key === 'tool_calls')
    return [key, isList ? held.map((one) => redactItem(search, one)) : redactValue(search, held)]
  })
  return ChatMessage.parse(Object.fromEntries(redacted))
}

/** A part of a content, or a call: its type and its id stay. */
function redactItem(search: Search, item: unknown): unknown {
  if (!isObject(item)) return redactValue(search, item)
  return Object.fromEntries(
    Object.entries(item).map(([key, held]) => [
      key,
      key === 'type' || key === 'id' ? held : redactHeld(search, held),
    ]),
  )
}

/** `{name, arguments}`, `{url}`: the names of the keys are the format's. */
function redactHeld(search: Search, held: unknown): unknown {
  if (!isObject(held)) return redactValue(search, held)
  return Object.fromEntries(
    Object.entries(held).map(([key, one]) => [key, redactValue(search, one)]),
  )
}

function redactValue(search: Search, value: unknown): unknown {
  if (typeof value === 'string') return redactText(search, value)
  if (Array.isArray(value)) return value.map((one) => redactValue(search, one))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [redactPlain(search, key), redactValue(search, one)]),
  )
}

/** A text of JSON is looked at as it reads, too: `\u0040` is how some write an @. */
function redactText(search: Search, text: string): string {
  const redacted = redactPlain(search, text)
  if (!redacted.includes('\\')) return redacted
  const held = unfolded(redacted)
  if (typeof held !== 'object' || held === null) return redacted
  const before = search.places
  const inner = redactValue(search, held)
  return search.places === before ? redacted : JSON.stringify(inner)
}

function redactPlain(search: Search, text: string): string {
  const places = search.patterns.flatMap((pattern) => findPlaces(pattern, text, search.budget))
  if (search.budget.steps < 0) throw new RangeError('The patterns take too long.')
  if (places.length === 0) return text
  let redacted = ''
  let at = 0
  for (const { start, end } of joined(places)) {
    redacted += text.slice(at, start) + redactedText
    at = end
    search.places++
  }
  return redacted + text.slice(at)
}

/** Places that overlap are one. */
function joined(places: readonly Place[]): Place[] {
  const all: Place[] = []
  for (const place of [...places].sort((a, b) => a.start - b.start)) {
    const last = all.at(-1)
    if (last && place.start < last.end) last.end = Math.max(last.end, place.end)
    else all.push({ ...place })
  }
  return all
}
