/**
 * The worker: how many jobs a second it takes when there is nothing to do in them, beside a bare
 * BullMQ worker on the same engine in the same run; on Postgres, and on Redis where redis-server is
 * installed. All jobs wait before either begins; they take turns, and the median of the ratios counts.
 * Then an outage: as many wait as arrive in a minute (--outage, in seconds) at a quarter of what the
 * worker can do. They are worked off in slices, while others arrive; in turn with each, a slice of the
 * same size and the same arrivals is worked off behind which nothing more waits: the steady state. The
 * median of the ratios of neighbours counts. Jobs are added by a separate process.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Queue as BullQueue, createPostgresBackend, createRedisBackend, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { openQueuePool } from '../src/db/open.ts'
import { openLog } from '../src/log.ts'
import type { Engine } from '../src/queue/engine.ts'
import { type Doers, jobId } from '../src/queue/jobs.ts'
import { openQueue } from '../src/queue/queue.ts'
import { freePort, hasRedis, startRedis } from '../test/support/redis.ts'

const { values: flags } = parseArgs({
  options: {
    jobs: { type: 'string', default: '4000' },
    repeats: { type: 'string', default: '9' },
    outage: { type: 'string', default: '60' },
    engine: { type: 'string', multiple: true, default: ['postgres', 'redis'] },
    /** Asks for the process that rings. */
    ring: { type: 'string' },
  },
})
/** As many at once as our quick lane takes. */
const concurrency = 8
const prefix = 'bench'
/** Finished jobs go at once, as ours do. */
const forgotten = { removeOnComplete: true, removeOnFail: true }
/** Jobs that are rung for in one call. */
const mostAtOnce = 500
/** A slice is what arrives meanwhile. */
const sliceSeconds = 5
const log = openLog({ level: 'error' })

type Kind = 'ours' | 'bare'
/** Jobs that wait, of one kind in one place: who adds some, and how many are done. */
type Backlog = { url: string; kind: Kind; ringer: Ringer; done: number }
type Ringer = Awaited<ReturnType<typeof startRinger>>
/** The CPU is what the worker itself takes, without its engine. */
type Done = { jobs: number; seconds: number; cpu: number }
type Say = (line: string) => void

if (flags.ring) await ring(JSON.parse(flags.ring))
else await main()

async function main() {
  for (const type of flags.engine) {
    if (type === 'redis' && !hasRedis) {
      console.log('Redis: skipped, there is no redis-server here.')
      continue
    }
    const { urls, stop } = await (type === 'redis' ? startTwoRedis() : startTwoPostgres())
    try {
      const say = (line: string) =>
        console.log(`${type}: ${line} (load ${loadavg()[0]?.toFixed(1)})`)
      const rate = await compare(urls[0], say)
      if (Number(flags.outage) > 0) await sufferOutage(urls, rate, say)
    } finally {
      await stop()
    }
  }
}

type Two = { urls: [string, string]; stop(): Promise<void> }

/** Two places that know nothing of each other, on one server. */
async function startTwoRedis(): Promise<Two> {
  const { url, stop } = await startRedis(await freePort())
  return { urls: [`${url}/0`, `${url}/1`], stop }
}

async function startTwoPostgres(): Promise<Two> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  // Run by root, the server has an account of its own, which must be able to enter.
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  const urls: Two['urls'] = [server.url, server.url.replace(/[^/]+$/, 'steady')]
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query('create database steady')
  await client.end()
  for (const url of urls) await makeTables(url)
  return {
    urls,
    stop: async () => {
      await server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** BullMQ's, which a bare worker does not make. */
async function makeTables(url: string) {
  const { engine, close } = openEngine(url)
  await (await openQueue(engine, log)).close()
  await close()
}

/** Ours and the bare one take turns; returns the jobs a second of ours. */
async function compare(url: string, say: Say): Promise<number> {
  const waiting = url.startsWith('redis') ? Number(flags.jobs) * 4 : Number(flags.jobs)
  const all = { ours: [] as Done[], bare: [] as Done[] }
  const backlogs = await openBacklogs(url)
  const measure = async (kind: Kind, jobs = waiting) => {
    await fill(backlogs[kind], jobs)
    return workOff(backlogs[kind], { jobs, arriving: 0 })
  }
  // Code that runs for the first time is slow, and ours is more of it.
  for (let n = 0; n < 2; n++) for (const kind of turns(n)) await measure(kind)
  for (let n = 0; n < Number(flags.repeats); n++)
    // Who goes first changes: neither finds the other's tables warmer.
    for (const kind of turns(n)) all[kind].push(await measure(kind))
  await closeBacklogs(backlogs)
  const [ours, bare] = [sumOf(all.ours), sumOf(all.bare)]
  say(`ours ${tell(ours)}, a bare worker ${tell(bare)}`)
  reach('ours / bare', median(ratiosOf(all.ours, all.bare)), 0.9, say)
  return rateOf(ours)
}

async function sufferOutage([deepUrl, steadyUrl]: Two['urls'], rate: number, say: Say) {
  const arriving = Math.round(rate / 4)
  const [jobs, outage] = [arriving * sliceSeconds, arriving * Number(flags.outage)]
  const [deep, steady] = [await openBacklogs(deepUrl), await openBacklogs(steadyUrl)]
  for (const kind of ['ours', 'bare'] as const) await fill(deep[kind], outage)
  const drained = { ours: [] as Done[], bare: [] as Done[] }
  const usual = { ours: [] as Done[], bare: [] as Done[] }
  for (let n = 0; [deep.ours, deep.bare].every((one) => waitingIn(one) >= jobs); n++)
    for (const kind of turns(n)) {
      const fromDeep = async () => drained[kind].push(await workOff(deep[kind], { jobs, arriving }))
      const fromSteady = async () => {
        await fill(steady[kind], jobs)
        usual[kind].push(await workOff(steady[kind], { jobs, arriving }))
      }
      for (const work of n % 4 < 2 ? [fromDeep, fromSteady] : [fromSteady, fromDeep]) await work()
    }
  for (const backlogs of [deep, steady]) await closeBacklogs(backlogs)
  const told = (kind: Kind) =>
    `steady ${tell(sumOf(usual[kind]))}, after ${flags.outage} s without a worker ${tell(sumOf(drained[kind]))}`
  const ratio = (kind: Kind) => median(ratiosOf(drained[kind], usual[kind]))
  say(`${arriving} jobs a second arrive`)
  say(`a bare worker: ${told('bare')}: drain / steady ${ratio('bare').toFixed(2)}`)
  say(`ours: ${told('ours')}`)
  reach('drain / steady', ratio('ours'), 1, say)
}

async function openBacklogs(url: string): Promise<Record<Kind, Backlog>> {
  const open = async (kind: Kind) => ({ url, kind, ringer: await startRinger(url, kind), done: 0 })
  return { ours: await open('ours'), bare: await open('bare') }
}

async function closeBacklogs(backlogs: Record<Kind, Backlog>): Promise<void> {
  for (const { ringer } of [backlogs.ours, backlogs.bare]) await ringer.close()
}

function waitingIn({ ringer, done }: Backlog): number {
  return ringer.rung() - done
}

async function fill(backlog: Backlog, jobs: number): Promise<void> {
  await backlog.ringer.fill(Math.max(0, jobs - waitingIn(backlog)))
}

/** Until so many are done; meanwhile others arrive. The first fifth is for starting: we have three lanes. */
async function workOff(
  backlog: Backlog,
  { jobs, arriving }: { jobs: number; arriving: number },
): Promise<Done> {
  const { url, kind, ringer } = backlog
  const first = Math.ceil(jobs / 5)
  let [count, began, cpu] = [0, 0, process.cpuUsage()]
  const { promise: measured, resolve } = Promise.withResolvers<Done>()
  const one = () => {
    backlog.done++
    count++
    if (count === first) [began, cpu] = [performance.now(), process.cpuUsage()]
    if (count !== jobs) return
    const { user, system } = process.cpuUsage(cpu)
    const seconds = (performance.now() - began) / 1000
    resolve({ jobs: jobs - first, seconds, cpu: (user + system) / 1e6 })
  }
  await ringer.arrive(arriving)
  const close = await startWorker(url, kind, one)
  const done = await measured
  await ringer.pause()
  await close()
  return done
}

/** A worker that does nothing but count; returns what ends it. */
async function startWorker(url: string, kind: Kind, one: () => void): Promise<() => Promise<void>> {
  const { engine, close } = openEngine(url)
  if (kind === 'ours') {
    const queue = await openQueue(engine, log)
    queue.startWorker(doersThat(one))
    return () => queue.close().then(close)
  }
  const { connection, backend, disconnect } = bareLink(engine)
  const worker = new Worker('bare', async () => one(), { connection, concurrency }, backend)
  return async () => {
    await worker.close()
    disconnect()
    await close()
  }
}

async function startRinger(url: string, kind: Kind) {
  const child = fork(import.meta.filename, ['--ring', JSON.stringify({ url, kind })])
  let rung = 0
  const ask = async (asked: Asked) => {
    child.send(asked)
    const [answer] = await once(child, 'message')
    rung = Number(answer)
  }
  return {
    /** How many it has rung for, as far as it said. */
    rung: () => rung,
    fill: (jobs: number) => ask({ fill: jobs }),
    /** From now on so many arrive each second. */
    arrive: (perSecond: number) => ask({ perSecond }),
    pause: () => ask({ perSecond: 0 }),
    close: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

type Asked = { fill: number } | { perSecond: number }

/**
 * The process that rings: past our verb, which gives up after 50 ms, with what it would have added.
 * Answers whatever it is asked with how many it has rung for.
 */
async function ring({ url, kind }: { url: string; kind: Kind }) {
  const { engine, close } = openEngine(url)
  const { connection, backend, disconnect } = bareLink(engine)
  const where = kind === 'ours' ? { name: 'parley-quick', prefix } : { name: 'bare' }
  const queue = new BullQueue(where.name, { connection, ...where }, backend)
  await queue.waitUntilReady()
  let rung = 0
  const ringFor = async (jobs: number) => {
    for (let left = jobs; left > 0; left -= mostAtOnce) {
      const some = Array.from({ length: Math.min(left, mostAtOnce) }, () => {
        const data = { postId: `${rung++}` }
        const opts = { jobId: jobId('close-post', data), attempts: 5, ...forgotten }
        return { name: 'close-post', data, opts }
      })
      await queue.addBulk(some)
    }
  }
  let arrivals = { stop: async () => {} }
  let last = Promise.resolve()
  process.on('message', (message) => {
    const asked: Partial<Record<'fill' | 'perSecond', number>> = Object(message)
    last = last.then(async () => {
      await arrivals.stop()
      await ringFor(asked.fill ?? 0)
      arrivals = startArrivals(ringFor, asked.perSecond ?? 0)
      process.send?.(rung)
    })
  })
  await once(process, 'disconnect')
  await arrivals.stop()
  await queue.close()
  disconnect()
  await close()
}

/** Rings so many times a second, as late as it must. */
function startArrivals(ringFor: (jobs: number) => Promise<void>, perSecond: number) {
  let isOver = perSecond === 0
  const began = performance.now()
  const arrive = async () => {
    for (let rung = 0; !isOver; await after(20)) {
      const wanted = Math.floor(((performance.now() - began) * perSecond) / 1000)
      await ringFor(wanted - rung)
      rung = wanted
    }
  }
  const arriving = arrive()
  return {
    stop: async () => {
      isOver = true
      await arriving
    },
  }
}

function openEngine(url: string): { engine: Engine; close(): Promise<void> } {
  if (url.startsWith('redis'))
    return { engine: { type: 'redis', url, prefix }, close: async () => {} }
  const pool = openQueuePool(url, { log })
  return { engine: { type: 'postgres', pool }, close: () => pool.end() }
}

/** BullMQ's classes are typed for Redis; src/queue/engine.ts says why they are cast. */
function bareLink(engine: Engine) {
  if (engine.type === 'postgres')
    return {
      connection: engine.pool as never,
      backend: createPostgresBackend as never,
      disconnect: () => {},
    }
  const connection = new Redis(engine.url, { maxRetriesPerRequest: null })
  return { connection, backend: createRedisBackend, disconnect: () => connection.disconnect() }
}

function doersThat(count: () => void): Doers {
  return {
    'write-export': async () => {},
    'read-import': async () => {},
    'generate-outputs': async () => {},
    'run-battle': async () => {},
    deliver: async () => {},
    'close-post': async () => count(),
    repaint: async () => {},
    feed: async () => {},
    'tend-asks': async () => {},
    'make-events': async () => {},
    'send-events': async () => {},
    'read-records': async () => {},
    'expire-leases': async () => {},
    sweep: async () => {},
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function turns(n: number): readonly Kind[] {
  return n % 2 === 0 ? ['ours', 'bare'] : ['bare', 'ours']
}

function sumOf(all: readonly Done[]): Done {
  const sum = (value: (one: Done) => number) => all.reduce((so, one) => so + value(one), 0)
  return {
    jobs: sum((one) => one.jobs),
    seconds: sum((one) => one.seconds),
    cpu: sum((one) => one.cpu),
  }
}

/** Of each to its neighbour. */
function ratiosOf(all: readonly Done[], beside: readonly Done[]): number[] {
  return all.flatMap((one, n) => {
    const other = beside[n]
    return other ? [rateOf(one) / rateOf(other)] : []
  })
}

function rateOf({ jobs, seconds }: Done): number {
  return jobs / seconds
}

function tell(done: Done): string {
  const cpu = Math.round((done.cpu * 1e6) / done.jobs)
  return `${Math.round(rateOf(done))} a second for ${done.seconds.toFixed(1)} s at ${cpu} µs of CPU a job`
}

function reach(name: string, ratio: number, wanted: number, say: Say) {
  say(`${name} ${ratio.toFixed(2)}, to reach ${wanted}`)
  if (ratio < wanted) process.exitCode = 1
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}
