/**
 * Lets many wait for records to change at the cost of one: while anybody waits, one statement in half a
 * second looks at all of their records at once. Nobody holds a connection.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Parley } from '../../parley.ts'

/** A record by its dataset and its own id. */
export type Watched = { datasetId: string; recordId: string }

export type Watch = {
  /** What is known of a record now, as a text that differs once anything of it has changed. */
  mark(record: Watched): Promise<string>
  /**
   * Resolves once the record is no longer as it was marked, the time has passed, or `signal` aborts.
   * False, at once, where too many wait already or this process stops.
   */
  change(
    record: Watched,
    mark: string,
    options: { ms: number; signal?: AbortSignal | undefined },
  ): Promise<boolean>
}

const everyMs = 500
/** How many requests may wait in one process; further ones get the current result. */
const mostWaiting = 1_000

type Waiter = { record: Watched; mark: string; wake(): void }

export function openWatch(parley: Parley, most = mostWaiting): Watch {
  const waiting = new Set<Waiter>()
  let isLooking = false
  const wakeAll = () => {
    for (const waiter of waiting) waiter.wake()
  }
  const look = async () => {
    if (isLooking) return
    isLooking = true
    try {
      while (waiting.size > 0) {
        await delay(everyMs, undefined, { ref: false })
        const marks = await marksOf(
          parley,
          [...waiting].map(({ record }) => record),
        )
        for (const waiter of waiting)
          if (marks.get(keyOf(waiter.record)) !== waiter.mark) waiter.wake()
      }
    } catch {
      // Callers ask again themselves and learn why there is no answer.
      wakeAll()
    } finally {
      isLooking = false
    }
  }
  parley.stopping?.addEventListener('abort', wakeAll, { once: true })
  return {
    mark: async (record) => (await marksOf(parley, [record])).get(keyOf(record)) ?? '',
    change: async (record, mark, { ms, signal }) => {
      const isPointless = signal?.aborted || parley.stopping?.aborted
      if (isPointless || waiting.size >= most) return false
      await new Promise<void>((resolve) => {
        const waiter: Waiter = { record, mark, wake: () => end() }
        const timer = setTimeout(() => end(), ms)
        const end = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', end)
          waiting.delete(waiter)
          resolve()
        }
        signal?.addEventListener('abort', end, { once: true })
        waiting.add(waiter)
        void look()
      })
      return true
    },
  }
}

/**
 * Reads until it is enough, for `wait` seconds at the latest. Marked before each look, so that no change
 * is missed in between. `isEnough` of what it returns may be false.
 */
export async function waitFor<Read>(input: {
  watch: Watch
  record: Watched
  wait: number
  signal?: AbortSignal | undefined
  read(): Promise<Read>
  isEnough(read: Read): boolean
}): Promise<Read> {
  const { watch, record, wait, signal, read, isEnough } = input
  const until = performance.now() + wait * 1000
  for (;;) {
    const mark = wait > 0 ? await watch.mark(record) : ''
    const last = await read()
    const ms = until - performance.now()
    if (isEnough(last) || ms <= 0 || signal?.aborted) return last
    if (!(await watch.change(record, mark, { ms, signal }))) return last
  }
}

function keyOf({ datasetId, recordId }: Watched): string {
  return `${datasetId} ${recordId}`
}

/** Places say what was counted and skipped; revisions, what was edited. */
async function marksOf(
  parley: Parley,
  records: readonly Watched[],
): Promise<ReadonlyMap<string, string>> {
  const all = new Map(records.map((record) => [keyOf(record), record]))
  const datasets = [...all.values()].map(({ datasetId }) => datasetId)
  const ids = [...all.values()].map(({ recordId }) => recordId)
  const { rows } = await sql<Watched & { mark: string }>`
    select u.dataset_id, u.record_id, concat_ws(' ', p.wanted, p.counted, p.leased, p.discards,
      p.rejected, p.polled, p.posted, p.needs_outputs, p.until <= ${parley.now()},
      s.answers, s.revisions) as mark
    from unnest(${datasets}::bigint[], ${ids}::bigint[]) as u(dataset_id, record_id)
    cross join lateral (
      select * from places p where p.dataset_id = u.dataset_id and p.record_id = u.record_id offset 0
    ) p cross join lateral (
      select count(*) as answers, sum(s.revision) as revisions from responses s
      where s.record_id = u.record_id and s.dataset_id is not distinct from u.dataset_id
    ) s`.execute(parley.db)
  return new Map(rows.map((row) => [keyOf(row), row.mark]))
}
