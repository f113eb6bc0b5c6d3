/**
 * The worker: how many jobs a second it takes when there is nothing to do in them, beside a bare
 * BullMQ worker on the same engine in the same run; on Postgres, and on Redis where redis-server is
 * installed. All jobs wait before either begins; they take turns, and the median of the ratios counts.
 * Then an outage: work keeps arriving at a quarter of what the worker can do while no worker is there
 * (--outage, in seconds), and the worker that comes back is compared with the steady one: both work
 * off a backlog while work keeps arriving, and both count from the moment they are started.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Queue as BullQueue, createPostgresBackend, createRedisBackend, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { openQueuePool } from '../src/db/open.ts'
import { openLog } from '../src/log.ts'
import type { Doers } from '../src/queue/jobs.ts'
import { type Engine, openQueue, type Queue } from '../src/queue/queue.ts'
import { freePort, hasRedis, startRedis } from '../test/support/redis.ts'

const { values: flags } = parseArgs({
  options: {
    jobs: { type: 'string', default: '4000' },
    repeats: { type: 'string', default: '9' },
    outage: { type: 'string', default: '60' },
    engine: { type: 'string', multiple: true, default: ['postgres', 'redis'] },
  },
})
/** As many at once as our quick lane takes. */
const concurrency = 8
/** Rings at once: fewer than what the queue remembers while its engine is slow to answer. */
const mostRings = 50
const log = openLog({ level: 'error' })

await main()

async function main() {
  for (const name of flags.engine) {
    if (name === 'redis' && !hasRedis) {
      console.log('Redis: skipped, there is no redis-server here.')
      continue
    }
    const { engine, close } = await (name === 'redis' ? onRedis() : onPostgres())
    try {
      const say = (line: string) =>
        console.log(`${engine.type}: ${line} (load ${loadavg()[0]?.toFixed(1)})`)
      const steady = await compare(engine, say)
      if (Number(flags.outage) > 0) await sufferOutage(engine, steady, say)
    } finally {
      await close()
    }
  }
}

type Bench = { engine: Engine; close(): Promise<void> }

async function onPostgres(): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  // Run by root, the server has an account of its own, which must be able to enter.
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  const pool = openQueuePool(server.url, { log })
  // BullMQ listens once for each queue that was ever opened on it; here are more than in a service.
  pool.setMaxListeners(0)
  return {
    engine: { type: 'postgres', pool },
    close: async () => {
      await pool.end()
      await server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function onRedis(): Promise<Bench> {
  const redis = await startRedis(await freePort())
  return { engine: { type: 'redis', url: redis.url, prefix: 'bench' }, close: redis.stop }
}

/** Ours and the bare one take turns; returns the jobs a second of ours. */
async function compare(engine: Engine, say: (line: string) => void): Promise<number> {
  const count = engine.type === 'redis' ? Number(flags.jobs) * 4 : Number(flags.jobs)
  const rates = { ours: [] as number[], bare: [] as number[] }
  const ratios: number[] = []
  await measureOurs(engine, count / 4, 'warm-up')
  await measureBare(engine, count / 4)
  for (let n = 0; n < Number(flags.repeats); n++) {
    // Who goes first changes: neither finds the other's tables warmer.
    const before = n % 2 === 0 ? await measureBare(engine, count) : null
    const ours = await measureOurs(engine, count, String(n))
    const bare = before ?? (await measureBare(engine, count))
    rates.ours.push(ours)
    rates.bare.push(bare)
    ratios.push(ours / bare)
  }
  const [ours, bare] = [median(rates.ours), median(rates.bare)]
  say(`ours ${Math.round(ours)} jobs a second, a bare worker ${Math.round(bare)}`)
  reach('ours / bare', median(ratios), 0.9, say)
  return ours
}

async function measureOurs(engine: Engine, count: number, run: string): Promise<number> {
  const producer = await openQueue(engine, log)
  await ringAll(producer, count, run)
  await producer.close()
  const consumer = await openQueue(engine, log)
  const counter = countTo(count)
  consumer.startWorker(doersThat(counter.one))
  const rate = await counter.rate
  await consumer.close()
  return rate
}

async function measureBare(engine: Engine, count: number): Promise<number> {
  const { connection, backend, disconnect } = bareLink(engine)
  const queue = new BullQueue('bare', { connection }, backend)
  const opts = { removeOnComplete: true, removeOnFail: true, attempts: 5 }
  for (let n = 0; n < count; n += 500)
    await queue.addBulk(
      Array.from({ length: Math.min(500, count - n) }, (_, i) => ({
        name: 'nothing',
        data: { postId: String(n + i) },
        opts,
      })),
    )
  const counter = countTo(count)
  const worker = new Worker(
    'bare',
    async () => {
      counter.one()
    },
    { connection, concurrency },
    backend,
  )
  const rate = await counter.rate
  await worker.close()
  await queue.close()
  disconnect()
  return rate
}

/** BullMQ's classes are typed for Redis; src/queue/queue.ts says why they are cast. */
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

async function sufferOutage(engine: Engine, rate: number, say: (line: string) => void) {
  const arriving = rate / 4
  const steady: number[] = []
  const drained: number[] = []
  // One before the outage and one after: what changes meanwhile is shared.
  steady.push(await workOff(engine, { arriving, seconds: 5, run: 'before' }))
  drained.push(await workOff(engine, { arriving, seconds: Number(flags.outage), run: 'outage' }))
  steady.push(await workOff(engine, { arriving, seconds: 5, run: 'after' }))
  const [usual, after] = [median(steady), median(drained)]
  say(
    `${Math.round(arriving)} jobs a second arrive; steady ${Math.round(usual)} a second, after ${flags.outage} s without a worker ${Math.round(after)}`,
  )
  reach('drain / steady', after / usual, 1, say)
}

/** Jobs a second of a worker that finds a backlog of so many seconds, while work keeps arriving. */
async function workOff(
  engine: Engine,
  { arriving, seconds, run }: { arriving: number; seconds: number; run: string },
): Promise<number> {
  const producer = await openQueue(engine, log)
  const arrivals = startArrivals(producer, arriving, run)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const done = new Set<string>()
  const began = performance.now()
  const consumer = await openQueue(engine, log)
  consumer.startWorker(doersThat((postId) => done.add(postId)))
  // Until no more is there than arrives in a moment.
  while (arrivals.rung() - done.size > arriving / 5)
    await new Promise((resolve) => setTimeout(resolve, 20))
  const rate = (done.size * 1000) / (performance.now() - began)
  await arrivals.stop()
  while (done.size < arrivals.rung()) await new Promise((resolve) => setTimeout(resolve, 20))
  await consumer.close()
  await producer.close()
  return rate
}

/** Rings so many times a second, each for another row. */
function startArrivals(queue: Queue, perSecond: number, run: string) {
  const began = performance.now()
  const rings = new Set<Promise<void>>()
  let rung = 0
  const timer = setInterval(() => {
    const wanted = ((performance.now() - began) * perSecond) / 1000
    for (; rung < wanted && rings.size < mostRings; rung++) {
      const ring: Promise<void> = ringOnce(queue, `${run}-${rung}`).finally(() =>
        rings.delete(ring),
      )
      rings.add(ring)
    }
  }, 5)
  return {
    rung: () => rung,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(rings)
    },
  }
}

/** Rings for every row, so many at once that none is dropped. */
async function ringAll(queue: Queue, count: number, run: string): Promise<void> {
  let next = 0
  const ringer = async () => {
    for (let n = next++; n < count; n = next++) await ringOnce(queue, `${run}-${n}`)
  }
  await Promise.all(Array.from({ length: mostRings }, ringer))
  const { waiting } = await queue.counts()
  if (waiting < count) throw new Error(`Only ${waiting} of ${count} jobs wait.`)
}

/** False says that a ring may be lost; ringing twice is ringing once, while nobody works. */
async function ringOnce(queue: Queue, postId: string): Promise<void> {
  while (!(await queue.ring('close-post', { postId })))
    await new Promise((resolve) => setTimeout(resolve, 10))
}

function doersThat(count: (postId: string) => void): Doers {
  return {
    'write-export': async () => {},
    deliver: async () => {},
    'close-post': async ({ postId }) => count(postId),
    repaint: async () => {},
    'expire-leases': async () => {},
    sweep: async () => {},
  }
}

/** From the first job to the last. */
function countTo(count: number): { one(): void; rate: Promise<number> } {
  const { promise, resolve } = Promise.withResolvers<number>()
  let [seen, began] = [0, 0]
  const one = () => {
    seen++
    if (seen === 1) began = performance.now()
    if (seen === count) resolve(((count - 1) * 1000) / (performance.now() - began))
  }
  return { one, rate: promise }
}

function reach(name: string, ratio: number, wanted: number, say: (line: string) => void) {
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
