/** The two engines BullMQ runs on, Redis and Postgres: connections and health checks. */
import {
  type Queue as BullQueue,
  type ConnectionOptions,
  createRedisBackend,
  type PgQueryable,
  runMigrations,
} from 'bullmq'
import { Redis } from 'ioredis'
import { codeOf } from '../errors.ts'
import type { Lane } from './jobs.ts'
import { createPatientBackend } from './postgres-connection.ts'

export type Engine =
  /** `prefix` keeps two Parleys on one Redis apart. */
  | { type: 'redis'; url: string; prefix: string }
  /** The pool opened for the queue; its opener closes it, after the queue. */
  | { type: 'postgres'; pool: QueuePool }

export type QueuePool = {
  connect(): Promise<PgQueryable & { release(): void }>
  query(text: string): Promise<unknown>
}

/** Whether jobs can be queued and taken now, and the remedy if not. */
export type Health = { ok: boolean; detail: string; remedy?: string }

export type Complain = ((error: unknown) => void) & { isBack(): void }

export type Queues = Record<Lane, BullQueue>

type Link = {
  name: string
  options: { connection: ConnectionOptions; prefix?: string }
  backend: typeof createRedisBackend
  isReady(): boolean
  health(queues: Queues): Promise<Health>
  disconnect(): void
}

export async function makeTables(pool: QueuePool): Promise<void> {
  const client = await pool.connect()
  try {
    await runMigrations(client)
  } finally {
    client.release()
  }
}

export function linkTo(engine: Engine, complain: Complain): Link {
  if (engine.type === 'postgres') return postgresLink(engine.pool)
  const redis = new Redis(engine.url, {
    // BullMQ requires this: a command waits for Redis to come back instead of failing.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * 2 ** times, 5_000),
  })
  let lastError = ''
  redis.on('error', (error) => {
    lastError = error.message
    complain(error)
  })
  redis.on('ready', complain.isBack)
  // Workers wait on copies of the connection. While Redis is away BullMQ does not get to close them,
  // and one that still tries would keep a stopped Parley from ending.
  const copies: Redis[] = []
  const duplicate = redis.duplicate.bind(redis)
  redis.duplicate = (override) => {
    const copy = duplicate(override)
    copies.push(copy)
    return copy
  }
  const { host = 'localhost', port = 6379 } = redis.options
  const name = `Redis at ${host}:${port}`
  return {
    name,
    options: { connection: redis, prefix: engine.prefix },
    backend: createRedisBackend,
    isReady: () => redis.status === 'ready',
    health: async (queues) => {
      // Waits until it is ready: while Redis is unreachable, commands would be buffered.
      for (let wait = 0; redis.status !== 'ready'; wait++) {
        if (/NOAUTH|WRONGPASS|NOPERM/.test(lastError)) return locked(name, lastError)
        if (wait === 30) return { ok: false, detail: `${name} cannot be reached.` }
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      try {
        await queues.quick.getJobCounts('wait')
        const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1]
        if (policy !== undefined && policy !== 'noeviction') return evicts(name, policy)
        return { ok: true, detail: `BullMQ on ${name}` }
      } catch (error) {
        return locked(name, error instanceof Error ? error.message : String(error))
      }
    },
    disconnect: () => {
      for (const one of [redis, ...copies]) one.disconnect()
    },
  }
}

/**
 * BullMQ's classes are typed for Redis by default, and its Postgres types do not compile with
 * exactOptionalPropertyTypes. At run time a backend only ever sees the connection made for it.
 */
function postgresLink(pool: QueuePool): Link {
  return {
    name: 'Postgres',
    options: { connection: pool as never },
    backend: createPatientBackend as never,
    isReady: () => true,
    health: async (queues) => {
      try {
        await queues.quick.getJobCounts('wait')
        return { ok: true, detail: 'BullMQ on Postgres' }
      } catch (error) {
        return {
          ok: false,
          detail: `The queue's tables do not answer (${codeOf(error) || error}).`,
        }
      }
    },
    disconnect: () => {},
  }
}

function locked(name: string, said: string): Health {
  return {
    ok: false,
    detail: `${name} refuses us (${said}).`,
    remedy:
      'Write its password into REDIS_URL: redis://:PASSWORD@HOST:PORT, or redis://USER:PASSWORD@HOST:PORT; the user needs the rights of +@all on its keys.',
  }
}

function evicts(name: string, policy: string): Health {
  return {
    ok: false,
    detail: `${name} throws keys away when its memory is full (maxmemory-policy ${policy}), and jobs with them.`,
    remedy: 'Set maxmemory-policy noeviction there, or use a Redis of its own for the queue.',
  }
}
