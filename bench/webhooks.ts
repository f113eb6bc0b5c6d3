/**
 * Webhooks: events a second to one endpoint, beside a bare fetch loop that posts the same bodies with as
 * many under way, signs nothing and stores nothing, to the same receiver (a process of its own). They take
 * turns; the median of the ratios of neighbours counts. Ours takes each event under a lease, signs it,
 * checks where it goes and stores its outcome with a line for the attempt. Beside it the CPU that each
 * takes for one event, Postgres and the receiver left out.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { createDataset } from '../src/datasets/create.ts'
import { parseDocument } from '../src/datasets/parse.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { openDatabase } from '../src/db/open.ts'
import { openLog } from '../src/log.ts'
import { type Actor, createParley, type Parley } from '../src/parley.ts'
import { createEndpoint } from '../src/webhooks/create.ts'
import { sendEvents } from '../src/webhooks/send.ts'

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '3000' },
    repeats: { type: 'string', default: '5' },
    /** Asks for the process that receives. */
    receive: { type: 'boolean', default: false },
  },
})
const admin: Actor = { type: 'admin', name: 'bench' }
const events = Number(flags.events)
/** As many as are under way to one endpoint. */
const flight = 16
const body = JSON.stringify({
  type: 'record.completed',
  data: { text: 'why is it blue? '.repeat(100) },
})

type Done = { rate: number; cpu: number }

if (flags.receive) receive()
else await main()

function receive() {
  const server = createServer((request, response) => {
    request.on('end', () => response.writeHead(204).end()).resume()
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
}

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  const child = fork(import.meta.filename, ['--receive'])
  try {
    const [port] = await once(child, 'message')
    const host = `127.0.0.1:${port}`
    const { parley, endpointId, close } = await openBench(server.url, host, dir)
    const ours: Done[] = []
    const bare: Done[] = []
    await runBare(`http://${host}/`, 500)
    await runOurs(parley, endpointId, 500)
    for (let repeat = 0; repeat < Number(flags.repeats); repeat++) {
      ours.push(await runOurs(parley, endpointId, events))
      bare.push(await runBare(`http://${host}/`, events))
    }
    await close()
    report(ours, bare)
  } finally {
    child.kill()
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function openBench(databaseUrl: string, host: string, dataDir: string) {
  const log = openLog({ level: 'error' })
  const { db, close } = openDatabase(databaseUrl, { log })
  await migrateDatabase(db, log)
  const parley = createParley({
    ...{ db, log, dataDir, admins: [], secret: 'a secret for a bench', publicUrl: 'http://x' },
    queue: { ring: async () => true },
    now: () => new Date(),
    openSnapshot: async () => {
      throw new Error('Webhooks read no snapshot.')
    },
    fetching: { allow: [host] },
  })
  const document = parseDocument('name: bench\ntemplate: comparison\naccess: everyone\n')
  await createDataset(parley, admin, { document })
  const { endpoint } = await createEndpoint(parley, admin, { url: `http://${host}/` })
  return { parley, endpointId: endpoint.id, close }
}

async function runOurs(parley: Parley, endpointId: string, count: number): Promise<Done> {
  const now = parley.now()
  await sql`
    with made as (
      insert into events (id, type, dataset_id, body, created_at)
      select 'msg_' || gen_random_uuid(), 'record.completed', d.id, ${body}, ${now}
      from datasets d cross join generate_series(1, ${count}::int) returning id
    )
    insert into event_deliveries (endpoint_id, event_id, due_at, created_at)
    select ${endpointId}, id, ${now}, ${now} from made`.execute(parley.db)
  const left = async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from event_deliveries where state <> 'sent'`.execute(parley.db)
    return rows[0]?.count ?? 0
  }
  const done = await timed(count, async () => {
    // A job ends after its slice; the queue would bring the next one.
    while ((await left()) > 0) await sendEvents(parley, { endpointId })
  })
  await sql`vacuum analyze event_deliveries`.execute(parley.db)
  return done
}

function runBare(url: string, count: number): Promise<Done> {
  let next = 0
  const headers = { 'content-type': 'application/json' }
  const work = async () => {
    for (let n = next++; n < count; n = next++) {
      const answer = await fetch(url, { method: 'POST', headers, body })
      await answer.arrayBuffer()
      if (!answer.ok) throw new Error(`It answers ${answer.status}.`)
    }
  }
  return timed(count, () => Promise.all(Array.from({ length: flight }, work)))
}

async function timed(count: number, work: () => Promise<unknown>): Promise<Done> {
  const before = process.cpuUsage()
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  return { rate: count / seconds, cpu: (user + system) / 1000 / count }
}

function report(ours: readonly Done[], bare: readonly Done[]) {
  const ratios = ours.map(({ rate }, n) => rate / (bare[n]?.rate ?? Number.NaN))
  const listed = (all: readonly number[], digits: number) =>
    all.map((one) => one.toFixed(digits)).join(' ')
  const rates = (all: readonly Done[]) => all.map(({ rate }) => rate)
  const cpus = (all: readonly Done[]) => all.map(({ cpu }) => cpu)
  console.log(`ours   ${listed(rates(ours), 0)} events/s, CPU ${listed(cpus(ours), 2)} ms each`)
  console.log(`fetch  ${listed(rates(bare), 0)} events/s, CPU ${listed(cpus(bare), 2)} ms each`)
  const median = [...ratios].sort((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? Number.NaN
  console.log(
    `ratio  ${median.toFixed(2)} (${listed(ratios, 2)}), ${events} events, ${flight} under way, load ${loadavg()[0]?.toFixed(1)}`,
  )
}
