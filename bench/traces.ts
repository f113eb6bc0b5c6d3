/**
 * Traces: spans a second and core that the sampling rejects, over HTTP as exporters send them (protobuf,
 * gzip, a key) and in the verb alone, beside a bare protobufjs decode of the same bytes in the same run; and
 * what memory does over many requests. Alternating, medians.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { createDataset } from '../src/datasets/create.ts'
import { parseDocument } from '../src/datasets/parse.ts'
import { openSnapshot } from '../src/db/copy.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { openDatabase } from '../src/db/open.ts'
import { httpApp } from '../src/http/app.ts'
import { createKey } from '../src/keys/create.ts'
import { openLog } from '../src/log.ts'
import { type Actor, createParley, type Parley } from '../src/parley.ts'
import { takeTraces } from '../src/traces/take.ts'
import {
  attributesOf,
  decodeRequest,
  encodeRequest,
  idsOf,
  requestOf,
} from '../test/support/otlp.ts'

const { values: flags } = parseArgs({
  options: {
    spans: { type: 'string', default: '102400' },
    batch: { type: 'string', default: '512' },
    repeats: { type: 'string', default: '5' },
  },
})
const admin: Actor = { type: 'admin', name: 'bench' }
const batch = Number(flags.batch)
const requests = Math.ceil(Number(flags.spans) / batch)

const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
// Run by root, the server has an account of its own, which must be able to enter.
chmodSync(dir, 0o755)
const server = await openEmbeddedPostgres({ dataDir: dir })
const log = openLog({ level: 'error' })
const { db, pool, close } = openDatabase(server.url, { log })
try {
  await migrateDatabase(db, log)
  await measure(
    createParley({
      ...{ db, log, secret: 'of the bench alone, of no use elsewhere', dataDir: dir },
      ...{ admins: [], publicUrl: 'http://127.0.0.1' },
      queue: { ring: async () => true },
      now: () => new Date(),
      openSnapshot: () => openSnapshot(pool),
    }),
  )
} finally {
  await close()
  await server.close()
  rmSync(dir, { recursive: true, force: true })
}

async function measure(parley: Parley) {
  const document = parseDocument(`
name: production
access: everyone
template: evaluation
fields: { prompt: { type: chat } }
traces: { sample: 0.000000001 }`)
  await createDataset(parley, admin, { document })
  // A few different requests, sent again and again: what is made here is not what is measured.
  const bodies = Array.from({ length: 8 }, (_, nth) => bodyOf(nth))
  const packed = bodies.map((body) => gzipSync(body))
  const spanBytes = Math.round((bodies[0]?.length ?? 0) / batch)
  print('bytes of a span', spanBytes)
  const { key } = await createKey(parley, admin, { name: 'bench', scopes: ['records:write'] })
  const app = httpApp(parley, [], { apiRate: 10_000_000 })
  const post = async (nth: number) => {
    const answer = await app.request('/v1/otlp/v1/traces', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/x-protobuf',
        'content-encoding': 'gzip',
      },
      body: new Uint8Array(at(packed, nth)),
    })
    if (answer.status !== 200) throw new Error(await answer.text())
  }
  const verb = async (nth: number) => {
    await takeTraces(parley, admin, { body: at(bodies, nth), encoding: 'protobuf' })
  }
  const bare = async (nth: number) => void decodeRequest(at(bodies, nth))
  const unpacked = async (nth: number) => void decodeRequest(gunzipSync(at(packed, nth)))
  const rates: { [name: string]: number[] } = { post: [], verb: [], bare: [], unpacked: [] }
  for (let repeat = 0; repeat <= Number(flags.repeats); repeat++)
    for (const [name, run] of Object.entries({ post, unpacked, verb, bare })) {
      const rate = await perCore(run)
      // The first round warms up.
      if (repeat > 0) rates[name]?.push(rate)
    }
  const [post_, verb_] = [median(rates['post'] ?? []), median(rates['verb'] ?? [])]
  print('over HTTP, packed, rejected spans/s per core (reach 20000)', post_, rates['post'])
  print(
    'gunzip and protobufjs decode of the same, spans/s per core',
    median(rates['unpacked'] ?? []),
  )
  print('ratio', (post_ / median(rates['unpacked'] ?? [])).toFixed(2))
  print('takeTraces alone, rejected spans/s per core', verb_, rates['verb'])
  print('bare protobufjs decode of the same, spans/s per core', median(rates['bare'] ?? []))
  print('ratio', (verb_ / median(rates['bare'] ?? [])).toFixed(2))
  await memory(post)
}

function bodyOf(nth: number): Buffer {
  const words = 'Why does it rain so much in the mountains, and where does all of the water go? '
  const spans = Array.from({ length: batch }, (_, at) => ({
    ...idsOf(nth * batch + at),
    name: 'chat gpt-5',
    kind: 3,
    startTimeUnixNano: '1772442000000000000',
    endTimeUnixNano: '1772442001250000000',
    attributes: attributesOf({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.response.model': 'gpt-5-2026-01-01',
      'gen_ai.response.id': `chatcmpl-${nth}-${at}`,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.request.temperature': 0.7,
      'gen_ai.usage.input_tokens': 152,
      'gen_ai.usage.output_tokens': 247,
      'gen_ai.input.messages': JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: words.repeat(6) + at }] },
      ]),
      'gen_ai.output.messages': JSON.stringify([
        { role: 'assistant', parts: [{ type: 'text', content: words.repeat(8) + at }] },
      ]),
    }),
    status: { code: 1 },
  }))
  return encodeRequest(requestOf(spans))
}

/** Spans for each second of processor time of this process, whatever thread it was spent in. */
async function perCore(run: (nth: number) => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  for (let nth = 0; nth < requests; nth++) await run(nth)
  const { user, system } = process.cpuUsage(before)
  return (requests * batch) / ((user + system) / 1e6)
}

/** The most memory in each tenth of many requests: the slope is what the last has over the second. */
async function memory(post: (nth: number) => Promise<void>) {
  const tenths: number[] = []
  for (let tenth = 0; tenth < 10; tenth++) {
    let most = 0
    for (let nth = 0; nth < requests; nth++) {
      await post(nth)
      most = Math.max(most, process.memoryUsage().rss)
    }
    tenths.push(Math.round(most / 1e6))
  }
  print(
    `most memory by tenths of ${(requests * batch * 10).toLocaleString('en-US')} spans, MB`,
    '',
    tenths,
  )
  const [, second = 0] = tenths
  print('last of them over the second (flat: 1.1)', ((tenths.at(-1) ?? 0) / second).toFixed(2))
}

function at(list: readonly Buffer[], nth: number): Buffer {
  return list[nth % list.length] ?? Buffer.alloc(0)
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

function print(what: string, value: number | string, all: readonly number[] = []) {
  const round = (one: number) => Math.round(one).toLocaleString('en-US')
  const said = typeof value === 'number' ? round(value) : value
  console.log(`${what}: ${said}${all.length > 0 ? ` [${all.map(round).join(' ')}]` : ''}`)
}
