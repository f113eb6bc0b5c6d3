/** Requests of OTLP in both encodings: what one says, the other says. */
import fc from 'fast-check'
import protobuf from 'protobufjs/minimal.js'
import { describe, expect, test } from 'vitest'
import { readJson } from '../../src/traces/otlp/json.ts'
import { readProtobuf } from '../../src/traces/otlp/protobuf.ts'
import type { Count } from '../../src/traces/otlp/span.ts'
import {
  attribute,
  attributesOf,
  encodeRequest,
  idsOf,
  type OtlpSpan,
  requestOf,
} from '../support/otlp.ts'
import { call } from './ground.ts'

type Request = ReturnType<typeof requestOf>
const all = () => true

function inJson(request: unknown, wanted: (hash: number) => boolean = all) {
  const count: Count = { spans: 0, rejected: 0, problem: null }
  return { spans: [...readJson(JSON.stringify(request), wanted, count)], count }
}

function inProtobuf(request: Request | Buffer, wanted: (hash: number) => boolean = all) {
  const count: Count = { spans: 0, rejected: 0, problem: null }
  const bytes = Buffer.isBuffer(request) ? request : encodeRequest(request)
  return { spans: [...readProtobuf(bytes, wanted, count)], count }
}

const both = (request: Request) => {
  const [json, binary] = [inJson(request), inProtobuf(request)]
  expect(binary.spans).toEqual(json.spans)
  expect(binary.count).toEqual(json.count)
  return json
}

describe('happy: both encodings say the same', () => {
  test('a span with everything', () => {
    const { spans } = both(
      requestOf([
        call(
          1,
          { list: [1, 2.5, 'x', [true]], map: { a: { b: '\u00e4' } } },
          {
            parentSpanId: 'eee19b7ec3c1b173',
            status: { code: 2, message: 'quota' },
            events: [{ name: 'gen_ai.choice', attributes: attributesOf({ index: 0 }) }],
            links: [{ traceId: '', spanId: '' }],
            flags: 257,
          },
        ),
      ]),
    )
    expect(spans).toHaveLength(1)
    const [span] = spans
    expect(span).toMatchObject({ ...idsOf(1), parentSpanId: 'eee19b7ec3c1b173', isError: true })
    expect(span?.attributes.get('list')).toEqual([1, 2.5, 'x', [true]])
    expect(span?.attributes.get('map')).toEqual({ a: { b: 'ä' } })
    expect(span?.resource.get('service.name')).toBe('bot')
    expect(span?.events[0]?.name).toBe('gen_ai.choice')
    expect((span?.end ?? 0) - (span?.start ?? 0)).toBeCloseTo(1_250_000_000, -3)
  })

  test('64-bit numbers keep their digits, as texts and as numbers', () => {
    const numbers = ['9007199254740993', '-9223372036854775808', '0', '-1', '9007199254740991']
    const { spans } = both(
      requestOf([{ ...idsOf(1), attributes: numbers.map((one) => attribute(one, BigInt(one))) }]),
    )
    expect([...(spans[0]?.attributes.values() ?? [])]).toEqual([
      ...['9007199254740993', '-9223372036854775808', 0, -1, Number.MAX_SAFE_INTEGER],
    ])
    const [given] = inJson({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: idsOf(1).traceId.toUpperCase(),
                  spanId: idsOf(1).spanId.toUpperCase(),
                  startTimeUnixNano: 1544712660000000000,
                  attributes: [{ key: 'n', value: { intValue: 7 } }],
                },
              ],
            },
          ],
        },
      ],
    }).spans
    expect(given).toMatchObject({ ...idsOf(1), start: 1544712660000000000 })
    expect(given?.attributes.get('n')).toBe(7)
  })

  test('whatever attributes hold', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.double().filter((one) => !Number.isInteger(one)),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), value), { maxLength: 5 }), (pairs) => {
        const attributes = pairs.map(([key, held]) => attribute(key, held))
        // JSON has no infinity: the mapping writes it as a text.
        const json = JSON.parse(
          JSON.stringify(requestOf([{ ...idsOf(1), attributes }]), (key, held) =>
            key === 'doubleValue' && !Number.isFinite(held) ? String(held) : held,
          ),
        )
        expect(inProtobuf(requestOf([{ ...idsOf(1), attributes }])).spans).toEqual(
          inJson(json).spans,
        )
      }),
      { numRuns: 300 },
    )
  })

  test('what is not known is passed over, in whatever order fields come', () => {
    const request = requestOf([call(1)])
    const bytes = encodeRequest(request)
    // Field 9 of type 0, field 15 of type 1, field 99 of type 5, field 7 of type 2.
    const strange = Buffer.from([
      72,
      200,
      1,
      121,
      ...Array(8).fill(1),
      0x9d,
      6,
      1,
      2,
      3,
      4,
      58,
      2,
      9,
      9,
    ])
    expect(inProtobuf(Buffer.concat([strange, bytes, strange])).spans).toEqual(
      inJson(request).spans,
    )
    const [of] = request.resourceSpans
    const more = { resourceSpans: [{ ...of, deprecated: [1], resource_spans: 3 }], x: { y: 1 } }
    expect(inJson(more).spans).toEqual(inJson(request).spans)
  })

  test('of spans that nobody wants nothing but the ids is read', () => {
    const spans = Array.from({ length: 200 }, (_, nth) => call(nth))
    const half = (hash: number) => hash < 2 ** 31
    const [json, binary] = [inJson(requestOf(spans), half), inProtobuf(requestOf(spans), half)]
    expect(binary.spans).toEqual(json.spans)
    expect(binary.count).toEqual({ spans: 200, rejected: 0, problem: null })
    expect(binary.spans.length).toBeGreaterThan(60)
    expect(binary.spans.length).toBeLessThan(140)
  })

  test.each(['{}', '{"resourceSpans":[]}', '{"resourceSpans":null}'])(
    '%s holds nothing',
    (text) => {
      expect(inJson(JSON.parse(text)).count.spans).toBe(0)
      expect(inProtobuf(Buffer.alloc(0)).count.spans).toBe(0)
    },
  )
})

describe('refused: spans that are none', () => {
  const broken: [string, OtlpSpan][] = [
    ['no trace id', { spanId: idsOf(1).spanId }],
    ['a trace id of zeros', { ...idsOf(1), traceId: '0'.repeat(32) }],
    ['a short trace id', { ...idsOf(1), traceId: 'abcd' }],
    ['no span id', { traceId: idsOf(1).traceId }],
    ['a span id of zeros', { ...idsOf(1), spanId: '0'.repeat(16) }],
  ]
  test.each(broken)('%s', (_, span) => {
    const { spans, count } = both(requestOf([call(1), span, call(2)]))
    expect(spans.map(({ traceId }) => traceId)).toEqual([idsOf(1).traceId, idsOf(2).traceId])
    expect(count).toMatchObject({ spans: 3, rejected: 1 })
    expect(count.problem).toContain(
      span.spanId && span.spanId !== '0'.repeat(16) ? '16 bytes' : '8 bytes',
    )
  })

  test('an id in base64, as the usual mapping would have it', () => {
    const traceId = Buffer.from(idsOf(1).traceId, 'hex').toString('base64')
    expect(inJson(requestOf([{ ...idsOf(1), traceId }])).count.problem).toContain('32 hex digits')
  })

  test('nesting without end', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 'x' : [deep(levels - 1)])
    const held = (field: number, inner: Uint8Array) =>
      protobuf.Writer.create()
        .uint32((field << 3) | 2)
        .bytes(inner)
        .finish()
    let value = held(1, Buffer.from('x'))
    for (let level = 0; level < 500; level++) value = held(5, held(1, value))
    const ids = Object.values(idsOf(2)).map((hex, at) => held(at + 1, Buffer.from(hex, 'hex')))
    const attribute = held(9, Buffer.concat([held(1, Buffer.from('deep')), held(2, value)]))
    const span = held(2, Buffer.concat([...ids, attribute]))
    const nested = Buffer.concat([encodeRequest(requestOf([call(1)])), held(1, held(2, span))])
    for (const { spans, count } of [
      inJson(requestOf([call(1), call(2, { deep: deep(500) })])),
      inProtobuf(nested),
    ]) {
      expect(spans).toHaveLength(1)
      expect(count).toMatchObject({ spans: 2, rejected: 1 })
      expect(count.problem).toContain('64 levels')
    }
  })

  test('a span whose bytes are cut off rejects itself and no other', () => {
    const good = encodeRequest(requestOf([call(1)]))
    const at = good.lastIndexOf(Buffer.from('gen_ai.output.messages'))
    const bad = Buffer.from(good)
    // The length of the attribute's key says more than the span has.
    bad[at - 1] = 250
    const { spans, count } = inProtobuf(Buffer.concat([bad, encodeRequest(requestOf([call(2)]))]))
    expect(spans.map(({ traceId }) => traceId)).toEqual([idsOf(2).traceId])
    expect(count).toMatchObject({ spans: 2, rejected: 1 })
  })

  test('bytes that are no request, wherever they end', () => {
    const bytes = encodeRequest(requestOf([call(1), call(2)]))
    for (let end = 1; end < bytes.length; end += 7)
      expect(() => inProtobuf(bytes.subarray(0, end))).toThrow()
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (garbage) => {
        try {
          inProtobuf(Buffer.from(garbage))
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
    )
  })

  test.each([
    '[]',
    '"x"',
    '1',
    'null',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[1]}',
    '{"resource',
  ])('%s', (text) => {
    const count: Count = { spans: 0, rejected: 0, problem: null }
    expect(() => [...readJson(text, all, count)]).toThrow()
  })
})
