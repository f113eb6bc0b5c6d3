/**
 * Puts Parley together: configuration, database, queue, the handle, adapters, doors; and takes it
 * down in reverse. The only file of src that knows the adapters and the sandbox.
 */
import { serve } from '@hono/node-server'
import { connectAdapters } from '../adapters/index.ts'
import { handleInteraction } from './chat/handle.ts'
import { type Doors, say } from './cli/command.ts'
import { runCli } from './cli.ts'
import { type Config, loadConfig, openSecret, readEnvironment } from './config.ts'
import { openSnapshot } from './db/copy.ts'
import { openEmbeddedPostgres } from './db/embedded.ts'
import { firstSight } from './db/handled.ts'
import { migrateDatabase } from './db/migrate.ts'
import { databaseIdentity, openDatabase, openQueuePool, startClock } from './db/open.ts'
import { runDemo, runSandbox } from './demo.ts'
import { codeOf, conflict } from './errors.ts'
import { httpApp } from './http/app.ts'
import { createClaimCode, hasAdmin } from './labelers/roles.ts'
import { type Log, openLog } from './log.ts'
import { createParley, type Parley } from './parley.ts'
import { type Engine, openQueue } from './queue/queue.ts'
import { doersOf } from './worker.ts'

export type Open = {
  parley: Parley
  queueHealth(): Promise<{ ok: boolean; detail: string }>
  startWorker(): void
  startAdapters(): Promise<void>
  /** Listens and returns the address. */
  listen(): Promise<string>
  close(): Promise<void>
}

/** Opens the stores and connects the adapters; nothing is served yet. */
export async function openParley(config: Config): Promise<Open> {
  const log = openLog({ level: config.logLevel, secrets: config.secrets })
  const down: (() => unknown)[] = []
  const close = async () => {
    for (const release of down.splice(0).reverse()) await release()
  }
  try {
    const url = config.databaseUrl ?? (await openEmbedded(config, down))
    const { db, pool, close: closeDatabase } = openDatabase(url, { log })
    down.push(closeDatabase)
    await migrateDatabase(db, log)
    const clock = await startClock(db, log)
    down.push(clock.stop)
    const queue = await openQueue(await chooseEngine(config, url, db, log, down), log)
    down.push(queue.close)
    const secret = openSecret(config)
    const { admins, dataDir } = config
    const parts = { db, queue, now: clock.now, log, admins, secret, dataDir }
    const parley = createParley({ ...parts, openSnapshot: () => openSnapshot(pool) })
    down.push(parley.settled)
    const adapters = connectAdapters(config, {
      handle: (interaction) => handleInteraction(parley, interaction),
      firstSight: (id) => firstSight(parley, id),
      now: parley.now,
      log,
    })
    for (const adapter of adapters) parley.platforms.set(adapter.platform, adapter)
    return {
      parley,
      close,
      queueHealth: queue.health,
      startWorker: () => queue.startWorker(doersOf(parley)),
      startAdapters: async () => {
        for (const adapter of adapters) {
          await adapter.start()
          down.push(adapter.stop)
        }
      },
      listen: async () => {
        const { address, stop } = await listen(httpApp(parley, adapters).fetch, config)
        down.push(stop)
        return address
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Serves until somebody stops it (Ctrl-C, SIGTERM); returns the exit code. */
export async function start(config: Config, role: string): Promise<number> {
  const stopped = untilStopped()
  const open = await openParley(config)
  try {
    const isWeb = role === 'all' || role === 'web'
    if (role === 'all' || role === 'worker') open.startWorker()
    if (isWeb) await open.startAdapters()
    const address = isWeb ? await open.listen() : null
    if (address) say(`Parley listens at ${address}`)
    if (open.parley.platforms.size === 0)
      say('No platform is on: set the secrets of Slack (npx parley config), or try npm run demo.')
    else if (!(await hasAdmin(open.parley))) await sayClaimCode(open.parley)
    await stopped
    say('Stopping.')
    return 0
  } finally {
    await open.close()
  }
}

/** Resolves at the first Ctrl-C or SIGTERM. Registered before anything starts, so none is missed. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

async function sayClaimCode(parley: Parley) {
  const code = await createClaimCode(parley, { type: 'system', job: 'start' })
  say(`Nobody is an admin yet. In the next hour, type in Slack: /parley-admin claim ${code}`)
}

async function openEmbedded(config: Config, down: (() => unknown)[]): Promise<string> {
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
): Promise<Engine> {
  if (config.redisUrl)
    return {
      type: 'redis',
      url: config.redisUrl,
      prefix: `parley-${await databaseIdentity(db, url)}`,
    }
  const pool = openQueuePool(url, { log })
  down.push(() => pool.end())
  return { type: 'postgres', pool }
}

async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  config: Config,
): Promise<{ address: string; stop(): Promise<void> }> {
  const server = serve({ fetch, hostname: config.host, port: config.port })
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (error) => reject(portProblem(error, config)))
  })
  const at = server.address()
  const port = typeof at === 'object' && at ? at.port : config.port
  return {
    address: `http://${config.host}:${port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function portProblem(error: unknown, config: Config): unknown {
  if (codeOf(error) !== 'EADDRINUSE') return error
  return conflict(
    `Port ${config.port} on ${config.host} is taken by another program. Set PORT to a free one.`,
    error,
  )
}

const config = () => loadConfig(readEnvironment())

const doors: Doors = {
  config,
  environment: readEnvironment,
  open: () => openParley(config()),
  start: ({ role }) => start(config(), role),
  demo: (options) => runDemo(options),
  sandbox: (options) => runSandbox(options),
}

if (import.meta.main) process.exitCode = await runCli(process.argv.slice(2), doors)
