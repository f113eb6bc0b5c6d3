/** Opens the database: kysely over one pool, the queue's own pool, and the clock all processes share. */
import { createHash } from 'node:crypto'
import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely'
import pg from 'pg'
import type { Log } from '../log.ts'
import type { Database } from './schema.ts'

export type OpenDatabase = { db: Kysely<Database>; pool: pg.Pool; close(): Promise<void> }

/** `isPooled`: through a pooler no session state is relied on (src/db/reach.ts). */
export function openDatabase(
  url: string,
  options: { log: Log; max?: number; isPooled?: boolean },
): OpenDatabase {
  const isPooled = options.isPooled ?? false
  const pool = openPool(url, {
    log: options.log,
    max: options.max ?? 10,
    name: 'parley',
    // Small statements: compiling a plan costs more than it saves.
    ...(isPooled ? {} : { options: '-c jit=off' }),
  })
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: isPooled ? pool : preparing(pool) }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
  return { db, pool, close: () => db.destroy() }
}

// Statements that begin with a comment of one word, as in "/* next_assignment */ select …", are
// prepared under that name: the few that every gesture runs are parsed and planned only once.
function preparing(pool: pg.Pool): PostgresPool {
  const known = new WeakMap<pg.PoolClient, pg.PoolClient>()
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect()
      const prepared = known.get(client) ?? new Proxy(client, { get: prepareNamed })
      known.set(client, prepared)
      return prepared
    },
  }
}

function prepareNamed(client: pg.PoolClient, key: string | symbol): unknown {
  if (key === 'query')
    return (text: unknown, values?: unknown[]) => {
      const name = typeof text === 'string' ? /^\/\* (\w+) \*\//.exec(text)?.[1] : undefined
      return Reflect.apply(client.query, client, name ? [{ name, text, values }] : [text, values])
    }
  const value: unknown = Reflect.get(client, key)
  return typeof value === 'function' ? value.bind(client) : value
}

/** BullMQ's pool: its tables live in a schema of their own, and every worker keeps one connection. */
export function openQueuePool(url: string, options: { log: Log }): pg.Pool {
  const pool = openPool(url, {
    log: options.log,
    max: 20,
    name: 'parley-queue',
    options: '-c search_path=bullmq -c jit=off',
  })
  // BullMQ listens once for each queue and each worker of every lane.
  return pool.setMaxListeners(50)
}

function openPool(
  url: string,
  settings: { log: Log; max: number; name: string; options?: string },
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: settings.max,
    application_name: settings.name,
    ...(settings.options === undefined ? {} : { options: settings.options }),
    keepAlive: true,
    // An unreachable server becomes an error a person can read, well inside Slack's 3 seconds.
    connectionTimeoutMillis: 2_500,
    idleTimeoutMillis: 60_000,
  })
  // A server that restarts ends idle connections; without a listener that would end Parley as well.
  // The pool opens new ones by itself.
  pool.on('error', (error) => {
    // The server may stop right after the pool is closed: nothing is lost.
    if (!pool.ending)
      settings.log.warn(
        { event: 'database.connection_lost', err: error },
        'A database connection was lost.',
      )
  })
  // The same for a connection in use: its query rejects, but the client emits 'error' besides.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/**
 * How many milliseconds the database's clock is ahead of ours: the sample with the shortest way there
 * and back, taken at its middle. Zero when the difference is smaller than that way.
 */
export async function measureClockOffset(db: Kysely<Database>): Promise<number> {
  let best = { offset: 0, way: Number.POSITIVE_INFINITY }
  for (let sample = 0; sample < 5; sample++) {
    const before = performance.timeOrigin + performance.now()
    const { rows } = await sql<{ at: number }>`
      select (extract(epoch from clock_timestamp()) * 1000)::float8 as at`.execute(db)
    const after = performance.timeOrigin + performance.now()
    const at = rows[0]?.at ?? Date.now()
    const wall = Date.now() - (performance.timeOrigin + performance.now())
    const offset = at - ((before + after) / 2 + wall)
    if (after - before < best.way) best = { offset, way: after - before }
  }
  return Math.abs(best.offset) <= best.way / 2 + 1 ? 0 : Math.round(best.offset)
}

export type Clock = { now(): Date; stop(): void }

/** The process's clock plus the database's offset, measured now and each minute. */
export async function startClock(db: Kysely<Database>, log: Log): Promise<Clock> {
  let offset = await measureClockOffset(db)
  const timer = setInterval(async () => {
    try {
      offset = await measureClockOffset(db)
    } catch (error) {
      log.debug(
        { event: 'database.clock_unread', err: error },
        'The clock could not be compared with the database; trying again.',
      )
    }
  }, 60_000)
  timer.unref()
  return { now: () => new Date(Date.now() + offset), stop: () => clearInterval(timer) }
}

/** A short name that no other database has, so that two Parleys may share one Redis. */
export async function databaseIdentity(db: Kysely<Database>, url: string): Promise<string> {
  const { host, pathname } = new URL(url)
  const known = await sql<{ id: string }>`
    select system_identifier || '/' || (select oid from pg_database where datname = current_database())
      as id from pg_control_system()`
    .execute(db)
    .then(
      ({ rows }) => rows[0]?.id,
      // Some hosted servers do not let us ask.
      () => undefined,
    )
  return createHash('sha256')
    .update(known ?? `${host}${pathname}`)
    .digest('hex')
    .slice(0, 12)
}
