/**
 * Puts Parley together: database, queue, the handle, adapters, the HTTP door; and takes it down in
 * reverse. What only a server needs is loaded when it serves: a command of the terminal starts at once.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Hono } from 'hono'
import type { ChatAdapter } from './chat/port/port.ts'
import type { Time } from './chat/time.ts'
import { type Config, openSecret, projectRoot } from './config.ts'
import type { Connector } from './connect.ts'
import { migrateDatabase } from './db/migrate.ts'
import { databaseIdentity, openDatabase, openQueuePool, startClock } from './db/open.ts'
import { reachDatabase } from './db/reach.ts'
import { conflict } from './errors.ts'
import type { HealthInput } from './http/health.ts'
import { type Log, openLog } from './log.ts'
import type { Watched } from './metrics/gauges.ts'
import type { Measured } from './metrics/prometheus.ts'
import { createParley, type Parley } from './parley.ts'
import { registerPlatform } from './platforms/registry.ts'
import type { Engine, Health } from './queue/engine.ts'
import { type LateQueue, openQueueOnUse } from './queue/open-on-use.ts'

export type Role = 'all' | 'web' | 'gateway'

export type Open = {
  parley: Parley
  queueHealth(): Promise<Health>
  startWorker(): Promise<void>
  /** Those whose gestures come in by this role; all of them unless one is named. */
  startAdapters(role?: Role): Promise<void>
  /** Listens and returns the address. */
  listen(): Promise<string>
  /** Answers what operators ask at a port of its own, and returns the address. */
  listenForHealth(port: number, input: { needsQueue: boolean }): Promise<string>
  close(): Promise<void>
}

/**
 * Opens the stores and connects the adapters, those of `connectors` too; nothing is served yet. `now` and
 * `time` (what lanes pace by) are a test's own. */
export async function openParley(
  config: Config,
  options: {
    now?: () => Date
    time?: Time
    waitMs?: number
    connectors?: readonly Connector[]
    /** What collects metrics, in a process that serves them. */
    measured?: Measured | undefined
  } = {},
): Promise<Open> {
  const { connectors = [] } = options
  for (const { traits } of connectors) registerPlatform(traits)
  const log = openLog({ level: config.logLevel, secrets: config.secrets })
  const down: (() => unknown)[] = []
  const stop = new AbortController()
  const close = async () => {
    stop.abort()
    for (const release of down.splice(0).reverse()) {
      const isDone = await within(stepMs, release)
      if (!isDone)
        log.warn(
          { event: 'stop.late', step: release.name },
          'A part did not stop in time and is left.',
        )
    }
  }
  try {
    const { url, direct, isPooled } = await findDatabase(config, down, options.waitMs)
    await migrate(direct, log)
    const { db, pool, close: closeDatabase } = openDatabase(url, { log, isPooled })
    down.push(closeDatabase)
    const clock = await startClock(db, log)
    down.push(clock.stop)
    const { measured } = options
    const { engine, pools } = await chooseEngine(config, direct, db, log, down)
    const queue = openQueueOnUse(engine, log, measured?.metrics)
    down.push(queue.close)
    const secret = openSecret(config)
    const { admins, installAllow, models, moderation, dataDir, publicUrl } = config
    const now = options.now ?? clock.now
    const store = { db, queue, now, log, secret, dataDir, publicUrl, metrics: measured?.metrics }
    const fetching = { allow: config.sources.fetchAllow }
    const { apiKey } = config
    const rules = { admins, installAllow, models, moderation, apiKey, fetching }
    const parts = { ...store, ...rules, stopping: stop.signal }
    const openSnapshot = async () => (await import('./db/copy.ts')).openSnapshot(pool)
    const parley = createParley({ ...parts, mostCalls, openSnapshot })
    down.push(parley.settled)
    measured?.watch({ parley, pools: { parley: pool, ...pools }, depth: queue.depth })
    const isServed = config.slack !== null || config.discord !== null || connectors.length > 0
    const connect = isServed ? (await import('./connect.ts')).connectAll : async () => []
    const adapters = await connect(parley, config, { ...options, connectors, direct, down })
    return {
      parley,
      close,
      queueHealth: queue.health,
      ...serving(parley, queue, adapters, { config, down, measured }),
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** What serving takes besides the handle. */
type Parts = { config: Config; down: (() => unknown)[]; measured: Measured | undefined }

function serving(
  parley: Parley,
  queue: LateQueue,
  adapters: readonly ChatAdapter[],
  { config, down, measured }: Parts,
): Pick<Open, 'startWorker' | 'startAdapters' | 'listen' | 'listenForHealth'> {
  const { host, port, metricsKey, apiRate } = config
  const health: HealthInput = { queueHealth: queue.health, measured, metricsKey }
  const listenAt = async (app: Hono, at: { port: number; setting: string }) => {
    const { listen } = await import('./http/listen.ts')
    const { address, stop } = await listen(app.fetch, { host, ...at })
    down.push(stop)
    return address
  }
  return {
    startWorker: async () => {
      const { doersOf } = await import('./worker.ts')
      const { startWorker } = await queue.open()
      startWorker(doersOf(parley))
    },
    startAdapters: async (role = 'all') => {
      await queue.open()
      for (const adapter of adapters) {
        if (role !== 'all' && role !== (adapter.door ?? 'web')) continue
        await adapter.start()
        down.push(adapter.stop)
      }
    },
    listen: async () => {
      const { httpApp } = await import('./http/app.ts')
      // Previews are drawn by the scripts of the stand-ins' page; pages only serve them.
      const drawings = join(projectRoot, 'sandbox', 'page', 'client')
      await queue.open()
      const app = httpApp(parley, adapters, { apiRate, health, drawings })
      return listenAt(app, { port, setting: 'PORT' })
    },
    listenForHealth: async (port, { needsQueue }) => {
      const { healthApp } = await import('./http/health.ts')
      const at = { port, setting: 'PARLEY_HEALTH_PORT' }
      return listenAt(healthApp(parley, { ...health, needsQueue }), at)
    },
  }
}

/**
 * More calls than the cores can run meet at the same places and pages, and wait there for each other:
 * on two cores a press costs Postgres an eighth less with four in use than with ten.
 */
const mostCalls = Math.max(4, 2 * availableParallelism())

/** Where statements go, and where what needs a session of its own goes: past a pooler. */
async function findDatabase(
  config: Config,
  down: (() => unknown)[],
  waitMs = 0,
): Promise<{ url: string; direct: string; isPooled: boolean }> {
  const { databaseUrl: url, databaseDirectUrl } = config
  if (url === null) {
    const embedded = await openEmbedded(config, down)
    return { url: embedded, direct: embedded, isPooled: false }
  }
  const { isPooled } = await reachDatabase(url, { waitMs })
  if (!isPooled) return { url, direct: url, isPooled }
  const name = 'DATABASE_DIRECT_URL'
  const direct = databaseDirectUrl && (await reachDatabase(databaseDirectUrl, { name, waitMs }))
  if (databaseDirectUrl && direct && !direct.isPooled)
    return { url, direct: databaseDirectUrl, isPooled }
  throw conflict(
    `${databaseDirectUrl ? name : 'DATABASE_URL'} goes through a connection pooler (such as PgBouncer in transaction mode), which keeps no sessions. Set DATABASE_DIRECT_URL to the address of Postgres itself: migrations, locks and the queue need sessions of their own; everything else goes on using the pooler.`,
  )
}

async function migrate(url: string, log: Log): Promise<void> {
  const { db, close } = openDatabase(url, { log, max: 2 })
  await migrateDatabase(db, log).finally(close)
}

async function openEmbedded(config: Config, down: (() => unknown)[]): Promise<string> {
  const { openEmbeddedPostgres } = await import('./db/embedded.ts')
  const server = await openEmbeddedPostgres({ dataDir: config.dataDir })
  down.push(server.close)
  return server.url
}

async function chooseEngine(
  config: Config,
  url: string,
  db: Parley['db'],
  log: Log,
  down: (() => unknown)[],
): Promise<{ engine: Engine; pools: Watched['pools'] }> {
  if (config.redisUrl) {
    const prefix = `parley-${await databaseIdentity(db, url)}`
    return { engine: { type: 'redis', url: config.redisUrl, prefix }, pools: {} }
  }
  const pool = openQueuePool(url, { log })
  down.push(() => pool.end())
  return { engine: { type: 'postgres', pool }, pools: { queue: pool } }
}

/** How long each other part may take; the queue's own, a running job's end, is the longest. */
const stepMs = 15_000

/** True when it ended in time, also by an error that was thrown on. */
async function within(ms: number, work: () => unknown): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const done = Promise.resolve(work()).then(() => true)
  return Promise.race([done, late]).finally(() => clearTimeout(timer))
}
