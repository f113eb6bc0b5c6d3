/** The queue keeps the same promises on both engines, and never makes a person wait. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openQueuePool } from '../../src/db/open.ts'
import { conflict, unavailable } from '../../src/errors.ts'
import { openLog } from '../../src/log.ts'
import type { Engine } from '../../src/queue/engine.ts'
import { type Doers, jobId, type Payload } from '../../src/queue/jobs.ts'
import { openQueue } from '../../src/queue/queue.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { openQuietPostgres } from '../support/quiet-postgres.ts'
import { freePort, hasRedis, openTestRedis, redisReason, startRedis } from '../support/redis.ts'

const idle: Doers = {
  'write-export': async () => {},
  'read-import': async () => {},
  'generate-outputs': async () => {},
  'run-battle': async () => {},
  deliver: async () => {},
  'close-post': async () => {},
  repaint: async () => {},
  feed: async () => {},
  'tend-asks': async () => {},
  'make-events': async () => {},
  'send-events': async () => {},
  'read-records': async () => {},
  'expire-leases': async () => {},
  sweep: async () => {},
}
const silent = openLog({ level: 'silent' })

/** A log that is kept, as lines. */
function listening() {
  const lines: string[] = []
  const log = openLog({ level: 'info', to: { write: (line: string) => void lines.push(line) } })
  return { log, lines }
}

type Bench = { engine: Engine; close(): Promise<void> }

async function postgresBench(): Promise<Bench> {
  const database: TestDatabase = await openTestDatabase()
  const pool = openQueuePool(database.url, { log: silent })
  return {
    engine: { type: 'postgres', pool },
    close: async () => {
      await pool.end()
      await database.close()
    },
  }
}

async function redisBench(): Promise<Bench> {
  const redis = await openTestRedis()
  const prefix = `test-${randomBytes(6).toString('hex')}`
  return { engine: { type: 'redis', url: redis.url, prefix }, close: redis.stop }
}

for (const [name, openBench, isThere] of [
  ['on Postgres', postgresBench, true],
  ['on Redis', redisBench, hasRedis],
] as const) {
  describe.skipIf(!isThere)(`happy: the queue ${name}${isThere ? '' : redisReason}`, () => {
    let bench: Bench
    beforeAll(async () => {
      bench = await openBench()
    })
    afterAll(() => bench.close())

    test('a ring before anybody works is done when a worker comes, with its payload', async () => {
      const queue = await openQueue(bench.engine, silent)
      expect((await queue.health()).ok).toBe(true)
      await settled(() => queue.ring('write-export', { exportId: '17' }))
      const done = Promise.withResolvers<string>()
      queue.startWorker({ ...idle, 'write-export': async ({ exportId }) => done.resolve(exportId) })
      expect(await done.promise).toBe('17')
      await queue.close()
    })

    test('a failure of ours is tried again until it works', async () => {
      const queue = await openQueue(bench.engine, silent)
      const done = Promise.withResolvers<number>()
      queue.startWorker({
        ...idle,
        'write-export': async (_, { attempt, progress }) => {
          progress(50)
          if (attempt === 1) throw unavailable('the disk')
          done.resolve(attempt)
        },
      })
      await queue.ring('write-export', { exportId: 'flaky' })
      expect(await done.promise).toBe(2)
      await queue.close()
    })

    test('a part of a millisecond is no reason to lose a ring', async () => {
      const queue = await openQueue(bench.engine, silent)
      const done = Promise.withResolvers<string>()
      await settled(() => queue.ring('write-export', { exportId: 'soon' }, { delayMs: 20.123 }))
      queue.startWorker({ ...idle, 'write-export': async ({ exportId }) => done.resolve(exportId) })
      expect(await done.promise).toBe('soon')
      await queue.close()
    })

    test('what a job throws is stored whatever text it is, and the job is tried again', async () => {
      const queue = await openQueue(bench.engine, silent)
      const done = Promise.withResolvers<number>()
      queue.startWorker({
        ...idle,
        'write-export': async (_, { attempt }) => {
          if (attempt === 1) throw new Error('half a pair \ud83d and a nought \u0000')
          done.resolve(attempt)
        },
      })
      await queue.ring('write-export', { exportId: 'unstorable' })
      expect(await done.promise).toBe(2)
      await queue.close()
    })

    test('what runs by itself runs, without anybody ringing', async () => {
      const own = await openBench()
      const queue = await openQueue(own.engine, silent)
      const swept = Promise.withResolvers<void>()
      const expired = Promise.withResolvers<void>()
      queue.startWorker({
        ...idle,
        sweep: async () => swept.resolve(),
        'expire-leases': async () => expired.resolve(),
      })
      await Promise.all([swept.promise, expired.promise])
      await queue.close()
      await own.close()
    })
  })

  describe.skipIf(!isThere)(`twice: the queue ${name}${isThere ? '' : redisReason}`, () => {
    test('two rings for one row are one job, and the row may be rung for again afterwards', async () => {
      const bench = await openBench()
      const queue = await openQueue(bench.engine, silent)
      for (let ring = 0; ring < 3; ring++)
        await settled(() => queue.ring('write-export', { exportId: 'a' }))
      await settled(() => queue.ring('write-export', { exportId: 'b' }))
      expect((await queue.counts()).waiting).toBe(2)
      const done: string[] = []
      let wanted = Promise.withResolvers<void>()
      queue.startWorker({
        ...idle,
        'write-export': async ({ exportId }) => {
          done.push(exportId)
          if (exportId === 'b') wanted.resolve()
        },
      })
      await wanted.promise
      expect(done).toEqual(['a', 'b'])
      await until(async () => (await queue.counts()).active === 0)
      wanted = Promise.withResolvers()
      await queue.ring('write-export', { exportId: 'b' })
      await wanted.promise
      expect(done).toEqual(['a', 'b', 'b'])
      await queue.close()
      await bench.close()
    })

    test.each(['deliver', 'repaint'] as const)(
      'rings to %s in a workspace while it is looked at: one more look, after the first',
      async (name) => {
        const bench = await openBench()
        const queue = await openQueue(bench.engine, silent)
        const looks: string[] = []
        const again = Promise.withResolvers<void>()
        let rings = 0
        const ring = (place: Payload<'deliver'>) =>
          settled(() => {
            rings++
            return name === 'deliver'
              ? queue.ring(name, place)
              : queue.ring(name, { ...place, turn: '7' })
          })
        queue.startWorker({
          ...idle,
          [name]: async ({ platform, workspace }: Payload<typeof name>) => {
            const place = { platform, workspace }
            looks.push('begins')
            if (looks.length === 1) for (let nth = 0; nth < 3; nth++) await ring(place)
            looks.push('ends')
            if (looks.length > 2) again.resolve()
          },
        })
        await ring({ platform: 'slack', workspace: 'T1' })
        await again.promise
        await until(async () => {
          const { active, waiting } = await queue.counts()
          return active === 0 && waiting === 0
        })
        // One that was slow to arrive was rung for again, and may have been worth a look more.
        const late = rings - 4
        expect(looks.length / 2 - 2).toBeLessThanOrEqual(late)
        expect(looks).toEqual(looks.map((_, at) => (at % 2 === 0 ? 'begins' : 'ends')))
        await queue.close()
        await bench.close()
      },
    )

    test('a job that rings for itself later comes later, and at once when somebody rings for now', async () => {
      const bench = await openBench()
      const queue = await openQueue(bench.engine, silent)
      // Each once: one that is slow to arrive is not lost here, and a second would be one look more.
      const ring = (place: Payload<'deliver'>, delayMs = 0) =>
        queue.ring('deliver', place, { delayMs })
      let looks = 0
      const second = Promise.withResolvers<void>()
      const third = Promise.withResolvers<void>()
      queue.startWorker({
        ...idle,
        deliver: async (place) => {
          looks++
          if (looks === 1) await ring(place, 200)
          if (looks === 2) await ring(place, 3_600_000).then(() => second.resolve())
          if (looks === 3) third.resolve()
        },
      })
      const place = { platform: 'discord', workspace: '' } as const
      await ring(place)
      await second.promise
      await until(async () => {
        const { waiting, active, delayed } = await queue.counts()
        return waiting === 0 && active === 0 && delayed === schedules + 1
      })
      expect(looks).toBe(2)
      await ring(place)
      await third.promise
      await queue.close()
      await bench.close()
    })

    test('two processes share the work and do nothing twice', async () => {
      const bench = await openBench()
      const one = await openQueue(bench.engine, silent)
      const other = await openQueue(bench.engine, silent)
      const done: string[] = []
      const all = Promise.withResolvers<void>()
      const doers: Doers = {
        ...idle,
        'write-export': async ({ exportId }) => {
          done.push(exportId)
          if (done.length === 40) all.resolve()
        },
      }
      one.startWorker(doers)
      other.startWorker(doers)
      const ids = Array.from({ length: 40 }, (_, n) => String(n))
      await Promise.all(ids.map((exportId) => one.ring('write-export', { exportId })))
      await all.promise
      await until(async () => (await one.counts()).active === 0)
      expect(done.toSorted()).toEqual(ids.toSorted())
      await one.close()
      await other.close()
      await bench.close()
    })
  })

  describe.skipIf(!isThere)(`refused: the queue ${name}${isThere ? '' : redisReason}`, () => {
    test('a refusal is final: the job is given up at once and said so', async () => {
      const bench = await openBench()
      const { log, lines } = listening()
      const queue = await openQueue(bench.engine, log)
      const attempts: number[] = []
      const last = Promise.withResolvers<void>()
      queue.startWorker({
        ...idle,
        'write-export': async ({ exportId }, { attempt }) => {
          if (exportId === 'last') return last.resolve()
          attempts.push(attempt)
          throw conflict('The dataset was deleted.')
        },
      })
      await queue.ring('write-export', { exportId: 'refused' })
      await queue.ring('write-export', { exportId: 'last' })
      await last.promise
      await until(async () => lines.some((line) => line.includes('given up')))
      expect(attempts).toEqual([1])
      expect((await queue.counts()).delayed - schedules).toBeLessThanOrEqual(0)
      await queue.close()
      await bench.close()
    })
  })
}

/** The jobs that wait for their minute: the sweep, what is counted, and what searches read. */
const schedules = 3

describe('refused: a queue whose tables are gone', () => {
  test('is not healthy, though Postgres answers', async () => {
    const database = await openTestDatabase()
    const pool = openQueuePool(database.url, { log: silent })
    const queue = await openQueue({ type: 'postgres', pool }, silent)
    expect((await queue.health()).ok).toBe(true)
    await pool.query('drop schema bullmq cascade')
    expect(await queue.health()).toMatchObject({ ok: false })
    await queue.close()
    await pool.end()
    await database.close()
  })
})

describe.skipIf(!hasRedis)(`refused: a Redis set up wrongly${redisReason}`, () => {
  test('one that evicts and one that wants a password are named as such', async () => {
    const redis = await startRedis(await freePort())
    const engine: Engine = { type: 'redis', url: redis.url, prefix: 'wrongly' }
    const client = new Redis(redis.url)
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const queue = await openQueue(engine, silent)
    expect(await queue.health()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('allkeys-lru'),
      remedy: expect.stringContaining('noeviction'),
    })
    await queue.close()
    await client.config('SET', 'requirepass', 'sesame')
    const { log, lines } = listening()
    const locked = await openQueue(engine, log)
    expect(await locked.health()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('NOAUTH'),
      remedy: expect.stringContaining('REDIS_URL'),
    })
    await locked.close()
    expect(lines.join('')).not.toContain('sesame')
    client.disconnect()
    await redis.stop()
  })
})

describe('refused: a Postgres that is slow to answer', () => {
  test('a worker that got no connection at its start takes jobs as soon as there is one', async () => {
    const database = await openTestDatabase()
    const quiet = await openQuietPostgres()
    const pool = openQueuePool(quiet.before(database.url), { log: silent })
    const { log, lines } = listening()
    const queue = await openQueue({ type: 'postgres', pool }, log)
    // By then every lane has its connection, and none comes after the cut.
    await queue.counts()
    quiet.cut()
    await until(async () => pool.totalCount === 0)
    quiet.hold(0)
    const done = Promise.withResolvers<string>()
    queue.startWorker({ ...idle, 'write-export': async ({ exportId }) => done.resolve(exportId) })
    await until(async () => lines.length > 0)
    quiet.release()
    await settled(() => queue.ring('write-export', { exportId: 'kept' }))
    expect(await done.promise).toBe('kept')
    await queue.close()
    await pool.end()
    quiet.close()
    await database.close()
  }, 300_000)
})

describe.skipIf(!hasRedis)(`refused: a Redis that is away${redisReason}`, () => {
  test('nobody waits for it, one line says it, and the work is done when it comes', async () => {
    const port = await freePort()
    const { log, lines } = listening()
    const engine: Engine = { type: 'redis', url: `redis://127.0.0.1:${port}`, prefix: 'away' }
    const queue = await openQueue(engine, log)
    const done = Promise.withResolvers<string>()
    queue.startWorker({ ...idle, 'write-export': async ({ exportId }) => done.resolve(exportId) })
    // Resolving at all is the promise: BullMQ's own add would wait for ever.
    expect(await queue.ring('write-export', { exportId: 'kept' })).toBe(false)
    expect((await queue.health()).ok).toBe(false)
    await until(async () => lines.length > 0)
    const redis = await startRedis(port)
    expect(await done.promise).toBe('kept')
    expect((await queue.health()).ok).toBe(true)
    const said = lines.map((line) => JSON.parse(line).msg)
    expect(said.filter((line) => line.startsWith('The queue cannot be reached'))).toHaveLength(1)
    expect(said).toContain('The queue is back.')
    await queue.close()
    await redis.stop()
  })

  test('a Redis that was emptied is swept again: the schedules are put back within their 15 seconds', async ({
    onTestFinished,
  }) => {
    const redis = await startRedis(await freePort())
    const queue = await openQueue({ type: 'redis', url: redis.url, prefix: 'emptied' }, silent)
    // Only what looks after the schedules goes by this clock.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(async () => {
      await queue.close()
      vi.useRealTimers()
      await redis.stop()
    })
    let sweeps = 0
    queue.startWorker({
      ...idle,
      sweep: async () => {
        sweeps++
      },
    })
    await until(async () => sweeps === 1 && (await queue.counts()).delayed === schedules)
    const client = new Redis(redis.url)
    await client.flushall()
    client.disconnect()
    expect((await queue.counts()).delayed).toBe(0)
    vi.advanceTimersByTime(15_000)
    await until(async () => sweeps === 2 && (await queue.counts()).delayed === schedules)
  })

  test('a Parley that is stopped while Redis is away ends by itself', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`
    const script = fileURLToPath(new URL('../support/queue-process.ts', import.meta.url))
    const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    const code = await new Promise((done) => child.once('close', done))
    expect([code, said]).toEqual([0, 'false'])
  })

  test('two Parleys on one Redis do not see each other’s jobs', async () => {
    const redis = await openTestRedis()
    const prefix = `test-${randomBytes(6).toString('hex')}`
    const mine = await openQueue({ type: 'redis', url: redis.url, prefix: `${prefix}-1` }, silent)
    const yours = await openQueue({ type: 'redis', url: redis.url, prefix: `${prefix}-2` }, silent)
    await settled(() => mine.ring('write-export', { exportId: '1' }))
    expect((await yours.counts()).waiting).toBe(0)
    await mine.close()
    await yours.close()
    await redis.stop()
  })
})

describe('happy: ids of jobs', () => {
  test('they are made of the payload and have nothing in them that BullMQ refuses', () => {
    expect(jobId('write-export', { exportId: '5' })).toBe('write-export-5')
    expect(jobId('write-export', { exportId: 'a:b' })).not.toContain(':')
    expect(jobId('sweep', {})).toBe('sweep')
  })
})

/** Rings until it is known to have arrived; under load 50 ms may be too short. */
async function settled(ring: () => Promise<boolean>): Promise<void> {
  while (!(await ring())) await new Promise((resolve) => setTimeout(resolve, 20))
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20))
}
