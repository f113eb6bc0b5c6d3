/**
 * Requests of OTLP as tests and benches make them: written as JSON, and as protobuf by a codec that is
 * not Parley's own (the messages' fields by name and number, as opentelemetry-proto has them).
 */
import protobuf from 'protobufjs'

type Fields = { [name: string]: string }
const message = (fields: Fields, oneofs?: { [name: string]: { oneof: string[] } }) => ({
  ...(oneofs ? { oneofs } : {}),
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, text]) => {
      const [type = '', id = '', rule] = text.split(' ')
      return [name, { type, id: Number(id), ...(rule ? { rule } : {}) }]
    }),
  ),
})
const values = ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue']

const root = protobuf.Root.fromJSON({
  nested: {
    Request: message({ resourceSpans: 'ResourceSpans 1 repeated' }),
    ResourceSpans: message({
      resource: 'Resource 1',
      scopeSpans: 'ScopeSpans 2 repeated',
      schemaUrl: 'string 3',
    }),
    Resource: message({ attributes: 'KeyValue 1 repeated', droppedAttributesCount: 'uint32 2' }),
    ScopeSpans: message({ scope: 'Scope 1', spans: 'Span 2 repeated', schemaUrl: 'string 3' }),
    Scope: message({ name: 'string 1', version: 'string 2', attributes: 'KeyValue 3 repeated' }),
    Span: message({
      ...{ traceId: 'bytes 1', spanId: 'bytes 2', traceState: 'string 3', parentSpanId: 'bytes 4' },
      ...{ flags: 'fixed32 16', name: 'string 5', kind: 'int32 6' },
      ...{ startTimeUnixNano: 'fixed64 7', endTimeUnixNano: 'fixed64 8' },
      ...{ attributes: 'KeyValue 9 repeated', events: 'Event 11 repeated' },
      ...{ links: 'Link 13 repeated', status: 'Status 15' },
    }),
    Event: message({
      timeUnixNano: 'fixed64 1',
      name: 'string 2',
      attributes: 'KeyValue 3 repeated',
    }),
    Link: message({ traceId: 'bytes 1', spanId: 'bytes 2', attributes: 'KeyValue 4 repeated' }),
    Status: message({ message: 'string 2', code: 'int32 3' }),
    KeyValue: message({ key: 'string 1', value: 'AnyValue 2' }),
    AnyValue: message(
      {
        ...{ stringValue: 'string 1', boolValue: 'bool 2', intValue: 'int64 3' },
        ...{ doubleValue: 'double 4', arrayValue: 'ArrayValue 5', kvlistValue: 'KeyValueList 6' },
        bytesValue: 'bytes 7',
      },
      { value: { oneof: [...values, 'bytesValue'] } },
    ),
    ArrayValue: message({ values: 'AnyValue 1 repeated' }),
    KeyValueList: message({ values: 'KeyValue 1 repeated' }),
    Response: message({ partialSuccess: 'PartialSuccess 1' }),
    PartialSuccess: message({ rejectedSpans: 'int64 1', errorMessage: 'string 2' }),
    RpcStatus: message({ code: 'int32 1', message: 'string 2', details: 'Any 3 repeated' }),
    Any: message({ typeUrl: 'string 1', value: 'bytes 2' }),
    BadRequest: message({ fieldViolations: 'FieldViolation 1 repeated' }),
    FieldViolation: message({ field: 'string 1', description: 'string 2' }),
  },
})
const type = (name: string) => root.lookupType(name)

export type KeyValue = { key: string; value: object }
export type OtlpSpan = {
  traceId?: string
  spanId?: string
  parentSpanId?: string
  name?: string
  startTimeUnixNano?: string | number
  endTimeUnixNano?: string | number
  attributes?: KeyValue[]
  events?: { name: string; attributes?: KeyValue[]; timeUnixNano?: string }[]
  status?: { code?: number; message?: string }
  [key: string]: unknown
}

/** An attribute with whatever a program would give it. */
export function attribute(key: string, held: unknown): KeyValue {
  return { key, value: anyValue(held) }
}

export function attributesOf(held: { [key: string]: unknown }): KeyValue[] {
  return Object.entries(held).map(([key, one]) => attribute(key, one))
}

function anyValue(held: unknown): object {
  if (typeof held === 'string') return { stringValue: held }
  if (typeof held === 'boolean') return { boolValue: held }
  if (typeof held === 'bigint') return { intValue: String(held) }
  if (typeof held === 'number')
    return Number.isInteger(held) ? { intValue: String(held) } : { doubleValue: held }
  if (Array.isArray(held)) return { arrayValue: { values: held.map(anyValue) } }
  if (typeof held === 'object' && held !== null)
    return { kvlistValue: { values: attributesOf({ ...held }) } }
  return {}
}

/** Of one service. */
export function requestOf(
  spans: readonly OtlpSpan[],
  resource: object = { 'service.name': 'bot' },
) {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ ...resource }) },
        scopeSpans: [{ scope: { name: 'test' }, spans }],
      },
    ],
  }
}

/** The ids are the i-th of as many as one likes, and look as random as real ones. */
export function idsOf(nth: number): { traceId: string; spanId: string } {
  const hex = (seed: number) => {
    let x = (nth + 1) * 0x9e3779b1 + seed * 0x85ebca6b
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
    return ((x ^ (x >>> 15)) >>> 0).toString(16).padStart(8, '0')
  }
  const own = (nth + 1).toString(16).padStart(8, '0')
  return { traceId: own + hex(1) + hex(2) + hex(3), spanId: own + hex(4) }
}

/** The request as the protobuf codec writes it; ids as hex digits, as in JSON. */
export function encodeRequest(request: ReturnType<typeof requestOf>): Buffer {
  const bytes = (hex: unknown) => (typeof hex === 'string' ? Buffer.from(hex, 'hex') : hex)
  const given = {
    resourceSpans: request.resourceSpans.map((all) => ({
      ...all,
      scopeSpans: all.scopeSpans.map((scope) => ({
        ...scope,
        spans: scope.spans.map((span) => ({
          ...span,
          ...('traceId' in span ? { traceId: bytes(span.traceId) } : {}),
          ...('spanId' in span ? { spanId: bytes(span.spanId) } : {}),
          ...('parentSpanId' in span ? { parentSpanId: bytes(span.parentSpanId) } : {}),
        })),
      })),
    })),
  }
  return Buffer.from(type('Request').encode(type('Request').fromObject(given)).finish())
}

/** All of a request, as protobufjs decodes it: what benches compare with. */
export function decodeRequest(body: Buffer): object {
  return type('Request').decode(body)
}

/** An answer in protobuf as plain JSON. */
export function decodeAnswer(name: 'Response' | 'RpcStatus' | 'BadRequest', body: Uint8Array) {
  const decoded = type(name).decode(body)
  return type(name).toObject(decoded, { longs: String, bytes: Buffer })
}
