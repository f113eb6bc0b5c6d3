/** Traces of production become records: which, how many, once, and with nothing in them that must not be. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyDataset } from '../../src/datasets/apply.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { deleteDataset } from '../../src/datasets/delete.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { closeDataset } from '../../src/datasets/publish.ts'
import { deleteRecord } from '../../src/records/record.ts'
import { isSampled, traceHash } from '../../src/traces/sample.ts'
import { takeTraces } from '../../src/traces/take.ts'
import { countDrift } from '../assignments/invariants.ts'
import { encodeRequest, idsOf, requestOf } from '../support/otlp.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { admin, call, openTaking, program, recordsOf, sendJson, sendProtobuf } from './ground.ts'

let world: TestParley
beforeAll(async () => {
  world = await startParley()
})
afterAll(() => world.close())

const calls = (count: number, from = 0) =>
  Array.from({ length: count }, (_, nth) => call(from + nth))
const service = (name: string) => ({ 'service.name': name })
const fresh = () => world.clock.advance('6 seconds')

describe('happy: a chosen span becomes a record', () => {
  test('with prompt, output, model, latency and tokens; JSON and protobuf give equal records', async () => {
    const { parley } = world
    await openTaking(parley, 'json', '{ match: { service: json }, keep: [tier, host.name] }')
    await openTaking(parley, 'binary', '{ match: { service: binary }, keep: [tier, host.name] }')
    const span = call(1, { tier: 'gold', 'gen_ai.response.id': 'r-1', 'session.id': 's-1' })
    const resource = (name: string) => ({ ...service(name), 'host.name': 'h1' })
    expect(await sendJson(parley, [span], resource('json'))).toEqual({
      ...{ spans: 1, created: 1, rejected: 0, message: '' },
    })
    expect(await sendProtobuf(parley, [span], resource('binary'))).toMatchObject({ created: 1 })
    const [json] = await recordsOf(parley, 'json')
    const [binary] = await recordsOf(parley, 'binary')
    const { traceId, spanId } = idsOf(1)
    expect(json).toMatchObject({
      externalId: `${traceId}-${spanId}`,
      status: 'pending',
      fields: { prompt: [{ role: 'user', content: 'Question 1?' }] },
      outputs: [{ id: 'o1', text: 'Answer 1.', model: 'gpt-5-2026-01-01' }],
    })
    expect(json?.metadata).toEqual({
      ...{ trace_id: traceId, span_id: spanId, span: 'chat gpt-5', service: 'json' },
      ...{ operation: 'chat', provider: 'openai', model: 'gpt-5-2026-01-01' },
      ...{ requested_model: 'gpt-5', response_id: 'r-1', conversation_id: 's-1' },
      ...{ started_at: '2026-03-02T09:00:00.000Z', latency_ms: 1250 },
      ...{ input_tokens: 52, output_tokens: 47, attributes: { tier: 'gold', 'host.name': 'h1' } },
    })
    const { id: _, ...other } = { ...binary, metadata: { ...binary?.metadata, service: 'json' } }
    expect(json).toEqual({ ...other, id: json?.id })
    const dataset = await getDataset(parley, 'json')
    const drift = await countDrift(parley, dataset)
    expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
  })

  test('by service, model, operation, error, tokens, latency and attributes', async () => {
    const { parley } = world
    const rules: { [name: string]: string } = {
      'by-model': '{ model: "gpt-5*" }',
      'by-other-model': '{ model: [llama, "claude-*"] }',
      'by-operation': '{ operation: invoke_agent }',
      'by-error': '{ error: true }',
      'by-no-error': '{ error: false }',
      'by-tokens': '{ min_tokens: 100, max_tokens: 200 }',
      'by-latency': '{ min_latency_ms: 2000 }',
      'by-attributes': '{ attributes: { deployment.environment.name: "prod*", paid: true } }',
    }
    for (const [name, match] of Object.entries(rules))
      await openTaking(parley, name, `{ match: ${match.replace('{', '{ service: matched,')} }`)
    fresh()
    const all = [
      call(100, { 'gen_ai.usage.input_tokens': 60 }),
      call(101, { 'gen_ai.operation.name': 'invoke_agent' }),
      call(102, { 'gen_ai.response.model': 'claude-9', 'gen_ai.request.model': 'x' }),
      call(103, { 'error.type': 'timeout' }),
      call(104, {}, { endTimeUnixNano: '1772442003000000000' }),
      call(105, { paid: true }),
    ]
    await sendProtobuf(parley, all, {
      ...service('matched'),
      'deployment.environment.name': 'prod-eu',
    })
    const taken = async (name: string) =>
      (await recordsOf(parley, name)).map(
        ({ externalId }) =>
          100 + all.findIndex((_, nth) => externalId.startsWith(idsOf(100 + nth).traceId)),
      )
    expect(await taken('by-model')).toEqual([100, 103, 104, 105])
    expect(await taken('by-other-model')).toEqual([102])
    expect(await taken('by-operation')).toEqual([101])
    expect(await taken('by-error')).toEqual([103])
    expect(await taken('by-no-error')).toEqual([100, 102, 104, 105])
    expect(await taken('by-tokens')).toEqual([100])
    expect(await taken('by-latency')).toEqual([104])
    expect(await taken('by-attributes')).toEqual([105])
  })

  test('spans that are no call of a model are left alone', async () => {
    const { parley } = world
    await openTaking(parley, 'calls', '{ match: { service: calls } }')
    fresh()
    const others = ['execute_tool', 'invoke_agent', 'embeddings', 'retrieval', 'search_memory']
    const spans = others.map((name, nth) => call(200 + nth, { 'gen_ai.operation.name': name }))
    expect(await sendProtobuf(parley, spans, service('calls'))).toEqual({
      ...{ spans: 5, created: 0, rejected: 0, message: '' },
    })
  })

  test('where the dataset compares, a record waits for a second answer', async () => {
    const { parley } = world
    const document = parseDocument(`
name: compared
access: everyone
template: comparison
fields: { prompt: { type: chat } }
traces: { match: { service: compared } }`)
    await createDataset(parley, admin, { document })
    fresh()
    expect(await sendJson(parley, calls(2), service('compared'))).toMatchObject({ created: 2 })
    expect((await recordsOf(parley, 'compared')).map(({ status }) => status)).toEqual([
      ...['needs_outputs', 'needs_outputs'],
    ])
  })

  test('what patterns find is gone before anything is stored', async () => {
    const { parley } = world
    await openTaking(
      parley,
      'redacted',
      `
  match: { service: redacted }
  keep: [user.email]
  redact:
    - '[\\w.+-]+@[\\w.-]+'
    - '\\b\\d{3}-\\d{2}-\\d{4}\\b'`,
    )
    fresh()
    const messages = [
      { role: 'user', parts: [{ type: 'text', content: 'I am ana@x.org, 078-05-1120.' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'tool_call', id: 'c1', name: 'find', arguments: { 'ana@x.org': ['ana@x.org'] } },
          { type: 'tool_call', id: 'c2', name: 'find', arguments: '{"to": "ana\\u0040x.org"}' },
        ],
      },
      {
        role: 'tool',
        parts: [{ type: 'tool_call_response', id: 'c1', response: { a: 'ana@x.org' } }],
      },
    ]
    await sendJson(
      parley,
      [
        call(300, {
          'gen_ai.input.messages': messages,
          'gen_ai.output.messages': [
            { role: 'assistant', parts: [{ type: 'text', content: 'Hello ana@x.org' }] },
          ],
          'gen_ai.tool.definitions': [{ type: 'function', name: 'find', description: 'by x@y.z' }],
          'user.email': 'ana@x.org',
        }),
      ],
      service('redacted'),
    )
    const [record] = await recordsOf(parley, 'redacted')
    expect(JSON.stringify(record)).not.toMatch(/ana|@|1120|x@y/)
    expect(record?.fields['prompt']?.[0]).toEqual({
      ...{ role: 'user', content: 'I am [redacted], [redacted].' },
    })
    expect(record?.metadata).toMatchObject({
      redacted: 9,
      attributes: { 'user.email': '[redacted]' },
    })
    const { rows } = await sql<{ found: string }>`
      select table_name as found from information_schema.tables where table_schema = 'public'`.execute(
      parley.db,
    )
    for (const { found } of rows) {
      const held = await sql<{ n: number }>`
        select count(*)::int as n from ${sql.table(found)} t where t::text like '%ana@%'`.execute(
        parley.db,
      )
      expect([found, held.rows[0]?.n]).toEqual([found, 0])
    }
  })
})

describe('happy: how many', () => {
  test('of 100,000 traces a rule of 5 % takes 5 % ± 0.2, and two replays change nothing', async () => {
    const { parley } = world
    await openTaking(parley, 'many', '{ match: { service: many }, sample: 0.05, per_day: 1000000 }')
    fresh()
    const bodies = Array.from({ length: 20 }, (_, nth) =>
      encodeRequest(requestOf(calls(5_000, nth * 5_000), service('many'))),
    )
    const send = async () => {
      let created = 0
      for (const body of bodies)
        created += (await takeTraces(parley, program, { body, encoding: 'protobuf' })).created
      return created
    }
    const taken = await send()
    expect(taken).toBeGreaterThanOrEqual(4_800)
    expect(taken).toBeLessThanOrEqual(5_200)
    const state = async () => {
      const { rows } = await sql<{ state: string }>`
        select md5(string_agg(r::text, '|' order by r.id)) as state from records r
        where dataset_id = ${(await getDataset(parley, 'many')).id}`.execute(parley.db)
      return rows[0]?.state
    }
    const before = await state()
    fresh()
    expect(await send()).toBe(0)
    world.clock.advance('1 day')
    expect(await send()).toBe(0)
    expect(await state()).toBe(before)
    const dataset = await getDataset(parley, 'many')
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from taken_spans where dataset_id = ${dataset.id}`.execute(
      parley.db,
    )
    expect(rows[0]?.n).toBe(taken)
  })

  test('ids that begin alike, or that a sampler chose by their end, are chosen as evenly', () => {
    const shares = [0.01, 0.05, 0.5]
    const kinds: ((nth: number) => number)[] = [
      (nth) => traceHash(0x6717_0000, 0, 0, nth),
      (nth) => traceHash(nth, 1, 2, 3),
      (nth) => traceHash(0, nth, 0, 0xffff_0000 | (nth & 0xff)),
    ]
    for (const hash of kinds)
      for (const share of shares) {
        const taken = Array.from({ length: 100_000 }, (_, nth) => hash(nth)).filter((one) =>
          isSampled(one, share),
        ).length
        const deviation = Math.sqrt(100_000 * share * (1 - share))
        expect(Math.abs(taken - 100_000 * share)).toBeLessThan(4 * deviation)
      }
    const chosen = (share: number) =>
      Array.from({ length: 1000 }, (_, nth) => nth).filter((nth) =>
        isSampled(traceHash(nth, 0, 0, 0), share),
      )
    expect(chosen(0.1)).toEqual(expect.arrayContaining(chosen(0.05)))
    expect(chosen(1)).toHaveLength(1000)
  })

  test('a day has its number, exactly, with two processes that take at once', async () => {
    const { parley } = world
    await openTaking(parley, 'capped', '{ match: { service: capped }, per_day: 70 }')
    fresh()
    const other = await startParley({ database: world.database })
    other.clock.set(parley.now())
    const batches = Array.from({ length: 20 }, (_, nth) => calls(10, 1000 + nth * 7))
    const taken = await Promise.all(
      batches.map((spans, nth) =>
        sendJson(nth % 2 === 0 ? parley : other.parley, spans, service('capped')),
      ),
    )
    expect(taken.reduce((sum, { created }) => sum + created, 0)).toBe(70)
    expect(await recordsOf(parley, 'capped')).toHaveLength(70)
    // Another day of production has a number of its own, whenever it is sent.
    const nextDay = calls(80, 2000).map((span) => ({
      ...span,
      startTimeUnixNano: '1772528400000000000',
      endTimeUnixNano: '1772528401000000000',
    }))
    world.clock.set(new Date('2026-03-05T09:00:00Z'))
    expect(await sendJson(parley, nextDay, service('capped'))).toMatchObject({ created: 70 })
    expect(await sendJson(parley, calls(100, 1000), service('capped'))).toMatchObject({
      created: 0,
    })
    await other.close()
  })

  test('a trace of 10,000 spans is taken as a whole', async () => {
    const { parley } = world
    await openTaking(parley, 'long', '{ match: { service: long }, per_day: 20000 }')
    fresh()
    const { traceId } = idsOf(7)
    const spans = calls(10_000).map((span) => ({ ...span, traceId }))
    expect(await sendProtobuf(parley, spans, service('long'))).toMatchObject({
      ...{ spans: 10_000, created: 10_000, rejected: 0 },
    })
    expect(await sendProtobuf(parley, spans, service('long'))).toMatchObject({ created: 0 })
  })
})

describe('happy: rules change', () => {
  test('a changed rule counts within seconds, and a closed dataset takes nothing', async () => {
    const { parley } = world
    await openTaking(parley, 'changing', '{ match: { service: one } }')
    fresh()
    await sendJson(parley, calls(1), service('two'))
    const text = (name: string) => `
name: changing
access: everyone
template: evaluation
fields: { prompt: { type: chat } }
traces: { match: { service: ${name} } }`
    await applyDataset(parley, admin, { document: parseDocument(text('two')) })
    fresh()
    expect(await sendJson(parley, calls(1), service('two'))).toMatchObject({ created: 1 })
    await closeDataset(parley, admin, { dataset: 'changing' })
    // Even before the rules are read again.
    expect(await sendJson(parley, calls(1, 5), service('two'))).toMatchObject({ created: 0 })
  })

  test('a record that was deleted does not come back; a dataset that was takes its memory with it', async () => {
    const { parley } = world
    await openTaking(parley, 'forgetting', '{ match: { service: forgetting } }')
    fresh()
    await sendJson(parley, calls(2), service('forgetting'))
    const [first] = await recordsOf(parley, 'forgetting')
    await deleteRecord(parley, admin, {
      ...{ dataset: 'forgetting', externalId: first?.externalId ?? '' },
    })
    await sendJson(parley, calls(2), service('forgetting'))
    expect(await recordsOf(parley, 'forgetting')).toHaveLength(1)
    const { id } = await getDataset(parley, 'forgetting')
    await deleteDataset(parley, admin, { dataset: 'forgetting' })
    const { rows } = await sql<{ n: number }>`
      select (select count(*) from taken_spans where dataset_id = ${id})::int
        + (select count(*) from trace_days where dataset_id = ${id})::int as n`.execute(parley.db)
    expect(rows[0]?.n).toBe(0)
  })
})

describe('refused: what cannot be taken', () => {
  test('a batch with spans that are none is taken in part, and says how many and why', async () => {
    const { parley } = world
    await openTaking(parley, 'partly', '{ match: { service: partly } }')
    fresh()
    const long = [{ role: 'user', parts: [{ type: 'text', content: 'x'.repeat(100_001) }] }]
    const spans = [
      call(1),
      { ...call(2), spanId: 'abc' },
      call(3, { 'gen_ai.input.messages': long }),
      call(4),
    ]
    const taken = await sendJson(parley, spans, service('partly'))
    expect(taken).toMatchObject({ spans: 4, created: 2, rejected: 2 })
    expect(taken.message).toMatch(/^2 spans could not be taken\. The first: A span needs a spanId/)
    expect(await sendJson(parley, [spans[2] ?? {}], service('partly'))).toMatchObject({
      rejected: 1,
      message: expect.stringContaining('Dataset "partly": the prompt.0 is longer than 100000'),
    })
  })

  test('spans without content become no record, and the answer says how to have it', async () => {
    const { parley } = world
    await openTaking(parley, 'empty', '{ match: { service: empty } }')
    fresh()
    const bare = call(1, { 'gen_ai.input.messages': '', 'gen_ai.output.messages': '' })
    const taken = await sendJson(parley, [bare], service('empty'))
    expect(taken).toMatchObject({ created: 0, rejected: 0 })
    expect(taken.message).toContain('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true')
    const unanswered = call(2, { 'gen_ai.output.messages': '[]' })
    const { message } = await sendJson(parley, [unanswered], service('empty'))
    expect(message).toContain('1 chosen span without an answer')
  })

  test('garbage is refused whole: what stood before it is not stored', async () => {
    const { parley } = world
    await openTaking(parley, 'garbage', '{ match: { service: garbage } }')
    fresh()
    const bytes = encodeRequest(requestOf(calls(50), service('garbage')))
    const take = (body: Buffer, encoding: 'json' | 'protobuf') =>
      takeTraces(parley, program, { body, encoding })
    await expect(
      take(Buffer.concat([bytes, Buffer.from([10, 99, 1])]), 'protobuf'),
    ).rejects.toThrow('no ExportTraceServiceRequest in protobuf')
    const json = Buffer.from(JSON.stringify(requestOf(calls(50), service('garbage'))))
    await expect(take(json.subarray(0, -1), 'json')).rejects.toThrow('in JSON')
    await expect(take(Buffer.from([0xff, 0xfe]), 'json')).rejects.toThrow('in JSON')
    await expect(take(Buffer.from('secret-token-x'), 'json')).rejects.not.toThrow(/secret-token/)
    expect(await recordsOf(parley, 'garbage')).toEqual([])
  })

  test('patterns that take too long over a text refuse it, unredacted it is never stored', async () => {
    const { parley } = world
    await openTaking(parley, 'slow', `{ match: { service: slow }, redact: ['x|x+y'] }`)
    fresh()
    const text = [{ role: 'user', parts: [{ type: 'text', content: 'x'.repeat(90_000) }] }]
    const taken = await sendJson(
      parley,
      [call(1, { 'gen_ai.input.messages': text })],
      service('slow'),
    )
    expect(taken).toMatchObject({ created: 0, rejected: 1 })
    expect(taken.message).toContain('patterns of redact take too long')
  })

  test('only admins and keys may send', async () => {
    const labeler = { type: 'labeler', labeler: {} as never } as const
    const body = Buffer.from('{}')
    await expect(takeTraces(world.parley, labeler, { body, encoding: 'json' })).rejects.toThrow(
      'admin',
    )
  })
})

describe('refused: documents', () => {
  test.each([
    ['traces: {}', 'Write fields: { prompt: { type: chat } }'],
    ['fields: { prompt: { type: chat }, why: { type: text } }\ntraces: {}', '"why" is required'],
    ['fields: { prompt: { type: chat } }\ntraces: { sample: 0 }', 'traces.sample'],
    ['fields: { prompt: { type: chat } }\ntraces: { smaple: 1 }', 'sample'],
    ['fields: { prompt: { type: chat } }\ntraces: { match: { modle: x } }', 'model'],
    ['fields: { prompt: { type: chat } }\ntraces: { redact: ["(a"] }', 'without its ")"'],
    ['fields: { prompt: { type: chat } }\ntraces: { redact: ["(?=a)a"] }', 'look around'],
    [
      'fields: { prompt: { type: chat } }\ntraces: { match: { min_tokens: 9, max_tokens: 1 } }',
      'more than max_tokens',
    ],
  ])('%s', (text, why) => {
    expect(() => parseDocument(`name: x\ntemplate: evaluation\n${text}`)).toThrow(why)
  })
})
