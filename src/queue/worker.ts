/**
 * Takes jobs from the queue, checks their payload and calls their handler; keeps the schedule. Decides
 * what happens to failed jobs.
 */

import { type Job, UnrecoverableError, Worker } from 'bullmq'
import { codeOf, ParleyError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics/names.ts'
import { type Complain, type Engine, linkTo, type Queues } from './engine.ts'
import {
  type Doers,
  type JobName,
  jobs,
  type Lane,
  lanes,
  type Payload,
  type Running,
} from './jobs.ts'
import { within } from './within.ts'

const concurrency: Record<Lane, number> = { quick: 8, send: 16, long: 1, model: 16, hook: 32 }

export function startWorkers(
  engine: Engine,
  queues: Queues,
  doers: Doers,
  { log, complain, metrics }: { log: Log; complain: Complain; metrics: Metrics | undefined },
): () => Promise<void> {
  const link = linkTo(engine, complain)
  const workers = lanes.map((lane) => {
    const worker = new Worker(
      `parley-${lane}`,
      (job: Job) => timed(metrics, job, perform(doers, job, complain)),
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
    worker.on('failed', (job, error) => report(log, metrics, job, error))
    return worker
  })
  const keep = () => keepSchedule(queues).catch(complain)
  keep()
  // An emptied Redis has no schedules; until they are restored nothing is swept.
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
 * A refusal would be refused on every retry. BullMQ stores the error: text that JSON or Postgres rejects
 * would leave the job running forever.
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

/** Checks the payload, which may come from another version of Parley, and calls the handler. */
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

/** Restores schedules that are missing or have changed, and removes unknown ones. */
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

/** Tells operators how long a job ran; a failure is counted once BullMQ decided what follows. */
async function timed(metrics: Metrics | undefined, job: Job, work: Promise<void>): Promise<void> {
  const from = performance.now()
  try {
    await work
    if (isJobName(job.name)) metrics?.count('parley_jobs_total', { job: job.name, result: 'done' })
  } finally {
    if (isJobName(job.name))
      metrics?.time('parley_job_seconds', { job: job.name }, (performance.now() - from) / 1000)
  }
}

function report(log: Log, metrics: Metrics | undefined, job: Job | undefined, error: Error): void {
  const isFinal =
    error instanceof UnrecoverableError || (job && job.attemptsMade >= (job.opts.attempts ?? 1))
  const about = { err: error, job: job?.id, attempt: job?.attemptsMade }
  if (job && isJobName(job.name))
    metrics?.count('parley_jobs_total', { job: job.name, result: isFinal ? 'failed' : 'retried' })
  if (isFinal) log.error({ event: 'job.failed', ...about }, 'A job failed and is given up.')
  else log.warn({ event: 'job.retried', ...about }, 'A job failed and will be tried again.')
}
