/**
 * Gauges, read when somebody scrapes. What needs SQL is one transaction over partial indexes of open rows,
 * with a limit on each count and on its time, kept for five seconds: it costs the same for any number
 * of records and scrapers.
 */
import { type OpenRows, readOpenRows } from '../db/open-rows.ts'
import type { Parley } from '../parley.ts'
import type { Lane } from '../queue/jobs.ts'
import type { Gauges } from './names.ts'

/** What gauges are read from. */
export type Watched = {
  parley: Pick<Parley, 'db' | 'now'>
  pools: Readonly<Record<string, Pool>>
  /** How many jobs each lane holds. @throws if the queue is unreachable */
  depth(): Promise<Record<Lane, { waiting: number; active: number; delayed: number }>>
}

export type Pool = {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  readonly options: { max?: number | undefined }
}

const keepMs = 5_000
/** A scraper waits ten seconds; a database that does not answer must not use them up. */
const readWithinMs = 3_000

/** Returns what renews all gauges; two that ask at once share one reading. */
export function openGauges(
  watched: Watched,
  { set, reset }: Gauges & { reset(): void },
): () => Promise<void> {
  let kept: { at: number; reading: Promise<Stored> } | null = null
  return async () => {
    if (!kept || performance.now() - kept.at > keepMs)
      kept = { at: performance.now(), reading: readStored(watched) }
    const { database, depth } = await kept.reading
    reset()
    setPools(watched.pools, set)
    set('parley_database_up', {}, database ? 1 : 0)
    set('parley_queue_up', {}, depth ? 1 : 0)
    for (const [lane, states] of Object.entries(depth ?? {}))
      for (const [state, jobs] of Object.entries(states))
        set('parley_queue_jobs', { lane, state }, jobs)
    if (database) setDatabase(database, set)
  }
}

type Stored = { database: OpenRows | null; depth: Awaited<ReturnType<Watched['depth']>> | null }

async function readStored({ parley, depth }: Watched): Promise<Stored> {
  const [database, jobs] = await Promise.all([
    orNull(readOpenRows(parley, readWithinMs)),
    orNull(depth()),
  ])
  return { database, depth: jobs }
}

/** Null if it fails or takes too long. */
async function orNull<Value>(work: Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), readWithinMs)
  })
  return Promise.race([work.catch(() => null), late]).finally(() => clearTimeout(timer))
}

function setDatabase(found: OpenRows, set: Gauges['set']): void {
  for (const { platform, state, rows } of found.deliveries)
    set('parley_deliveries_open', { platform, state }, rows)
  set('parley_deliveries_late', {}, found.deliveriesLate)
  set('parley_reminders_late', {}, found.remindersLate)
  set('parley_reminder_lag_seconds', {}, found.reminderLag)
  for (const { state, rows } of found.exports) set('parley_exports_open', { state }, rows)
  set('parley_imports_open', {}, found.imports)
}

function setPools(pools: Watched['pools'], set: Gauges['set']): void {
  for (const [pool, { totalCount, idleCount, waitingCount, options }] of Object.entries(pools)) {
    set('parley_db_pool_connections', { pool, state: 'idle' }, idleCount)
    set('parley_db_pool_connections', { pool, state: 'busy' }, totalCount - idleCount)
    set('parley_db_pool_max', { pool }, options.max ?? 10)
    set('parley_db_pool_waiting', { pool }, waitingCount)
  }
}
