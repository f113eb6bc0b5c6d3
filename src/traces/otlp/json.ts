/**
 * Reads an ExportTraceServiceRequest as JSON, as OTLP maps it: ids in hex digits, 64-bit numbers as texts
 * or numbers, keys in lowerCamelCase, whatever else is there passed over (opentelemetry-proto,
 * docs/specification.md, "JSON Protobuf Encoding").
 */
import { isObject, type JsonObject } from '../../json.ts'
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

/**
 * As readProtobuf.
 * @throws Error for a text that is no request.
 */
export function* readJson(text: string, wanted: Wanted, count: Count): Generator<Span> {
  const request: unknown = JSON.parse(text)
  if (!isObject(request)) throw new TypeError('The body is no JSON object.')
  for (const all of objectsIn(request, 'resourceSpans')) {
    let resource: Attributes | null = null
    for (const scope of objectsIn(all, 'scopeSpans'))
      for (const given of listIn(scope, 'spans')) {
        count.spans++
        const ids = isObject(given) ? findIds(given, wanted, count) : reject(count, noSpan)
        if (!ids || !isObject(given)) continue
        resource ??= attributesIn(isObject(all['resource']) ? all['resource'] : {})
        const span = readWhole(given, ids, resource, count)
        if (span) yield span
      }
  }
}

const noSpan = 'A span is no JSON object.'

/** A field that holds several; one that is absent or null holds none. */
function listIn(from: JsonObject, key: string): unknown[] {
  const held = from[key] ?? []
  if (!Array.isArray(held)) throw new TypeError(`"${key}" is no list.`)
  return held
}

function objectsIn(from: JsonObject, key: string): JsonObject[] {
  return listIn(from, key).map((one) => {
    if (!isObject(one)) throw new TypeError(`"${key}" holds something that is no object.`)
    return one
  })
}

type Ids = Pick<Span, 'hash' | 'traceId' | 'spanId'>

function findIds({ traceId, spanId }: JsonObject, wanted: Wanted, count: Count): Ids | null {
  if (typeof traceId !== 'string' || !/^(?!0{32})[\da-f]{32}$/i.test(traceId))
    return reject(count, badTraceId)
  if (typeof spanId !== 'string' || !/^(?!0{16})[\da-f]{16}$/i.test(spanId))
    return reject(count, badSpanId)
  const word = (at: number) => Number.parseInt(traceId.slice(at, at + 8), 16)
  const hash = traceHash(word(0), word(8), word(16), word(24))
  if (!wanted(hash)) return null
  return { hash, traceId: traceId.toLowerCase(), spanId: spanId.toLowerCase() }
}

function reject(count: Count, problem: string): null {
  rejectSpan(count, problem)
  return null
}

function readWhole(given: JsonObject, ids: Ids, resource: Attributes, count: Count): Span | null {
  try {
    const { parentSpanId: parent } = given
    const { code, message } = isObject(given['status']) ? given['status'] : {}
    return {
      ...ids,
      parentSpanId:
        typeof parent === 'string' && /^[\da-f]{16}$/i.test(parent) ? parent.toLowerCase() : null,
      name: textIn(given, 'name'),
      start: nanoseconds(given['startTimeUnixNano']),
      end: nanoseconds(given['endTimeUnixNano']),
      isError: code === 2 || code === 'STATUS_CODE_ERROR',
      errorMessage: typeof message === 'string' ? cleanText(message) : '',
      attributes: attributesIn(given),
      events: objectsIn(given, 'events').map((event) => ({
        name: textIn(event, 'name'),
        attributes: attributesIn(event),
      })),
      resource,
    }
  } catch (error) {
    return reject(
      count,
      error instanceof Error ? `A span cannot be read: ${error.message}` : noSpan,
    )
  }
}

function textIn(from: JsonObject, key: string): string {
  const held = from[key] ?? ''
  if (typeof held !== 'string') throw new TypeError(`"${key}" is no text.`)
  return cleanText(held)
}

function nanoseconds(value: unknown): number {
  const number = Number(value ?? 0)
  if ((typeof value === 'string' && !/^\d{1,20}$/.test(value)) || !(number >= 0))
    throw new TypeError('a time is no number of nanoseconds.')
  return number
}

function attributesIn(from: JsonObject): Map<string, Value> {
  return new Map(objectsIn(from, 'attributes').map((one) => readKeyValue(one, 0)))
}

function readKeyValue(one: JsonObject, depth: number): [string, Value] {
  return [textIn(one, 'key'), readValue(one['value'], depth)]
}

function readValue(given: unknown, depth: number): Value {
  if (depth > deepest) throw new RangeError(tooDeep)
  if (!isObject(given)) return null
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } =
    given
  if (typeof stringValue === 'string') return cleanText(stringValue)
  if (typeof boolValue === 'boolean') return boolValue
  if (intValue !== undefined && intValue !== null) return readInt(intValue)
  if (doubleValue !== undefined && doubleValue !== null) return decimal(Number(doubleValue))
  if (isObject(arrayValue))
    return listIn(arrayValue, 'values').map((value) => readValue(value, depth + 1))
  if (isObject(kvlistValue)) {
    const pairs = objectsIn(kvlistValue, 'values').map((one) => readKeyValue(one, depth + 1))
    return Object.fromEntries(pairs.filter(([key]) => key !== '__proto__'))
  }
  // The mapping allows the alphabet of addresses, too.
  if (typeof bytesValue === 'string') return Buffer.from(bytesValue, 'base64').toString('base64')
  return null
}

function readInt(value: unknown): number | string {
  const isDigits = typeof value === 'string' && /^-?\d{1,19}$/.test(value)
  if (isDigits || (typeof value === 'number' && Number.isInteger(value)))
    return wholeNumber(BigInt(value))
  throw new TypeError(`"intValue" is no whole number.`)
}
