/**
 * Every job there is, in one table: what it carries, how often it is tried, when it runs by itself.
 * Payloads are ids only, and every job is idempotent: Postgres holds the truth, a job is a doorbell.
 */

import { z } from 'zod'
import { PlatformName } from '../platforms/schema.ts'

export const lanes = ['quick', 'send', 'long', 'model'] as const
export type Lane = (typeof lanes)[number]

type Job = {
  payload: z.ZodObject
  /** `send` jobs wait for platforms, one for each workspace; `long` jobs wait for each other, never in front of the quick ones; `model` jobs wait for model servers. */
  lane: Lane
  attempts: number
  /** The wait before the second attempt; it doubles with each further one. */
  backoffMs: number
  everyMs?: number
  /**
   * A ring while it runs has it run once more, and the newest ring says when a job that is put off
   * begins. Others drop a ring while one of the same id waits or runs.
   */
  isRungAnew?: boolean
}

const aMinute = 60_000
const nothing = z.strictObject({})

export const jobs = {
  /** Rung again at the moment the worker that holds the export would be known to be dead. */
  'write-export': {
    payload: z.strictObject({ exportId: z.string() }),
    lane: 'long',
    attempts: 5,
    backoffMs: 1_000,
    isRungAnew: true,
  },
  /** A file that was given in chat; rung again as an export is. */
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
   * Sends what is due in one workspace, by one worker at a time. The rows know their attempts; that it
   * is tried for two minutes is for a database that is away. A lost ring is swept.
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
   * Paints the messages of one workspace whose rows have changed. `turn` is the second it is due in:
   * a ring for later never stands in the way of one for now.
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
  },
  /** Feeds what is due to other datasets; the sweep rings where something is. */
  feed: { payload: nothing, lane: 'long', attempts: 1, backoffMs: 0 },
  'expire-leases': { payload: nothing, lane: 'quick', attempts: 1, backoffMs: 0, everyMs: aMinute },
  /** Rings again for every row that waits and whose ring was lost. */
  sweep: { payload: nothing, lane: 'quick', attempts: 1, backoffMs: 0, everyMs: aMinute },
} as const satisfies Record<string, Job>

export type JobName = keyof typeof jobs
export type Payload<Name extends JobName> = z.output<(typeof jobs)[Name]['payload']>

export type Ring = {
  /**
   * Wakes the worker for a job. Resolves within 50 ms and never rejects: false means the ring may be
   * lost, and that the sweep will find the row. A job that waits already is not added twice.
   */
  ring<Name extends JobName>(
    name: Name,
    payload: Payload<Name>,
    options?: { delayMs?: number },
  ): Promise<boolean>
}

/** What a doer learns about its job besides the payload. */
export type Running = { attempt: number; isLastAttempt: boolean; progress(percent: number): void }

/** One doer for each job: a job without a doer does not compile. */
export type Doers = {
  [Name in JobName]: (payload: Payload<Name>, running: Running) => Promise<void>
}

/** The job's id: two rings for the same row are one job. BullMQ allows no ':' in ids. */
export function jobId(name: JobName, payload: Readonly<Record<string, unknown>>): string {
  const ids = Object.values(payload).map((id) => encodeURIComponent(String(id)))
  return [name, ...ids].join('-')
}
