/**
 * The queue: BullMQ on Redis if configured, otherwise on BullMQ's Postgres backend in our own database.
 * Only this folder imports BullMQ.
 * 1. A verb writes a row, commits, and rings: `ring('write-export', { exportId })`.
 * 2. The ring is one BullMQ job whose id is made of its payload: ringing twice is ringing once. Some
 *    jobs are rung again while they run; of those BullMQ keeps one running and one waiting.
 * 3. A worker takes the job, checks the payload and calls its doer. A refusal (ParleyError) is final,
 *    anything else is tried again with a doubling wait.
 * 4. Finished and failed jobs are removed at once: the row records the outcome.
 * 5. A ring that got lost (Redis down, FLUSHALL) is rung again by the `sweep` job, which runs each
 *    minute; the schedule itself is put back every 15 seconds.
 */

import { Queue as BullQueue } from 'bullmq'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics/names.ts'
import { complainer } from './complain.ts'
import { type Engine, type Health, linkTo, makeTables, type Queues } from './engine.ts'
import {
  type Doers,
  type JobName,
  jobId,
  jobs,
  type Lane,
  lanes,
  type Payload,
  type Ring,
} from './jobs.ts'
import { within } from './within.ts'
import { startWorkers } from './worker.ts'

export type Queue = Ring & {
  engine: Engine['type']
  /** Begins to take jobs and keeps the schedule. Does not wait for an unreachable Redis. */
  startWorker(doers: Doers): void
  /** How many jobs wait, run or are delayed. @throws if the engine is unreachable. */
  counts(): Promise<Depth>
  /** The same by lane. */
  depth(): Promise<Record<Lane, Depth>>
  health(): Promise<Health>
  close(): Promise<void>
}

/** How many jobs wait, run or are delayed. */
type Depth = { waiting: number; active: number; delayed: number }

/** Opens the queue, without taking jobs yet. `metrics` counts what this process does. */
export async function openQueue(engine: Engine, log: Log, metrics?: Metrics): Promise<Queue> {
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
      stopWorker = startWorkers(engine, queues, doers, { log, complain, metrics })
    },
    counts: async () => {
      const all = Object.values(await countJobs(queues))
      const sum = (state: keyof Depth) => all.reduce((total, each) => total + each[state], 0)
      return { waiting: sum('waiting'), active: sum('active'), delayed: sum('delayed') }
    },
    depth: () => countJobs(queues),
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

async function countJobs(queues: Queues): Promise<Record<Lane, Depth>> {
  const count = async (lane: Lane): Promise<Depth> => {
    const counts = await queues[lane].getJobCounts('wait', 'prioritized', 'active', 'delayed')
    const of = (state: string) => counts[state] ?? 0
    return {
      waiting: of('wait') + of('prioritized'),
      active: of('active'),
      delayed: of('delayed'),
    }
  }
  const counts = await Promise.all(lanes.map(count))
  return byLane((lane) => counts[lanes.indexOf(lane)] ?? { waiting: 0, active: 0, delayed: 0 })
}

/** At most this many rings are buffered while the engine is unreachable: the sweep finds the other rows. */
const mostPending = 1_000

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

function byLane<Made>(make: (lane: Lane) => Made): Record<Lane, Made> {
  const [quick, send, long] = [make('quick'), make('send'), make('long')]
  return { quick, send, long, model: make('model'), hook: make('hook') }
}
