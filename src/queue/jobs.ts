/**
 * All jobs in one table: payload, attempts, schedule. Payloads are only ids, and every job is
 * idempotent: Postgres is the source of truth, a job is a doorbell.
 */

import { z } from 'zod'
import { PlatformName } from '../platforms/schema.ts'

export const lanes = ['quick', 'send', 'long', 'model', 'hook'] as const
export type Lane = (typeof lanes)[number]

type Job = {
  payload: z.ZodObject
  /** `send` jobs wait for platforms, one for each workspace; `long` jobs wait for each other, never in front of the quick ones; `model` jobs wait for model servers; `hook` jobs for other people's servers, one for each endpoint. */
  lane: Lane
  attempts: number
  /** The wait before the second attempt; it doubles with each further one. */
  backoffMs: number
  everyMs?: number
  /**
   * Ringing while it runs makes it run once more, and the latest ring sets when a delayed job begins.
   * Other jobs drop a ring while one of the same id waits or runs.
   */
  isRungAnew?: boolean
}

const aMinute = 60_000
const nothing = z.strictObject({})

export const jobs = {
  /** Rung again when the lease of the worker that holds the export would expire. */
  'write-export': {
    payload: z.strictObject({ exportId: z.string() }),
    lane: 'long',
    attempts: 5,
    backoffMs: 1_000,
    isRungAnew: true,
  },
  /** A file given in chat; rung again like an export. */
  'read-import': {
    payload: z.strictObject({ importId: z.string() }),
    lane: 'long',
    attempts: 5,
    backoffMs: 1_000,
    isRungAnew: true,
  },
  /** Has models write outputs; rung again as an export is. Hours long, it holds up no other job. */
  'generate-outputs': {
    payload: z.strictObject({ generationId: z.string() }),
    lane: 'model',
    attempts: 5,
    backoffMs: 1_000,
    isRungAnew: true,
  },
  /** Has two models answer a question; rung again as an export is. */
  'run-battle': {
    payload: z.strictObject({ battleId: z.string() }),
    lane: 'model',
    attempts: 5,
    backoffMs: 1_000,
    isRungAnew: true,
  },
  /**
   * Sends due messages of one workspace, by one worker at a time. The rows count their attempts; the job is
   * retried for two minutes in case the database is unreachable. The sweep covers a lost ring.
   */
  deliver: {
    payload: z.strictObject({ platform: PlatformName, workspace: z.string() }),
    lane: 'send',
    attempts: 8,
    backoffMs: 1_000,
    isRungAnew: true,
  },
  /** Closes a post at its time; the sweep closes what a lost ring left open. */
  'close-post': {
    payload: z.strictObject({ postId: z.string() }),
    lane: 'quick',
    attempts: 5,
    backoffMs: 1_000,
  },
  /**
   * Paints the messages of one workspace whose rows have changed. `turn` is the second it is due in, so that
   * a later ring never blocks an earlier one. Rung for while it ends, it looks once more: the change may
   * have come after its last look.
   */
  repaint: {
    payload: z.strictObject({
      platform: PlatformName,
      workspace: z.string(),
      turn: z.string(),
    }),
    lane: 'send',
    attempts: 8,
    backoffMs: 1_000,
    isRungAnew: true,
  },
  /** Feeds due records to other datasets; the sweep rings if there are any. */
  feed: { payload: nothing, lane: 'long', attempts: 1, backoffMs: 0 },
  /** Invites people to questions of programs, and ends those whose deadline has passed. */
  'tend-asks': { payload: nothing, lane: 'quick', attempts: 3, backoffMs: 1_000, isRungAnew: true },
  /** Makes events of what happened, for endpoints; the sweep rings if anything is due. */
  'make-events': { payload: nothing, lane: 'hook', attempts: 1, backoffMs: 0, isRungAnew: true },
  /**
   * Sends due events to one endpoint, by one worker at a time. The rows count their attempts; the job is
   * retried for two minutes in case the database is unreachable. The sweep covers a lost ring.
   */
  'send-events': {
    payload: z.strictObject({ endpointId: z.string() }),
    lane: 'hook',
    attempts: 8,
    backoffMs: 1_000,
    isRungAnew: true,
  },
  /** Reads records for searches; rings itself again while more waits. */
  'read-records': {
    payload: nothing,
    lane: 'quick',
    attempts: 1,
    backoffMs: 0,
    everyMs: aMinute,
    isRungAnew: true,
  },
  'expire-leases': { payload: nothing, lane: 'quick', attempts: 1, backoffMs: 0, everyMs: aMinute },
  /** Rings again for every waiting row whose ring was lost. */
  sweep: { payload: nothing, lane: 'quick', attempts: 1, backoffMs: 0, everyMs: aMinute },
} as const satisfies Record<string, Job>

export type JobName = keyof typeof jobs
export type Payload<Name extends JobName> = z.output<(typeof jobs)[Name]['payload']>

export type Ring = {
  /**
   * Wakes the worker for a job. Resolves within 50 ms once the queue is open, and never rejects: false means the ring may be
   * lost, and that the sweep will find the row. A job that waits already is not added twice.
   */
  ring<Name extends JobName>(
    name: Name,
    payload: Payload<Name>,
    options?: { delayMs?: number },
  ): Promise<boolean>
}

/** What a handler gets besides the payload. */
export type Running = { attempt: number; isLastAttempt: boolean; progress(percent: number): void }

/** One handler for each job: a job without a handler does not compile. */
export type Doers = {
  [Name in JobName]: (payload: Payload<Name>, running: Running) => Promise<void>
}

/** The job's id: two rings for the same row are one job. BullMQ allows no ':' in ids. */
export function jobId(name: JobName, payload: Readonly<Record<string, unknown>>): string {
  const ids = Object.values(payload).map((id) => encodeURIComponent(String(id)))
  return [name, ...ids].join('-')
}
