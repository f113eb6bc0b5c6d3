/**
 * One JSON object that holds a whole table: by columns, by rows or split, as `to_json` of pandas writes it
 * by default or with an `orient`, and lists under a key such as `data`. Anything else is left to
 * lines.ts, which reads one record a line.
 */
import { invalid } from '../../errors.ts'
import { isObject, type JsonObject } from '../../json.ts'
import { parseJson } from './json.ts'
import { type ByteSource, type Line, type LineLimits, splitLines } from './lines.ts'
import { splitList } from './list.ts'

/** What a file may say of itself before its list; a record's own keys are none of these. */
const about =
  /"(?:version|name|title|description|info|license|dataset|split|created|date|source|count|total)"/
const scalar = /(?:"(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|null)/
const wrapped = new RegExp(
  `^\\s*\\{\\s*(?:${about.source}\\s*:\\s*${scalar.source}\\s*,\\s*){0,12}"(?:data|records|rows|examples|items|instances)"\\s*:\\s*(?=\\[\\s*\\{\\s*"(?!role"|from"|content"|value"))`,
)
const byColumns = /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\{\s*"\d{1,12}"\s*:/
const byRows = /^\s*\{\s*"\d{1,12}"\s*:\s*\{/
const split = /^\s*\{\s*"(?:columns|schema)"\s*:\s*[[{]/

/** Reads a table where the beginning of the file says that it is one, and else its lines. */
export async function* readObjects(
  head: Uint8Array,
  bytes: ByteSource,
  limits: LineLimits,
): AsyncGenerator<Line[]> {
  const start = Buffer.from(head.subarray(0, 4000))
    .toString('utf8')
    .replace(/^\ufeff/, '')
  const list = wrapped.exec(start)
  const mark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  if (list) yield* splitList(without(bytes, mark + Buffer.byteLength(list[0])), limits, true)
  else if ([byColumns, byRows, split].some((shape) => shape.test(start)))
    yield* readTable(bytes, limits)
  else yield* splitLines(bytes, limits)
}

async function* without(bytes: ByteSource, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of bytes) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

/** A table is turned around as a whole: it may be as long as one line. */
async function* readTable(bytes: ByteSource, limits: LineLimits): AsyncGenerator<Line[]> {
  const most = limits.longestLine ?? 10_000_000
  const held: Uint8Array[] = []
  let size = 0
  const chunks = iterated(bytes)
  while (size <= most) {
    const { done, value } = await chunks.next()
    if (done) break
    held.push(value)
    size += value.length
  }
  const text =
    size > most
      ? ''
      : Buffer.concat(held)
          .toString('utf8')
          .replace(/^\ufeff/, '')
  const parsed = text === '' ? null : parseJson(text)
  const rows = parsed && 'value' in parsed ? rowsOf(parsed.value) : null
  if (rows) {
    yield rows.map((value, at) => ({ number: at + 1, text: JSON.stringify(value) }))
    return
  }
  if (size > most && !held.some((chunk) => chunk.includes(10)))
    throw invalid({
      file: `The file is one JSON object of more than ${Math.round(most / 1e6) || 1} MB. Write a record a line, with pandas: df.to_json("data.jsonl", orient="records", lines=True).`,
    })
  yield* splitLines(again(held, chunks), limits)
}

async function* iterated(bytes: ByteSource): AsyncGenerator<Uint8Array> {
  yield* bytes
}

async function* again(held: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>) {
  yield* held
  yield* rest
}

/** The rows of a table; null for an object that is a record itself. */
function rowsOf(value: unknown): JsonObject[] | null {
  if (!isObject(value)) return null
  return splitRows(value) ?? rowsByIndex(value) ?? columnsByIndex(value)
}

function splitRows({ columns, schema, data }: JsonObject): JsonObject[] | null {
  if (!Array.isArray(data)) return null
  if (isObject(schema)) return data.every(isObject) ? data : null
  if (!Array.isArray(columns) || !columns.every((name) => typeof name === 'string')) return null
  const isRow = (row: unknown): row is unknown[] =>
    Array.isArray(row) && row.length === columns.length
  if (!data.every(isRow)) return null
  return data.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])))
}

/** `{"0": {"prompt": …}, "1": …}` */
function rowsByIndex(value: JsonObject): JsonObject[] | null {
  const rows = Object.values(value)
  return areNumbers(Object.keys(value)) && rows.every(isObject) ? rows : null
}

/** `{"prompt": {"0": …, "1": …}, "answer": {"0": …}}`: every column has every row. */
function columnsByIndex(value: JsonObject): JsonObject[] | null {
  const columns = Object.entries(value)
  const [first] = columns
  if (!first || !isObject(first[1])) return null
  const index = Object.keys(first[1])
  const isColumn = (held: unknown): held is JsonObject =>
    isObject(held) && Object.keys(held).join() === index.join()
  if (!areNumbers(index)) return null
  const whole = columns.flatMap(([name, held]) => (isColumn(held) ? [[name, held] as const] : []))
  if (whole.length < columns.length) return null
  return index.map((at) => Object.fromEntries(whole.map(([name, held]) => [name, held[at]])))
}

function areNumbers(keys: readonly string[]): boolean {
  return keys.length > 0 && keys.every((key) => /^\d{1,12}$/.test(key))
}
