/**
 * A signed interaction, whole: Slack's view_submission comes in over HTTP, the answer is committed,
 * the next record is claimed and its form is the response. With --platform discord-http it is a press
 * on Discord's card, signed with Ed25519, and the next card the response; with discord-gateway the
 * press comes over the gateway and the card goes back by a callback. Beside it, in the same run and on the same
 * database: a bare Hono route that runs the same SQL call (submit_and_next), and one that inserts a
 * row. Each server is a process of its own; the client is this one, with 16 connections.
 * With --statistics stale, what Postgres knows of its tables is of a pilot of 60 records, before the rest
 * was imported, and autovacuum tells it nothing new. Beside the costs stand what a press writes: WAL,
 * pages, and the updates of each table, with those that touched no index (HOT).
 * With --open: 100 interactions a second whatever comes back, and how long the answers take.
 */
import { fork } from 'node:child_process'
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { sql } from 'kysely'
import pg from 'pg'
import { type WebSocket, WebSocketServer } from 'ws'
import { drawForm } from '../adapters/slack/draw/task/form.ts'
import { nextAssignment } from '../src/assignments/next.ts'
import { cardOf } from '../src/chat/cards/card.ts'
import { words } from '../src/chat/words/words.ts'
import { loadConfig } from '../src/config.ts'
import { insertDataset } from '../src/datasets/create.ts'
import { getDataset } from '../src/datasets/dataset.ts'
import { DatasetDocument } from '../src/datasets/document.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { consentVersion, type Labeler } from '../src/labelers/labeler.ts'
import { openParley } from '../src/open.ts'
import type { Parley } from '../src/parley.ts'
import { readStorage, sayStorage } from './storage.ts'

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    repeats: { type: 'string', default: '5' },
    open: { type: 'boolean', default: false },
    statistics: { type: 'string', default: 'fresh' },
    platform: { type: 'string', default: process.env['BENCH_PLATFORM'] ?? 'slack' },
  },
})
const isStale = flags.statistics === 'stale'
const isDiscord = flags.platform !== 'slack'
// A press within 700 ms of the last card is taken for a double tap: on Discord there are more people.
const people = isDiscord ? 1200 : 64
const connections = 16
const records = 60_000
/** How many of them were there when Postgres last looked, where its statistics are stale. */
const pilot = 60
const signingSecret = 'a signing secret of the bench'
const applicationId = '100000000000000001'
/** Discord's side of the keys; the servers get the public one. */
const keys = isDiscord ? discordKeys() : null
let interactions = 0
/** Where the gateway's presses go, and the callbacks come from. */
let gateway: Gateway | null = null

if (process.env['BENCH_SERVER']) await runServer(process.env['BENCH_SERVER'])
else await main()

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  try {
    const forms = await seed(server.url, dir)
    if (flags.platform === 'discord-gateway') gateway = await openGateway()
    if (flags.open) await measureOpenLoop(server.url, dir, forms)
    else await compare(server.url, dir, forms)
  } finally {
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

function configOf(url: string, dir: string) {
  return loadConfig({
    DATABASE_URL: url,
    PARLEY_DATA_DIR: dir,
    PARLEY_SECRET: 'a secret of the bench alone',
    ...platformEnv(),
    PORT: '0',
    LOG_LEVEL: 'error',
  })
}

function platformEnv(): Record<string, string> {
  if (!isDiscord)
    return {
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_BOT_TOKEN: 'xoxb-bench',
      SLACK_API_URL: 'http://127.0.0.1:9/api/',
    }
  const shared = { DISCORD_APPLICATION_ID: applicationId, DISCORD_BOT_TOKEN: 'bench' }
  const url = process.env['BENCH_DISCORD_URL'] ?? 'http://127.0.0.1:9'
  return flags.platform === 'discord-http'
    ? {
        ...shared,
        DISCORD_API_URL: `${url}/api`,
        DISCORD_TRANSPORT: 'http',
        DISCORD_PUBLIC_KEY: process.env['BENCH_DISCORD_KEY'] ?? keys?.publicHex ?? '',
      }
    : { ...shared, DISCORD_API_URL: `${url}/api` }
}

type View = { private_metadata: string; blocks: Block[]; callback_id: string }
type Block = { type: string; block_id?: string; element?: Element }
type Element = { type: string; action_id: string; options?: { value: string }[] }
type Session = {
  userId: string
  labelerId: string
  view: View
  assignmentId: string
  /** The id of the button that says A is better; Discord's only. */
  button: string
}

/** Fills a dataset of pairs, and gives each person their first form. */
async function seed(url: string, dir: string): Promise<Session[]> {
  const { parley, close } = await openParley(configOf(url, dir))
  const document = DatasetDocument.parse({
    name: 'bench',
    title: 'Which is better?',
    access: 'everyone',
    fields: [{ name: 'prompt', title: 'Prompt' }],
    questions: [{ type: 'ranking', name: 'preference', title: 'Rank them' }],
    distribution: { min_submitted: 3 },
  })
  await insertDataset(parley, document)
  const dataset = await getDataset(parley, 'bench')
  await sql`update datasets set status = 'ready'`.execute(parley.db)
  const fill = (from: number, to: number) =>
    sql`
    with new as (
      insert into records (dataset_id, external_id, fields, outputs, shuffled, created_at, updated_at)
      select ${dataset.id}, 'r' || g, jsonb_build_object('prompt', repeat('What is it? ', 20)),
        jsonb_build_array(jsonb_build_object('id', 'a', 'text', repeat('This one. ', 40)),
          jsonb_build_object('id', 'b', 'text', repeat('That one. ', 40))),
        array['a', 'b'], now(), now()
      from generate_series(${from}::int, ${to}::int) g returning id)
    insert into places (dataset_id, record_id, position, wanted)
    select ${dataset.id}, id, id, 3 from new`.execute(parley.db)
  if (isStale) {
    await sql`alter system set autovacuum = off`.execute(parley.db)
    await sql`select pg_reload_conf()`.execute(parley.db)
  }
  await fill(1, pilot)
  if (isStale) await sql`vacuum analyze`.execute(parley.db)
  await fill(pilot + 1, records)
  await sql`create table bare (id bigint generated always as identity primary key, answer jsonb)`.execute(
    parley.db,
  )
  // Half of them are for serveCall: a form is stale once its record was answered behind its back.
  const sessions: Session[] = []
  for (let person = 0; person < 2 * people; person++)
    sessions.push(
      await firstForm(parley, isDiscord ? String(2e17 + person * 64) : `U${person}`, dataset),
    )
  if (!isStale) await sql`vacuum analyze`.execute(parley.db)
  await close()
  return sessions
}

async function firstForm(
  parley: Parley,
  userId: string,
  dataset: Awaited<ReturnType<typeof getDataset>>,
): Promise<Session> {
  const at = parley.now()
  const { id } = await parley.db
    .insertInto('labelers')
    .values({
      consentVersion,
      consentedAt: at,
      locale: null,
      zone: null,
      forgottenAt: null,
      createdAt: at,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await parley.db
    .insertInto('identities')
    .values({ ...placeOf(), userId, labelerId: id })
    .execute()
  const person = { ...placeOf(), userId }
  const labeler: Labeler = { id, consentVersion, person }
  const assignment = await nextAssignment(parley, labeler, { dataset })
  if (!assignment) throw new Error('There is nothing to assign.')
  const { assignmentId, schemaVersion } = cardOf(assignment, dataset)
  const meta = { assignmentId, schemaVersion, nonce: 'bench' }
  const view = drawForm(cardOf(assignment, dataset), meta, {}, words(undefined))
  const button = `v1:press:${assignmentId}:${schemaVersion}:0`
  return { userId, labelerId: id, view: JSON.parse(JSON.stringify(view)), assignmentId, button }
}

function placeOf(): { platform: 'slack' | 'discord'; workspace: string } {
  return isDiscord ? { platform: 'discord', workspace: '' } : { platform: 'slack', workspace: 'T1' }
}

/** Alternates the three servers, and prints the medians. */
async function compare(url: string, dir: string, sessions: Session[]) {
  const rates: Record<string, number[]> = { parley: [], call: [], insert: [] }
  const costs: Record<string, Cost[]> = { parley: [], call: [], insert: [] }
  for (let repeat = 0; repeat < Number(flags.repeats); repeat++)
    for (const kind of ['parley', 'call', 'insert'] as const) {
      const server = await startServer(kind, url, dir)
      const before = await readStorage(url)
      const own = kind === 'parley' ? sessions.slice(0, people) : sessions.slice(people)
      const { rate, cost, done } = await drive(kind, server, dir, own, Number(flags.seconds))
      rates[kind]?.push(rate)
      costs[kind]?.push(cost)
      await server.stop()
      console.log(`${kind.padEnd(7)} ${Math.round(rate)} interactions/s, ${sayCost(cost)}`)
      console.log(`        ${sayStorage(before, await readStorage(url), done)}`)
    }
  const [parley = 0, call = 0, insert = 0] = ['parley', 'call', 'insert'].map((kind) =>
    median(rates[kind] ?? []),
  )
  console.log(
    `\n${flags.platform}, ${flags.statistics} statistics: interaction -> committed answer and next card: ${Math.round(parley)}/s`,
  )
  console.log(
    `bare Hono + the same SQL call (this file, serveCall):  ${Math.round(call)}/s  ratio ${(parley / call).toFixed(2)} (reach 0.85)`,
  )
  console.log(
    `bare Hono + one-row insert (this file, serveInsert):   ${Math.round(insert)}/s  ratio ${(parley / insert).toFixed(2)} (reach 0.35)`,
  )
  // What each spends, whatever else the machine is doing at the time.
  for (const [kind, all] of Object.entries(costs)) {
    const cost = (part: keyof Cost) => median(all.map((one) => one[part]))
    console.log(
      `${kind.padEnd(7)} ${sayCost({ node: cost('node'), postgres: cost('postgres'), client: cost('client') })}`,
    )
  }
}

/** Microseconds of processor time an interaction takes. */
type Cost = { node: number; postgres: number; client: number }

function sayCost({ node, postgres, client }: Cost): string {
  return `CPU each: Node ${Math.round(node)} us + Postgres ${Math.round(postgres)} us (this client ${Math.round(client)} us)`
}

/** Processor time so far: of the server, of all of Postgres's processes, and of this one. */
function spentBy(server: Server, dir: string): Cost {
  const main = Number(
    readFileSync(join(dir, 'postgres/pg18/postmaster.pid'), 'utf8').split('\n')[0],
  )
  let postgres = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = statOf(name)
    if (stat?.parent === main) postgres += stat.own
    if (stat && Number(name) === main) postgres += stat.own + stat.ended
  }
  const { user, system } = process.cpuUsage()
  return { node: statOf(String(server.pid))?.own ?? 0, postgres, client: user + system }
}

/** Times in microseconds; the kernel counts in hundredths of a second. */
function statOf(pid: string): { parent: number; own: number; ended: number } | null {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const field = (n: number) => Number(rest.split(' ')[n - 3])
    const ticks = (a: number, b: number) => (field(a) + field(b)) * 10_000
    return { parent: field(4), own: ticks(14, 15), ended: ticks(16, 17) }
  } catch {
    return null
  }
}

async function measureOpenLoop(url: string, dir: string, sessions: Session[]) {
  const server = await startServer('parley', url, dir)
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const waits: number[] = []
  const idle = [...sessions]
  const seconds = Math.max(20, Number(flags.seconds))
  const running: Promise<void>[] = []
  let missed = 0
  for (let sent = 0, from = performance.now(); sent < seconds * 100; sent++) {
    const due = from + sent * 10
    const wait = due - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const session = idle.shift()
    if (!session) {
      missed++
      continue
    }
    // From when it was due, not from when it was sent: a stalled server is not spared.
    running.push(
      submitOn(session, server.port, agent).then(() => {
        waits.push(performance.now() - due)
        idle.push(session)
      }),
    )
  }
  await Promise.all(running)
  await server.stop()
  waits.sort((a, b) => a - b)
  const at = (share: number) => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(1)
  console.log(
    `open loop, 100/s for ${seconds} s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(0.9999)} ms (p99 to reach: 500 ms)`,
  )
  if (missed > 0) console.log(`${missed} were not sent: every person was still waiting`)
}

async function drive(
  kind: string,
  server: Server,
  dir: string,
  sessions: Session[],
  seconds: number,
): Promise<{ rate: number; cost: Cost; done: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const idle = [...sessions]
  const act = kind === 'parley' ? submitOn : submitBare
  const run = async (until: number) => {
    let done = 0
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (performance.now() < until) {
          const session = idle.shift()
          if (!session) throw new Error('There are fewer people than connections.')
          await act(session, server.port, agent)
          idle.push(session)
          done++
        }
      }),
    )
    return done
  }
  const warmed = await run(performance.now() + 1500)
  const before = spentBy(server, dir)
  const from = performance.now()
  const done = await run(from + seconds * 1000)
  const rate = (done * 1000) / (performance.now() - from)
  const after = spentBy(server, dir)
  agent.destroy()
  const each = (part: keyof Cost) => (after[part] - before[part]) / done
  return {
    rate,
    done: warmed + done,
    cost: { node: each('node'), postgres: each('postgres'), client: each('client') },
  }
}

function submitOn(session: Session, port: number, agent: Agent): Promise<void> {
  if (gateway) return pressOverGateway(session, gateway)
  return isDiscord ? pressOverHttp(session, port, agent) : submit(session, port, agent)
}

/** A press on the card on the person's screen, as Discord sends it. */
function pressOf({ userId, button }: Session): { id: string; payload: object } {
  const id = String(
    3_000_000_000_000_000_000n + BigInt(Date.now()) * 1000n + BigInt(interactions++),
  )
  const payload = {
    id,
    application_id: applicationId,
    type: 3,
    token: `token-${id}`,
    version: 1,
    guild_id: '400000000000000001',
    channel_id: '400000000000000002',
    context: 0,
    locale: 'en-US',
    member: { user: { id: userId, username: 'bench' }, roles: [], permissions: '2147483648' },
    app_permissions: '274878024704',
    authorizing_integration_owners: { 0: '400000000000000001' },
    entitlements: [],
    attachment_size_limit: 10_485_760,
    data: { component_type: 2, custom_id: button, id: 7 },
    message: {
      id: '400000000000000003',
      channel_id: '400000000000000002',
      author: { id: applicationId, username: 'parley', bot: true },
      flags: 32_832,
      content: '',
      components: [],
    },
  }
  return { id, payload }
}

/** The answer must be the next card, in the place of this one. */
function takeCard(session: Session, answer: string): void {
  const button = /"type":7,.*?(v1:press:[^"]+:0)"/.exec(answer)?.[1]
  if (button === undefined || button === session.button)
    throw new Error(`This is no next card: ${answer.slice(0, 400)}`)
  session.button = button
  session.assignmentId = button.split(':')[2] ?? session.assignmentId
}

async function pressOverHttp(session: Session, port: number, agent: Agent): Promise<void> {
  const body = JSON.stringify(pressOf(session).payload)
  const at = String(Math.floor(Date.now() / 1000))
  const key = keys?.privateKey
  if (!key) throw new Error('There is no key to sign with.')
  const text = await post(port, agent, '/discord/interactions', body, {
    'content-type': 'application/json',
    'x-signature-timestamp': at,
    'x-signature-ed25519': sign(null, Buffer.from(at + body), key).toString('hex'),
  })
  takeCard(session, text)
}

async function pressOverGateway(session: Session, { dispatch }: Gateway): Promise<void> {
  const { id, payload } = pressOf(session)
  takeCard(session, await dispatch(id, payload))
}

type Gateway = { url: string; dispatch(id: string, payload: object): Promise<string> }

/** As little of Discord as a connection needs: hello, ready, presses out, callbacks in. */
async function openGateway(): Promise<Gateway> {
  const waiting = new Map<string, (answer: string) => void>()
  let socket: WebSocket | null = null
  let seq = 0
  const tell = (t: string, d: object) => socket?.send(JSON.stringify({ op: 0, t, s: ++seq, d }))
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const id = /\/interactions\/(\d+)\//.exec(request.url ?? '')?.[1]
    if (id !== undefined) {
      response.writeHead(204).end()
      waiting.get(id)?.(Buffer.concat(parts).toString())
      waiting.delete(id)
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    const isCommands = request.url?.includes('/commands')
    response.end(isCommands ? '[]' : JSON.stringify({ url, shards: 1, session_start_limit: limit }))
  })
  const limit = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 }
  new WebSocketServer({ server }).on('connection', (opened) => {
    socket = opened
    opened.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 41_250 } }))
    opened.on('message', (raw) => {
      const { op } = JSON.parse(String(raw))
      if (op === 1) opened.send('{"op":11}')
      if (op !== 2) return
      const user = { id: applicationId, username: 'parley', discriminator: '0', bot: true }
      const application = { id: applicationId, flags: 0 }
      const more = { session_id: 's', resume_gateway_url: url, application, guilds: [] }
      tell('READY', { v: 10, user, ...more })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const url = `ws://127.0.0.1:${port}`
  return {
    url: `http://127.0.0.1:${port}`,
    dispatch: (id, payload) =>
      new Promise((resolve) => {
        waiting.set(id, resolve)
        tell('INTERACTION_CREATE', payload)
      }),
  }
}

function discordKeys() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  return { privateKey, publicHex: bytes.toString('hex') }
}

/** Fills the form that is on the person's screen and submits it; the answer is their next form. */
async function submit(session: Session, port: number, agent: Agent): Promise<void> {
  const values: Record<string, Record<string, unknown>> = {}
  let place = 0
  for (const { type, block_id, element } of session.view.blocks) {
    if (type !== 'input' || !block_id || !element) continue
    const option = element.options?.[place++ % element.options.length]
    values[block_id] = {
      [element.action_id]:
        element.type === 'static_select' || element.type === 'radio_buttons'
          ? { type: element.type, selected_option: option }
          : { type: element.type, selected_options: [] },
    }
  }
  const payload = {
    type: 'view_submission',
    team: { id: 'T1', domain: 'bench' },
    user: { id: session.userId, name: 'bench', team_id: 'T1' },
    api_app_id: 'A1',
    token: 'x',
    trigger_id: randomBytes(8).toString('hex'),
    view: { ...session.view, id: 'V1', team_id: 'T1', hash: 'h', state: { values } },
    response_urls: [],
  }
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  const at = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', signingSecret).update(`v0:${at}:${body}`).digest('hex')
  const text = await post(port, agent, '/slack/events', body, {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': String(at),
    'x-slack-signature': `v0=${signature}`,
  })
  const answer: { response_action?: string; view?: View } = JSON.parse(text)
  if (
    answer.response_action !== 'update' ||
    !answer.view?.blocks.some(({ type }) => type === 'input')
  )
    throw new Error(`This is no next form: ${text.slice(0, 400)}`)
  session.view = answer.view
  session.assignmentId = JSON.parse(answer.view.private_metadata).a ?? session.assignmentId
}

async function submitBare(session: Session, port: number, agent: Agent): Promise<void> {
  const body = JSON.stringify({ labelerId: session.labelerId })
  await post(port, agent, '/', body, { 'content-type': 'application/json' })
}

function post(
  port: number,
  agent: Agent,
  path: string,
  body: string,
  headers: Record<string, string>,
) {
  return new Promise<string>((resolve, reject) => {
    const sent = request(
      {
        port,
        path,
        agent,
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString()
          if (answer.statusCode === 200) resolve(text)
          else reject(new Error(`${answer.statusCode}: ${text.slice(0, 200)}`))
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

type Server = { port: number; pid: number; stop(): Promise<void> }

async function startServer(kind: string, url: string, dir: string): Promise<Server> {
  const child = fork(import.meta.filename, {
    env: {
      ...process.env,
      BENCH_SERVER: kind,
      BENCH_URL: url,
      BENCH_DIR: dir,
      BENCH_PLATFORM: flags.platform,
      BENCH_DISCORD_KEY: keys?.publicHex ?? '',
      ...(gateway ? { BENCH_DISCORD_URL: gateway.url } : {}),
    },
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)))
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)))
  })
  return {
    port,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit')
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

async function runServer(kind: string) {
  process.once('disconnect', () => process.exit(1))
  const url = process.env['BENCH_URL'] ?? ''
  if (kind === 'parley') {
    const open = await openParley(configOf(url, process.env['BENCH_DIR'] ?? ''))
    await open.startAdapters()
    process.send?.(Number(new URL(await open.listen()).port))
    process.once('SIGTERM', async () => {
      await open.close()
      process.exit(0)
    })
    return
  }
  const pool = new pg.Pool({ connectionString: url, max: 10, options: '-c jit=off' })
  const app = kind === 'call' ? serveCall(pool) : serveInsert(pool)
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
    process.send?.(port)
  })
  process.once('SIGTERM', () => server.close(() => process.exit(0)))
}

/** What the database alone costs: labelers answer the record they hold and get the next. */
function serveCall(pool: pg.Pool): Hono {
  const held = new Map<string, string>()
  const app = new Hono()
  app.post('/', async (c) => {
    const { labelerId } = await c.req.json<{ labelerId: string }>()
    const id = held.get(labelerId) ?? (await liveId(pool, labelerId))
    const { rows } = await pool.query({
      name: 'submit_and_next',
      text: `select submit_and_next(1, $1, $2, '{"preference":{"mode":"full","ranks":{"a":1,"b":2},"all_unacceptable":false}}',
        'slack', 1, null, '', 30, 10, false, $3) as done`,
      values: [id, labelerId, new Date()],
    })
    const next = rows[0]?.done.next?.assignment?.id
    if (!next) throw new Error(`Nothing came next: ${JSON.stringify(rows[0])}`)
    held.set(labelerId, next)
    return c.json(rows[0].done)
  })
  return app
}

async function liveId(pool: pg.Pool, labelerId: string): Promise<string> {
  const { rows } = await pool.query(
    `select id from assignments where labeler_id = $1 and status = 'leased'`,
    [labelerId],
  )
  return rows[0].id
}

function serveInsert(pool: pg.Pool): Hono {
  const app = new Hono()
  app.post('/', async (c) => {
    const answer = await c.req.json()
    const { rows } = await pool.query({
      name: 'insert',
      text: 'insert into bare (answer) values ($1) returning id',
      values: [answer],
    })
    return c.json(rows[0])
  })
  return app
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
