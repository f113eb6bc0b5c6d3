/** The official exporters of OpenTelemetry send to a running Parley, and what is wrong is said as OTLP has it. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { gunzipSync, gzipSync } from 'node:zlib'
import { serve } from '@hono/node-server'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/db/open.ts'
import { httpApp } from '../../../src/http/app.ts'
import { decodeAnswer, encodeRequest, requestOf } from '../../support/otlp.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { call, openTaking, recordsOf } from '../../traces/ground.ts'
import { keyFor } from './client.ts'

let world: TestParley
let server: Server
let base: string
let key: string
beforeAll(async () => {
  world = await startParley()
  key = await keyFor(world.parley, ['records:write'])
  server = serve({ fetch: httpApp(world.parley, []).fetch, port: 0, createServer }) as Server
  if (!server.listening) await once(server, 'listening')
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1/otlp/v1/traces`
})
afterAll(async () => {
  server.close()
  await world.close()
})

/** Five lines of an engineer's own program. */
async function record(exporter: SpanExporter, service: string, spans: number): Promise<void> {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('app')
  for (let nth = 0; nth < spans; nth++) {
    const span = tracer.startSpan('chat gpt-5', { startTime: [1_772_442_000, 5] })
    span.setAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.input.messages': JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: `Wie viele sind ${nth}?` }] },
      ]),
    })
    span.addEvent('gen_ai.choice', { index: 0, message: `{"content":"Es sind ${nth}."}` })
    span.end([1_772_442_001, 250_000_005])
  }
  await provider.forceFlush()
  await provider.shutdown()
}

const headers = () => ({ authorization: `Bearer ${key}` })
const comparable = async (dataset: string) =>
  (await recordsOf(world.parley, dataset))
    .map(({ fields, outputs, metadata: { trace_id: _, span_id: __, service, ...metadata } }) => ({
      ...{ fields, outputs, metadata, isNamed: service === dataset },
    }))
    .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))

describe('happy: the official exporters', () => {
  test('send protobuf and JSON, packed and plain, and the records are equal', async () => {
    const exporters: { [name: string]: SpanExporter } = {
      'sent-protobuf': new ProtobufExporter({ url: base, headers: headers() }),
      'sent-protobuf-gzip': new ProtobufExporter({
        ...{ url: base, headers: headers(), compression: 'gzip' as never },
      }),
      'sent-json': new JsonExporter({ url: base, headers: headers() }),
      'sent-json-gzip': new JsonExporter({
        ...{ url: base, headers: headers(), compression: 'gzip' as never },
      }),
    }
    for (const name of Object.keys(exporters))
      await openTaking(world.parley, name, `{ match: { service: ${name} } }`)
    for (const [name, exporter] of Object.entries(exporters)) await record(exporter, name, 40)
    const [first = [], ...others] = await Promise.all(Object.keys(exporters).map(comparable))
    expect(first).toHaveLength(40)
    for (const other of others) expect(other).toEqual(first)
    expect(first[0]).toMatchObject({
      fields: { prompt: [{ role: 'user', content: 'Wie viele sind 0?' }] },
      outputs: [{ id: 'o1', text: 'Es sind 0.', model: 'gpt-5' }],
      metadata: { latency_ms: 1250, input_tokens: 10, finish_reasons: ['stop'] },
      isNamed: true,
    })
  })

  test('what cannot be taken is counted in the answer, in the encoding of the request', async () => {
    await openTaking(world.parley, 'partly', '{ match: { service: partly } }')
    world.clock.advance('6 seconds')
    const request = requestOf([call(1), { ...call(2), spanId: '' }], { 'service.name': 'partly' })
    const json = await post(JSON.stringify(request), 'application/json')
    expect(json.status).toBe(200)
    expect(json.headers.get('content-type')).toBe('application/json')
    const said = JSON.parse(json.body.toString())
    expect(said).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('spanId') },
    })
    const binary = await post(encodeRequest(request), 'application/x-protobuf')
    expect(binary.headers.get('content-type')).toBe('application/x-protobuf')
    expect(decodeAnswer('Response', binary.body)).toEqual(said)
    expect(await recordsOf(world.parley, 'partly')).toHaveLength(1)
  })

  test('a full success leaves partialSuccess unset, also for nothing at all', async () => {
    const request = requestOf([call(9)], { 'service.name': 'unknown' })
    expect(
      (await post(JSON.stringify(request), 'application/json; charset=utf-8')).body.toString(),
    ).toBe('{}')
    expect((await post(encodeRequest(request), 'application/x-protobuf')).body).toHaveLength(0)
    expect((await post('', 'application/x-protobuf')).status).toBe(200)
    expect((await post('{}', 'application/json')).status).toBe(200)
  })

  test('a key to one dataset sends to no other', async () => {
    await openTaking(world.parley, 'own', '{ match: { service: both } }')
    await openTaking(world.parley, 'other', '{ match: { service: both } }')
    world.clock.advance('6 seconds')
    const own = await keyFor(world.parley, ['records:write'], 'own')
    const request = requestOf([call(1)], { 'service.name': 'both' })
    await post(encodeRequest(request), 'application/x-protobuf', { authorization: `Bearer ${own}` })
    expect(await recordsOf(world.parley, 'own')).toHaveLength(1)
    expect(await recordsOf(world.parley, 'other')).toHaveLength(0)
  })
})

describe('refused: as OTLP has it', () => {
  test.each(['application/x-protobuf', 'application/json'])(
    'garbage as %s is a 400 with what is wrong',
    async (type) => {
      const { status, body, headers: said } = await post('garbage!', type)
      expect(status).toBe(400)
      expect(said.get('content-type')).toBe(type)
      const rpc = type === 'application/json' ? JSON.parse(body.toString()) : statusIn(body)
      expect(rpc).toMatchObject({
        code: 3,
        message: expect.stringContaining('Nothing of it was stored'),
      })
      const [{ '@type': kind, typeUrl, fieldViolations }] = rpc.details
      expect(kind ?? typeUrl).toBe('type.googleapis.com/google.rpc.BadRequest')
      expect(fieldViolations[0]).toMatchObject({ field: 'resource_spans' })
    },
  )

  test('a body that is no gzip, one that is cut off, and another packing', async () => {
    const packed = gzipSync(encodeRequest(requestOf([call(1)])))
    const type = 'application/x-protobuf'
    const gzip = { 'content-encoding': 'gzip' }
    expect((await post('no gzip', type, gzip)).status).toBe(400)
    expect((await post(packed.subarray(0, -9), type, gzip)).status).toBe(400)
    expect((await post(packed, type, { 'content-encoding': 'br' })).status).toBe(415)
    expect((await post(packed, type, gzip)).status).toBe(200)
    expect(gunzipSync(packed).length).toBeGreaterThan(100)
  })

  test('a small body that unpacks to gigabytes, and one that is too large, are a 413', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024))
    const type = 'application/x-protobuf'
    const refused = await post(bomb, type, { 'content-encoding': 'gzip' })
    expect(refused.status).toBe(413)
    expect(statusIn(refused.body)).toMatchObject({ code: 8 })
    const app = httpApp(world.parley, [])
    const large = await app.request('/v1/otlp/v1/traces', {
      method: 'POST',
      headers: { ...headers(), 'content-type': type, 'content-length': '200000000' },
      body: 'x',
    })
    expect(large.status).toBe(413)
    expect(statusIn(Buffer.from(await large.arrayBuffer())).message).toContain('67,108,864 bytes')
  })

  test('another content type is a 415', async () => {
    const { status, body } = await post('x', 'text/plain')
    expect([status, JSON.parse(body.toString()).code]).toEqual([415, 3])
  })

  test('a key that is none, and one without the scope', async () => {
    const type = 'application/x-protobuf'
    const none = await post('', type, { authorization: 'Bearer prl_nothing' })
    expect([none.status, statusIn(none.body).code]).toEqual([401, 16])
    expect(none.headers.get('www-authenticate')).toContain('Bearer')
    const reader = await keyFor(world.parley, ['answers:read'])
    const small = await post('', type, { authorization: `Bearer ${reader}` })
    expect([small.status, statusIn(small.body).code]).toEqual([403, 7])
    expect(statusIn(small.body).message).toContain('records:write')
  })

  test('too many requests, and a database that is away, say when to come again', async () => {
    const app = httpApp(world.parley, [], { apiRate: 6 })
    const send = (with_ = app) =>
      with_.request('/v1/otlp/v1/traces', {
        ...{ method: 'POST', body: '{}' },
        headers: { ...headers(), 'content-type': 'application/json' },
      })
    expect((await send()).status).toBe(200)
    const many = await send()
    expect(many.status).toBe(429)
    expect(many.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await many.json()).toMatchObject({ code: 8 })
    // Nobody listens there.
    const { db, close } = openDatabase('postgres://parley@127.0.0.1:1/parley', {
      log: world.parley.log,
    })
    const away = await send(httpApp({ ...world.parley, db }, []))
    expect(away.status).toBe(503)
    expect(away.headers.get('retry-after')).toBe('5')
    expect(await away.json()).toMatchObject({ code: 14 })
    await close()
  })
})

async function post(
  body: string | Buffer,
  type: string,
  more: { [name: string]: string } = {},
): Promise<{ status: number; headers: Headers; body: Buffer }> {
  const answer = await fetch(base, {
    method: 'POST',
    headers: { ...headers(), 'content-type': type, ...more },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, headers: answer.headers, body: bytes }
}

function statusIn(body: Buffer) {
  const { details = [], code, message } = decodeAnswer('RpcStatus', body)
  return {
    ...{ code, message },
    details: details.map((one: { typeUrl: string; value: Buffer }) => ({
      ...{ typeUrl: one.typeUrl, ...decodeAnswer('BadRequest', one.value) },
    })),
  }
}
