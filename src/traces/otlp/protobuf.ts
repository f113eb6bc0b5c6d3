/**
 * Reads an ExportTraceServiceRequest as protobuf writes it (opentelemetry-proto, trace/v1/trace.proto).
 * Of a span that no rule wants, only the two ids are read; the rest is skipped by its length.
 */
import protobuf, { type Reader } from 'protobufjs/minimal.js'
import { traceHash } from '../sample.ts'
import {
  type Attributes,
  badSpanId,
  badTraceId,
  type Count,
  cleanText,
  decimal,
  deepest,
  rejectSpan,
  type Span,
  tooDeep,
  type Value,
  type Wanted,
  wholeNumber,
} from './span.ts'

type Part = { start: number; end: number }
type Ids = { traceId: Part | null; spanId: Part | null }
type FoundIds = Pick<Span, 'hash' | 'traceId' | 'spanId'>

/**
 * The wanted spans of a request, one after another; `count` is complete at the end. A span that cannot
 * be read is counted and skipped.
 * @throws Error for bytes that are no request.
 */
export function* readProtobuf(bytes: Buffer, wanted: Wanted, count: Count): Generator<Span> {
  const reader = protobuf.Reader.create(bytes)
  for (const all of partsOf(reader, { start: 0, end: bytes.length }, 1)[1] ?? []) {
    const { 1: resources = [], 2: scopes = [] } = partsOf(reader, all, 2)
    let resource: Attributes | null = null
    for (const scope of scopes)
      for (const part of partsOf(reader, scope, 2)[2] ?? []) {
        count.spans++
        const ids = findIds(reader, bytes, part, wanted, count)
        if (!ids) continue
        resource ??= readResource(reader, resources)
        const span = readWhole(reader, bytes, part, ids, resource, count)
        if (span) yield span
      }
  }
}

/** Where the messages within a message lie, by field up to `most`; other fields are skipped. */
function partsOf(reader: Reader, { start, end }: Part, most: 1 | 2): { 1?: Part[]; 2?: Part[] } {
  const found: { 1?: Part[]; 2?: Part[] } = {}
  reader.pos = start
  while (reader.pos < end) {
    const tag = reader.uint32()
    const field = tag >>> 3
    if ((tag & 7) === 2 && (field === 1 || (field === 2 && most === 2))) {
      const part = partAt(reader, end)
      found[field] ??= []
      found[field]?.push(part)
      reader.pos = part.end
    } else reader.skipType(tag & 7, 0, field)
  }
  if (reader.pos !== end) throw new RangeError('A message is longer than what holds it.')
  return found
}

function partAt(reader: Reader, end: number): Part {
  const length = reader.uint32()
  const start = reader.pos
  if (start + length > end) throw new RangeError('A message is longer than what holds it.')
  return { start, end: start + length }
}

/** The ids of a span that is wanted; null for one that is not, or that has none. */
function findIds(
  reader: Reader,
  bytes: Buffer,
  { start, end }: Part,
  wanted: Wanted,
  count: Count,
): FoundIds | null {
  const ids: Ids = { traceId: null, spanId: null }
  try {
    reader.pos = start
    while (reader.pos < end && !(ids.traceId && ids.spanId)) {
      const tag = reader.uint32()
      if (tag === 10 || tag === 18) {
        const part = partAt(reader, end)
        ids[tag === 10 ? 'traceId' : 'spanId'] = part
        reader.pos = part.end
      } else reader.skipType(tag & 7, 0, tag >>> 3)
    }
  } catch {
    rejectSpan(count, unreadable)
    return null
  }
  const { traceId, spanId } = ids
  if (!traceId || !isId(bytes, traceId, 16)) return reject(count, badTraceId)
  if (!spanId || !isId(bytes, spanId, 8)) return reject(count, badSpanId)
  const at = traceId.start
  const word = (offset: number) => bytes.readInt32BE(at + offset)
  const hash = traceHash(word(0), word(4), word(8), word(12))
  if (!wanted(hash)) return null
  return {
    hash,
    traceId: bytes.toString('hex', at, traceId.end),
    spanId: bytes.toString('hex', spanId.start, spanId.end),
  }
}

const unreadable = 'A span is cut off, or holds what protobuf does not know.'

function reject(count: Count, problem: string): null {
  rejectSpan(count, problem)
  return null
}

function isId(bytes: Buffer, { start, end }: Part, length: number): boolean {
  if (end - start !== length) return false
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return true
  return false
}

function readResource(reader: Reader, parts: readonly Part[]): Attributes {
  const found = new Map<string, Value>()
  for (const part of parts)
    eachField(reader, part, (tag) => {
      if (tag !== 10) return false
      readAttribute(reader, part.end, found)
      return true
    })
  return found
}

function readWhole(
  reader: Reader,
  bytes: Buffer,
  part: Part,
  ids: FoundIds,
  resource: Attributes,
  count: Count,
): Span | null {
  try {
    return readSpan(reader, bytes, part, ids, resource)
  } catch (error) {
    return reject(count, error instanceof Error && error.message === tooDeep ? tooDeep : unreadable)
  }
}

/** Numbers are those of the fields, three bits on: `1 << 3 | type`. */
function readSpan(
  reader: Reader,
  bytes: Buffer,
  part: Part,
  ids: FoundIds,
  resource: Attributes,
): Span {
  const attributes = new Map<string, Value>()
  const span: Span = {
    ...{ ...ids, parentSpanId: null, name: '', start: 0, end: 0 },
    ...{ isError: false, errorMessage: '', attributes, events: [], resource },
  }
  eachField(reader, part, (tag) => {
    if (tag === 34) {
      const { start, end } = partAt(reader, part.end)
      span.parentSpanId = end - start === 8 ? bytes.toString('hex', start, end) : null
      reader.pos = end
    } else if (tag === 42) span.name = cleanText(reader.string())
    else if (tag === 57) span.start = fixed64(reader)
    else if (tag === 65) span.end = fixed64(reader)
    else if (tag === 74) readAttribute(reader, part.end, attributes)
    else if (tag === 90) span.events.push(readEvent(reader, partAt(reader, part.end)))
    else if (tag === 122) readStatus(reader, partAt(reader, part.end), span)
    else return false
    return true
  })
  return span
}

/** `read` returns whether it has read the field; others are skipped. */
function eachField(reader: Reader, { start, end }: Part, read: (tag: number) => boolean): void {
  reader.pos = start
  while (reader.pos < end) {
    const tag = reader.uint32()
    if (!read(tag)) reader.skipType(tag & 7, 0, tag >>> 3)
  }
  if (reader.pos !== end) throw new RangeError('A message is longer than what holds it.')
}

function fixed64(reader: Reader): number {
  const low = reader.fixed32()
  return reader.fixed32() * 4_294_967_296 + low
}

function readEvent(reader: Reader, part: Part): Span['events'][number] {
  const attributes = new Map<string, Value>()
  const event = { name: '', attributes }
  eachField(reader, part, (tag) => {
    if (tag === 18) event.name = cleanText(reader.string())
    else if (tag === 26) readAttribute(reader, part.end, attributes)
    else return false
    return true
  })
  return event
}

function readStatus(reader: Reader, part: Part, span: Span): void {
  eachField(reader, part, (tag) => {
    if (tag === 18) span.errorMessage = cleanText(reader.string())
    else if (tag === 24) span.isError = reader.int32() === 2
    else return false
    return true
  })
}

function readAttribute(reader: Reader, end: number, into: Map<string, Value>): void {
  const [key, value] = readKeyValue(reader, partAt(reader, end), 0)
  into.set(key, value)
}

function readKeyValue(reader: Reader, part: Part, depth: number): [string, Value] {
  let key = ''
  let value: Value = null
  eachField(reader, part, (tag) => {
    if (tag === 10) key = cleanText(reader.string())
    else if (tag === 18) value = readValue(reader, partAt(reader, part.end), depth)
    else return false
    return true
  })
  return [key, value]
}

function readValue(reader: Reader, part: Part, depth: number): Value {
  if (depth > deepest) throw new RangeError(tooDeep)
  let value: Value = null
  eachField(reader, part, (tag) => {
    if (tag === 10) value = cleanText(reader.string())
    else if (tag === 16) value = reader.bool()
    else if (tag === 24) value = int64(reader)
    else if (tag === 33) value = decimal(reader.double())
    else if (tag === 42) value = readList(reader, partAt(reader, part.end), depth + 1)
    else if (tag === 50) value = readMap(reader, partAt(reader, part.end), depth + 1)
    else if (tag === 58) value = Buffer.from(reader.bytes()).toString('base64')
    else return false
    return true
  })
  return value
}

function readList(reader: Reader, part: Part, depth: number): Value[] {
  const values: Value[] = []
  eachField(reader, part, (tag) => {
    if (tag !== 10) return false
    values.push(readValue(reader, partAt(reader, part.end), depth))
    return true
  })
  return values
}

function readMap(reader: Reader, part: Part, depth: number): { [key: string]: Value } {
  const map: { [key: string]: Value } = {}
  eachField(reader, part, (tag) => {
    if (tag !== 10) return false
    const [key, value] = readKeyValue(reader, partAt(reader, part.end), depth)
    if (key !== '__proto__') map[key] = value
    return true
  })
  return map
}

/** With all of its digits, which the reader itself keeps only with another package. */
function int64(reader: Reader): number | string {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.buf[reader.pos++]
    if (byte === undefined) break
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return wholeNumber(BigInt.asIntN(64, value))
  }
  throw new RangeError('A number does not end.')
}
