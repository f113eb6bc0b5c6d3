/**
 * The HTTP API, in one run on one database:
 * 1. POST of one record against a bare Hono route that checks a header and inserts a row with pg;
 * 2. a stream of records (NDJSON) against importRecords of the same file, which is what the CLI runs;
 * 3. all answers as NDJSON into a file against `export --as raw` into a file;
 * 4. adding one record, and progress, in a dataset of --large records against one of 10,000.
 * Each server is a process of its own; the client is this one. Ways alternate, medians are printed.
 */
import { fork } from 'node:child_process'
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { sql } from 'kysely'
import pg from 'pg'
import { openRows } from '../src/cli/import/source.ts'
import { loadConfig } from '../src/config.ts'
import { insertDataset } from '../src/datasets/create.ts'
import { DatasetDocument } from '../src/datasets/document.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { exportToFile } from '../src/exports/to-file.ts'
import { importRecords } from '../src/imports/import-records.ts'
import { createKey } from '../src/keys/create.ts'
import { openParley } from '../src/open.ts'
import type { Actor, Parley } from '../src/parley.ts'
import { openAnsweredBench } from './answered.ts'

const { values: flags } = parseArgs({
  options: {
    repeats: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    /** Records of the stream. */
    records: { type: 'string', default: '50000' },
    /** Records whose answers go out; three answers each. */
    answered: { type: 'string', default: '50000' },
    /** The large dataset of the fourth part. */
    large: { type: 'string', default: '1000000' },
    only: { type: 'string' },
  },
})
const repeats = Number(flags.repeats)
const connections = 16
const small = 10_000
const agent = new Agent({ keepAlive: true, maxSockets: connections })
const admin: Actor = { type: 'admin', name: 'bench' }

if (process.env['BENCH_SERVER']) await runServer(process.env['BENCH_SERVER'])
else await main()

type Ground = { url: string; dir: string; key: string; parley: Parley }

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  try {
    const { parley, close } = await openParley(configOf(server.url, dir))
    const { key } = await createKey(parley, admin, { name: 'bench', scopes: ['admin'] })
    const ground = { url: server.url, dir, key, parley }
    const parts = {
      one: compareOne,
      stream: compareStream,
      answers: compareAnswers,
      size: compareSizes,
    }
    for (const [name, part] of Object.entries(parts))
      if (flags.only === undefined || flags.only.split(',').includes(name)) await part(ground)
    await close()
  } finally {
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

function configOf(url: string, dir: string) {
  return loadConfig({
    ...{ DATABASE_URL: url, PARLEY_DATA_DIR: dir, PARLEY_SECRET: 'a secret of the bench alone' },
    ...{ PORT: '0', LOG_LEVEL: 'error', PARLEY_API_RATE: '1000000000' },
  })
}

async function makeDataset(parley: Parley, name: string) {
  return insertDataset(
    parley,
    DatasetDocument.parse({
      ...{ name, title: 'Which is better?', access: 'everyone' },
      fields: [{ name: 'prompt', title: 'Prompt' }],
      questions: [{ type: 'ranking', name: 'preference', title: 'Rank them' }],
      distribution: { min_submitted: 3 },
    }),
  )
}

function recordOf(id: string): string {
  return JSON.stringify({
    external_id: id,
    fields: { prompt: 'What is it? '.repeat(20) },
    outputs: [
      { id: 'a', text: 'This one. '.repeat(40), model: 'm1' },
      { id: 'b', text: 'That one. '.repeat(40), model: 'm2' },
    ],
    metadata: { topic: 'maths' },
  })
}

/** Part 1. */
async function compareOne(ground: Ground) {
  await makeDataset(ground.parley, 'one')
  await sql`create table bare (id text primary key, record jsonb)`.execute(ground.parley.db)
  const rates: Record<'parley' | 'bare', number[]> = { parley: [], bare: [] }
  const costs: Record<'parley' | 'bare', number[]> = { parley: [], bare: [] }
  const stored: Record<'parley' | 'bare', number[]> = { parley: [], bare: [] }
  const paths = { parley: '/v1/datasets/one/records', bare: '/records' }
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const kind of ['parley', 'bare'] as const) {
      const server = await startServer(kind, ground)
      const post = (n: string) => send(server, ground.key, 'POST', paths[kind], recordOf(n))
      await drive(post, 1, `w${repeat}`)
      const before = [await server.cpu(), cpuOfPostgres(ground.dir)] as const
      const { rate, done } = await drive(post, Number(flags.seconds), `r${repeat}`)
      rates[kind].push(rate)
      costs[kind].push(Math.round(((await server.cpu()) - before[0]) / done))
      stored[kind].push(Math.round((cpuOfPostgres(ground.dir) - before[1]) / done))
      await server.stop()
    }
  const [ours, bare] = [median(rates.parley), median(rates.bare)]
  print('POST one record, req/s (median)', ours, rates.parley)
  print('bare Hono + pg insert (this file, serveBare), req/s (median)', bare, rates.bare)
  // What each spends, whatever else the machine is doing at the time.
  print('CPU of Node a request, us: ours', median(costs.parley), costs.parley)
  print('CPU of Node a request, us: bare', median(costs.bare), costs.bare)
  print('CPU of Postgres a request, us: ours', median(stored.parley), stored.parley)
  print('CPU of Postgres a request, us: bare', median(stored.bare), stored.bare)
  print('ratio (reach 0.50)', (ours / bare).toFixed(2))
  const spent = (kind: 'parley' | 'bare') => median(costs[kind]) + median(stored[kind])
  print('ratio by CPU (reach 0.50)', (spent('bare') / spent('parley')).toFixed(2))
}

async function drive(act: (id: string) => Promise<unknown>, seconds: number, run: string) {
  const from = performance.now()
  const until = from + seconds * 1000
  let done = 0
  await Promise.all(
    Array.from({ length: connections }, async (_, one) => {
      for (let n = 0; performance.now() < until; n++) {
        await act(`${run}-${one}-${n}`)
        done++
      }
    }),
  )
  return { done, rate: Math.round(done / ((performance.now() - from) / 1000)) }
}

/** Part 2. */
async function compareStream(ground: Ground) {
  const records = Number(flags.records)
  const file = join(ground.dir, 'records.jsonl')
  writeFileSync(file, Array.from({ length: records }, (_, n) => `${recordOf(`r${n}`)}\n`).join(''))
  await makeDataset(ground.parley, 'stream')
  const server = await startServer('parley', ground)
  const empty = () => sql`truncate records, places, tallies, outlines`.execute(ground.parley.db)
  const ways = {
    http: async () => {
      const { created } = await sendFile(server, ground.key, '/v1/datasets/stream/records', file)
      return created
    },
    cli: async () => {
      const opened = await openRows(file)
      return (await importRecords(ground.parley, admin, { dataset: 'stream', ...opened })).created
    },
  }
  const rates: Record<keyof typeof ways, number[]> = { http: [], cli: [] }
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const way of ['http', 'cli'] as const) {
      await empty()
      await sql`checkpoint`.execute(ground.parley.db)
      const from = performance.now()
      const created = await ways[way]()
      if (created !== records) throw new Error(`${way} kept ${created} of ${records}.`)
      rates[way].push(Math.round(records / ((performance.now() - from) / 1000)))
    }
  print('peak memory of the server, MB', await server.peak())
  await server.stop()
  await empty()
  const [http, cli] = [median(rates.http), median(rates.cli)]
  print('NDJSON over HTTP, records/s (median)', http, rates.http)
  print('importRecords, records/s (median)', cli, rates.cli)
  print('ratio (reach 0.90)', (http / cli).toFixed(2))
}

/** Part 3. */
async function compareAnswers(ground: Ground) {
  const bench = await openAnsweredBench(ground.url, Number(flags.answered))
  const server = await startServer('parley', ground)
  const to = join(ground.dir, 'answers.jsonl')
  const rates: Record<'http' | 'raw', number[]> = { http: [], raw: [] }
  const costs: Record<'http' | 'raw', number[]> = { http: [], raw: [] }
  const clients: number[] = []
  const sizes = new Set<number>()
  for (let repeat = 0; repeat < repeats; repeat++)
    for (const way of ['http', 'raw'] as const) {
      const from = performance.now()
      const spent = async () =>
        (way === 'http' ? await server.cpu() : ownCpu()) + cpuOfPostgres(ground.dir)
      const before = await spent()
      const own = ownCpu()
      if (way === 'http')
        await receive(server, ground.key, `/v1/datasets/${bench.dataset}/responses`, to)
      else await exportToFile(ground.parley, admin, { dataset: bench.dataset, as: 'raw', to })
      rates[way].push(Math.round(bench.answers / ((performance.now() - from) / 1000)))
      costs[way].push((await spent()) - before)
      if (way === 'http') clients.push(ownCpu() - own)
      sizes.add(statSync(to).size)
    }
  if (sizes.size !== 1) throw new Error(`The files differ in length: ${[...sizes]}.`)
  print('peak memory of the server, MB', await server.peak())
  await server.stop()
  await bench.close()
  const [http, raw] = [median(rates.http), median(rates.raw)]
  print('answers out over HTTP, answers/s (median)', http, rates.http)
  print('export --as raw, answers/s (median)', raw, rates.raw)
  print('ratio (reach 0.90)', (http / raw).toFixed(2))
  print('ratio by CPU (reach 0.90)', (median(costs.raw) / median(costs.http)).toFixed(2))
  const ms = (all: readonly number[]) => all.map((one) => Math.round(one / 1000))
  print(
    'CPU of the export, Postgres with it, ms: over HTTP',
    median(ms(costs.http)),
    ms(costs.http),
  )
  print('CPU of the client that saves the answers, ms', median(ms(clients)), ms(clients))
  print('bytes of the file', [...sizes][0])
  print('CPU of the export, Postgres with it, ms: to a file', median(ms(costs.raw)), ms(costs.raw))
}

/** Part 4. */
async function compareSizes(ground: Ground) {
  const large = Number(flags.large)
  for (const [name, count] of [
    ['small', small],
    ['large', large],
  ] as const) {
    const { id } = await makeDataset(ground.parley, name)
    await fill(ground.parley, id, count)
  }
  await sql`vacuum analyze`.execute(ground.parley.db)
  const server = await startServer('parley', ground)
  const acts = {
    'adding one record': (name: string, id: string) =>
      send(server, ground.key, 'POST', `/v1/datasets/${name}/records`, recordOf(id)),
    progress: (name: string) => send(server, ground.key, 'GET', `/v1/datasets/${name}/progress`),
    'a page of records in the middle': (name: string) =>
      send(
        server,
        ground.key,
        'GET',
        `/v1/datasets/${name}/records?limit=50&cursor=${Buffer.from('r5').toString('base64url')}`,
      ),
  }
  for (const [what, act] of Object.entries(acts)) {
    const times: Record<'small' | 'large', number[]> = { small: [], large: [] }
    for (let n = 0; n < 100 * repeats; n++)
      for (const name of ['small', 'large'] as const) {
        const from = performance.now()
        await act(name, `new-${n}`)
        if (n >= 50) times[name].push(performance.now() - from)
      }
    const [few, many] = [median(times.small), median(times.large)]
    print(
      `${what}, ms at ${small} and at ${large} (median)`,
      `${few.toFixed(2)} and ${many.toFixed(2)}`,
    )
    print('ratio (reach 1.10)', (many / few).toFixed(2))
  }
  await server.stop()
}

async function fill(parley: Parley, dataset: string, count: number) {
  await sql`
    with new as (
      insert into records (dataset_id, external_id, fields, outputs, shuffled, created_at, updated_at)
      select ${dataset}, 'r' || g, jsonb_build_object('prompt', repeat('What is it? ', 20)),
        jsonb_build_array(jsonb_build_object('id', 'a', 'text', 'This.'),
          jsonb_build_object('id', 'b', 'text', 'That.')), array['a', 'b'], now(), now()
      from generate_series(1, ${count}::int) g returning id),
    placed as (
      insert into places (dataset_id, record_id, position, wanted)
      select ${dataset}, id, id, 3 from new)
    insert into tallies (dataset_id, labeler_id, records) values (${dataset}, 0, ${count})`.execute(
    parley.db,
  )
}

/** `peak`: megabytes; `cpu`: microseconds of processor time so far. */
type Server = {
  port: number
  peak(): Promise<number>
  cpu(): Promise<number>
  stop(): Promise<void>
}

async function startServer(kind: string, { url, dir }: Ground): Promise<Server> {
  const child = fork(new URL(import.meta.url).pathname, {
    env: { ...process.env, BENCH_SERVER: kind, BENCH_URL: url, BENCH_DIR: dir },
  })
  const next = () =>
    new Promise<number>((resolve) => child.once('message', (n) => resolve(Number(n))))
  const port = await next()
  const ask = (what: string) => {
    const told = next()
    child.send(what)
    return told
  }
  return {
    port,
    peak: () => ask('peak'),
    cpu: () => ask('cpu'),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.send('stop')
      await ended
    },
  }
}

async function runServer(kind: string) {
  const [url, dir] = [process.env['BENCH_URL'] ?? '', process.env['BENCH_DIR'] ?? '']
  const { port, stop } = await (kind === 'bare' ? serveBare(url) : serveParley(url, dir))
  process.on('disconnect', () => process.exit())
  process.on('message', async (asked) => {
    if (asked === 'cpu') process.send?.(ownCpu())
    if (asked === 'peak') process.send?.(Math.round(process.resourceUsage().maxRSS / 1024))
    if (asked !== 'stop') return
    await stop()
    process.exit()
  })
  process.send?.(port)
}

async function serveParley(url: string, dir: string) {
  const { listen, close } = await openParley(configOf(url, dir))
  return { port: Number(new URL(await listen()).port), stop: close }
}

/** The baseline: what anybody would write first. */
async function serveBare(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  const app = new Hono()
  app.post('/records', async (c) => {
    if (!c.req.header('authorization')?.startsWith('Bearer ')) return c.body(null, 401)
    const record = await c.req.json()
    await pool.query('insert into bare values ($1, $2) on conflict do nothing', [
      record.external_id,
      record,
    ])
    return c.json({ external_id: record.external_id }, 201)
  })
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 })
  await new Promise<void>((resolve) => server.once('listening', () => resolve()))
  const at = server.address()
  return {
    port: typeof at === 'object' && at ? at.port : 0,
    stop: async () => {
      server.close()
      await pool.end()
    },
  }
}

function open(server: Server, key: string, method: string, path: string, headers: object) {
  return request({
    ...{ host: '127.0.0.1', port: server.port, method, path, agent },
    headers: { authorization: `Bearer ${key}`, ...headers },
  })
}

async function send(server: Server, key: string, method: string, path: string, body?: string) {
  const headers =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const asked = open(server, key, method, path, headers)
  const answered = answerOf(asked)
  asked.end(body)
  const answer = await answered
  const text = await textOf(answer)
  if ((answer.statusCode ?? 500) >= 300) throw new Error(text)
  return text
}

async function sendFile(server: Server, key: string, path: string, file: string) {
  const asked = open(server, key, 'POST', path, { 'content-type': 'application/x-ndjson' })
  const answered = answerOf(asked)
  await pipeline(createReadStream(file, { highWaterMark: 1 << 18 }), asked)
  const answer = await answered
  return JSON.parse(await textOf(answer)) as { created: number }
}

async function receive(server: Server, key: string, path: string, to: string) {
  const asked = open(server, key, 'GET', path, {})
  const answered = answerOf(asked)
  asked.end()
  // What comes while the disk is at work is written in one go.
  await pipeline(await answered, createWriteStream(to, { highWaterMark: 1 << 22 }))
}

function answerOf(asked: ReturnType<typeof request>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve)
    asked.once('error', reject)
  })
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  return text
}

/** Microseconds of processor time that this process has spent. */
function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** The same of Postgres and its backends, those that have ended too; by Linux's clock of 100 ticks a second. */
function cpuOfPostgres(dir: string): number {
  const root = readFileSync(join(dir, 'postgres', 'pg18', 'postmaster.pid'), 'utf8').split('\n')[0]
  let ticks = 0
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(id)
    const [user = 0, system = 0, userOfEnded = 0, systemOfEnded = 0] = fields.slice(11).map(Number)
    if (id === root) ticks += user + system + userOfEnded + systemOfEnded
    else if (fields[1] === root) ticks += user + system
  }
  return ticks * 10_000
}

/** What /proc says of a process, from its state on; nothing of one that has ended. */
function statOf(id: string): string[] {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
}

function print(name: string, value: unknown, all?: readonly number[]) {
  console.log(`${name}: ${String(value)}${all ? `  (${all.join(', ')})` : ''}`)
}
