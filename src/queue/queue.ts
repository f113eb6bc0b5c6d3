/**
 * The queue: BullMQ on Redis when there is one, else on BullMQ's Postgres backend in our own database.
 * The only file that knows BullMQ.
 * 1. A verb writes a row, commits, and rings: `ring('write-export', { exportId })`.
 * 2. The ring is one BullMQ job whose id is made of its payload: ringing twice is ringing once. Some
 *    jobs are rung anew while they run; of those BullMQ keeps one running and one waiting.
 * 3. A worker takes the job, checks the payload and calls its doer. A refusal (ParleyError) is final,
 *    anything else is tried again with a doubling wait.
 * 4. Finished and failed jobs are forgotten at once: the row says what became of them.
 * 5. A ring that got lost (Redis down, FLUSHALL) is rung again by the `sweep` job, which runs each
 *    minute; the schedule itself is put back every 15 seconds.
 */
import {
  Queue as BullQueue,
  type ConnectionOptions,
  createRedisBackend,
  type Job,
  type PgQueryable,
  runMigrations,
  UnrecoverableError,
  Worker,
} from 'bullmq'
import { Redis } from 'ioredis'
import { LRUCache } from 'lru-cache'
import { asParleyError, codeOf, ParleyError } from '../errors.ts'
import type { Log } from '../log.ts'
import {
  type Doers,
  type JobName,
  jobId,
  jobs,
  type Lane,
  type Payload,
  type Ring,
  type Running,
} from './jobs.ts'
import { createPatientBackend } from './postgres-connection.ts'

export type Engine =
  /** `prefix` keeps two Parleys on one Redis apart. */
  | { type: 'redis'; url: string; prefix: string }
  /** The pool opened for the queue; whoever opened it closes it, after the queue. */
  | { type: 'postgres'; pool: QueuePool }

export type QueuePool = {
  connect(): Promise<PgQueryable & { release(): void }>
  query(text: string): Promise<unknown>
}

export type Queue = Ring & {
  engine: Engine['type']
  /** Begins to take jobs and keeps the schedule. Does not wait for an unreachable Redis. */
  startWorker(doers: Doers): void
  /** How many jobs wait, run or are put off. @throws when the engine is away. */
  counts(): Promise<{ waiting: number; active: number; delayed: number }>
  health(): Promise<Health>
  close(): Promise<void>
}

/** Whether jobs can be put in and taken out now, and what to do where they cannot. */
export type Health = { ok: boolean; detail: string; remedy?: string }

export async function openQueue(engine: Engine, log: Log): Promise<Queue> {
  const complain = complainer(engine, log)
  if (engine.type === 'postgres') await makeTables(engine.pool)
  const producer = linkTo(engine, complain)
  const queues = byLane((lane) => {
    const queue = new BullQueue(
      `parley-${lane}`,
      {
        ...producer.options,
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
      },
      producer.backend,
    )
    queue.on('error', complain)
    return queue
  })
  let pending = 0
  let closing = false
  let stopWorker = async () => {}

  return {
    engine: engine.type,
    ring: (name, payload, options = {}) => {
      if (closing || pending >= mostPending) return Promise.resolve(false)
      pending++
      const added = queues[jobs[name].lane]
        .add(name, payload, jobOptions(name, payload, options.delayMs))
        .then(() => {
          complain.isBack()
          return true
        })
        .catch((error: unknown) => {
          complain(error)
          return false
        })
        .finally(() => pending--)
      return within(50, added, false)
    },
    startWorker: (doers) => {
      stopWorker = startWorkers(engine, queues, doers, log, complain)
    },
    counts: async () => {
      const counts = await Promise.all(
        lanes.map((lane) => queues[lane].getJobCounts('wait', 'prioritized', 'active', 'delayed')),
      )
      const sum = (state: string) => counts.reduce((total, each) => total + (each[state] ?? 0), 0)
      return {
        waiting: sum('wait') + sum('prioritized'),
        active: sum('active'),
        delayed: sum('delayed'),
      }
    },
    health: () => {
      const late = { ok: false, detail: `${producer.name} did not answer within two seconds.` }
      return within(2_000, producer.health(queues), late)
    },
    close: async () => {
      if (closing) return
      closing = true
      await stopWorker()
      await within(2_000, Promise.allSettled(lanes.map((lane) => queues[lane].close())), [])
      producer.disconnect()
    },
  }
}

const lanes: readonly Lane[] = ['quick', 'send', 'long']
const concurrency: Record<Lane, number> = { quick: 8, send: 16, long: 1 }
/** More rings than this are not remembered while the engine is away: the sweep finds their rows. */
const mostPending = 1_000

type Complain = ((error: unknown) => void) & { isBack(): void }
type Queues = Record<Lane, BullQueue>
type Link = {
  name: string
  options: { connection: ConnectionOptions; prefix?: string }
  backend: typeof createRedisBackend
  isReady(): boolean
  health(queues: Queues): Promise<Health>
  disconnect(): void
}

async function makeTables(pool: QueuePool): Promise<void> {
  const client = await pool.connect()
  try {
    await runMigrations(client)
  } finally {
    client.release()
  }
}

function linkTo(engine: Engine, complain: Complain): Link {
  if (engine.type === 'postgres') return postgresLink(engine.pool)
  const redis = new Redis(engine.url, {
    // BullMQ asks for this: a command waits for Redis to come back instead of failing.
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
      // Nothing is asked before it is ready: while Redis is away, each command would be kept.
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

function jobOptions(name: JobName, payload: Payload<JobName>, delayMs = 0) {
  const { attempts, backoffMs } = jobs[name]
  const id = jobId(name, payload)
  return {
    ...('isRungAnew' in jobs[name]
      ? { deduplication: { id, keepLastIfActive: true, reschedule: true } }
      : { jobId: id }),
    attempts,
    backoff: { type: 'exponential', delay: backoffMs },
    // BullMQ's scripts take whole milliseconds only.
    delay: Math.max(0, Math.ceil(delayMs)),
  }
}

function startWorkers(
  engine: Engine,
  queues: Queues,
  doers: Doers,
  log: Log,
  complain: Complain,
): () => Promise<void> {
  const link = linkTo(engine, complain)
  const workers = lanes.map((lane) => {
    const worker = new Worker(
      `parley-${lane}`,
      (job: Job) => perform(doers, job, complain),
      {
        ...link.options,
        concurrency: concurrency[lane],
        // The job of a worker that was killed is taken over after at most 20 + 5 seconds.
        lockDuration: 20_000,
        stalledInterval: 5_000,
        maxStalledCount: 10,
      },
      link.backend,
    )
    worker.on('error', complain)
    worker.on('failed', (job, error) => report(log, job, error))
    return worker
  })
  const keep = () => keepSchedule(queues).catch(complain)
  keep()
  // A Redis that was emptied has no schedules; until they are back nothing is swept.
  const timer = setInterval(keep, 15_000)
  return async () => {
    clearInterval(timer)
    // A running job may finish. With the engine away there is none to wait for, and BullMQ would wait
    // for ever; it only ever listens to the first close, so this must be decided before.
    const isAway = !link.isReady()
    const closed = Promise.allSettled(workers.map((worker) => worker.close(isAway)))
    await within(10_000, closed, [])
    link.disconnect()
  }
}

function perform(doers: Doers, job: Job, complain: Complain): Promise<void> {
  const name = job.name
  if (!isJobName(name)) throw new UnrecoverableError(`There is no job "${name}" any more.`)
  const attempt = job.attemptsMade + 1
  return doIt(doers, name, job.data, {
    attempt,
    isLastAttempt: attempt >= jobs[name].attempts,
    progress: (percent) => void job.updateProgress(percent).catch(complain),
  }).catch(refuse)
}

/**
 * What was refused is refused again however often it is tried. BullMQ stores what is thrown: text that
 * JSON or Postgres does not take would leave the job running for ever.
 */
function refuse(error: unknown): never {
  const message = storable(error instanceof Error ? error.message : String(error))
  if (error instanceof ParleyError && error.code !== 'unavailable')
    throw new UnrecoverableError(message)
  if (error instanceof Error && message === error.message && isStorable(error.stack ?? ''))
    throw error
  throw Object.assign(new Error(message, { cause: error }), { code: codeOf(error) })
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{fffd}')
}

function isStorable(text: string): boolean {
  return text === storable(text)
}

function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobs, name)
}

/** Checks the payload, which may come from another version of Parley, and calls the doer. */
function doIt<Name extends JobName>(
  doers: Doers,
  name: Name,
  data: unknown,
  running: Running,
): Promise<void> {
  const parsed = jobs[name].payload.safeParse(data)
  if (!parsed.success) throw new UnrecoverableError(`The job ${name} carries something unknown.`)
  // The schema is the one of this name; the compiler cannot follow a schema looked up by a variable.
  return doers[name](parsed.data as Payload<Name>, running)
}

/** Puts every schedule back that is missing or has changed, and removes those no longer known. */
async function keepSchedule(queues: Queues): Promise<void> {
  for (const lane of lanes) {
    const queue = queues[lane]
    const known = await queue.getJobSchedulers()
    for (const name of Object.keys(jobs).filter(isJobName)) {
      const job = jobs[name]
      if (!('everyMs' in job) || job.lane !== lane) continue
      if (known.some(({ key, every }) => key === name && Number(every) === job.everyMs)) continue
      const template = { name, data: {}, opts: { attempts: job.attempts } }
      await queue.upsertJobScheduler(name, { every: job.everyMs }, template)
    }
    for (const { key } of known) {
      const job = isJobName(key) ? jobs[key] : undefined
      if (!job || !('everyMs' in job) || job.lane !== lane) await queue.removeJobScheduler(key)
    }
  }
}

function report(log: Log, job: Job | undefined, error: Error): void {
  const isFinal =
    error instanceof UnrecoverableError || (job && job.attemptsMade >= (job.opts.attempts ?? 1))
  const about = { err: error, job: job?.id, attempt: job?.attemptsMade }
  if (isFinal) log.error(about, 'A job failed and is given up.')
  else log.warn(about, 'A job failed and will be tried again.')
}

/** Says once that the engine is away and once that it is back, however often BullMQ finds out. */
function complainer(engine: Engine, log: Log): Complain {
  const remedy =
    engine.type === 'redis'
      ? 'Check REDIS_URL and whether Redis runs, or remove REDIS_URL to use Postgres.'
      : 'It lives in the database: check whether Postgres runs.'
  let isAway = false
  /** When each error was last written down, and how often it came since. */
  const told = new LRUCache<string, { at: number; more: number }>({ max: 100 })
  const flood = (error: unknown, message: string) => {
    const known = told.get(message)
    if (known && performance.now() - known.at < 60_000) return void known.more++
    told.set(message, { at: performance.now(), more: 0 })
    const more = known && known.more > 0 ? { timesSince: known.more } : {}
    log.error({ err: error, ...more }, 'The queue reported an error.')
  }
  const complain = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    if (message.startsWith('Connection is closed')) return
    if (asParleyError(error)?.code !== 'unavailable') return flood(error, message)
    if (isAway) return
    isAway = true
    log.warn(
      `The queue cannot be reached (${codeOf(error) || message}). Labeling goes on; exports and reminders wait. Parley keeps trying. ${remedy}`,
    )
  }
  const isBack = () => {
    if (isAway) log.info('The queue is back.')
    isAway = false
  }
  return Object.assign(complain, { isBack })
}

function byLane(make: (lane: Lane) => BullQueue): Queues {
  return { quick: make('quick'), send: make('send'), long: make('long') }
}

/** The promise's value, or `otherwise` when it takes longer; the promise itself goes on. */
function within<Value>(ms: number, promise: Promise<Value>, otherwise: Value): Promise<Value> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => done(otherwise), ms)
    promise.then(done, fail).finally(() => clearTimeout(timer))
  })
}
