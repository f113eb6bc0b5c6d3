/**
 * The worker's verb: writes an export that was started and sends it to its requester.
 *
 * 1. A worker claims the row: its attempt gets a number, and a heartbeat says that it lives.
 * 2. It writes parts whose names carry that number, so that two writers never share a file.
 * 3. When all is on disk it locks the row. Still its attempt? Then the parts take their names and the
 *    row says `written`, in one transaction; else somebody took over, and the parts are removed.
 * 4. The files go to the requester, and the row is `done` (send-files.ts).
 *
 * A dead worker's heartbeat expires. A worker that finds it still fresh schedules a job for the moment
 * it will have expired, and another worker starts again; the sweep covers lost jobs.
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { getDatasetById } from '../../datasets/dataset.ts'
import { conflict } from '../../errors.ts'
import { inTransaction, type Parley } from '../../parley.ts'
import { failRow, freeAt, holdRows, isFree, isHeld, silentMs, taken } from '../../row-lease.ts'
import type { Export } from '../options.ts'
import { exportName, type Written, writeFiles } from '../write-files.ts'
import { exportColumns, getExport, keepDays, readExport, writingLease } from './export.ts'
import { deliverExport, repaintExport, reportExport, tellFailure } from './send-files.ts'

/** Writes and delivers it. Skips steps that are done already or held by another worker. */
export async function writeExport(
  parley: Parley,
  exportId: string,
  running: { isLastAttempt?: boolean; onProgress?: (rows: number) => void } = {},
): Promise<void> {
  const claimed = await claimExport(parley, exportId)
  try {
    if (claimed) await writeClaimed(parley, claimed, running)
  } catch (error) {
    // Cancelled: the parts are removed already.
    if (claimed && (await getExport(parley, exportId)).state === 'cancelled')
      return repaintExport(parley, exportId)
    await tellFailure(parley, exportId)
    throw error
  }
  await deliverExport(parley, exportId)
  if (!claimed) await ringWhenStale(parley, exportId)
}

/** Another worker holds it: if that worker dies, work continues when its lease expires. */
async function ringWhenStale(parley: Parley, exportId: string): Promise<void> {
  const held = await parley.db
    .selectFrom('exports')
    .select('heartbeatAt')
    .where('id', '=', exportId)
    .where('state', 'in', ['writing', 'written'])
    .executeTakeFirst()
  if (!held?.heartbeatAt) return
  const delayMs = Math.max(1_000, freeAt(held.heartbeatAt).getTime() - parley.now().getTime())
  await parley.queue.ring('write-export', { exportId }, { delayMs })
}

/** Requeues exports whose job was lost or whose worker died; removes expired files. */
export async function sweepExports(parley: Parley): Promise<void> {
  const now = parley.now()
  const waiting = await parley.db
    .selectFrom('exports')
    .select('id')
    .where('state', 'in', ['queued', 'writing', 'written'])
    .where(isFree(writingLease, now))
    .where('createdAt', '<', new Date(now.getTime() - silentMs))
    .orderBy('id')
    .limit(100)
    .execute()
  for (const { id } of waiting) await parley.queue.ring('write-export', { exportId: id })
  await expireExports(parley)
}

/** Removes files a week after they were written, or at once after a cancel. */
async function expireExports(parley: Parley): Promise<void> {
  const now = parley.now()
  const week = new Date(now.getTime() - keepDays * 24 * 60 * 60 * 1000)
  // A writer that was cancelled notices at its next heartbeat; its folder goes after that.
  const stale = new Date(now.getTime() - silentMs)
  const due = await parley.db
    .selectFrom('exports')
    .select('id')
    .where('expiredAt', 'is', null)
    .where((is) =>
      is.or([
        is('finishedAt', '<', week),
        is.and([is('state', 'in', ['cancelled', 'failed']), is('finishedAt', '<', stale)]),
      ]),
    )
    .where('state', 'in', ['done', 'failed', 'cancelled'])
    .orderBy('id')
    .limit(100)
    .execute()
  for (const { id } of due) {
    // The path is derived from the row's number alone.
    await rm(join(parley.dataDir, 'exports', id), { recursive: true, force: true })
    await parley.db.updateTable('exports').set({ expiredAt: now }).where('id', '=', id).execute()
  }
}

async function claimExport(parley: Parley, exportId: string): Promise<Export | null> {
  const now = parley.now()
  const row = await parley.db
    .updateTable('exports')
    .set({ ...taken(writingLease, now), state: 'writing', rows: '0', problem: null })
    .where('id', '=', exportId)
    .where((is) =>
      is.or([
        is('state', '=', 'queued'),
        is.and([is('state', '=', 'writing'), isFree(writingLease, now)]),
      ]),
    )
    .returning(exportColumns)
    .executeTakeFirst()
  return row ? readExport(row) : null
}

async function writeClaimed(
  parley: Parley,
  claimed: Export,
  running: { isLastAttempt?: boolean; onProgress?: (rows: number) => void },
): Promise<void> {
  const dataset = await getDatasetById(parley, claimed.datasetId)
  const directory = join(parley.dataDir, 'exports', claimed.id)
  const name = exportName(dataset.name, claimed.options)
  let rows = 0
  const from = performance.now()
  const format = claimed.options.as
  const holding = holdRows(parley, writingLease, () => [claimed], {
    set: () => ({ rows: String(rows) }),
    report: () => reportExport(parley, claimed, dataset.name, rows),
    reason: takenOver,
  })
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await removeParts(directory)
    const written = await writeFiles(parley, {
      datasetId: claimed.datasetId,
      options: claimed.options,
      target: { directory, name },
      part: String(claimed.attempt),
      createdAt: claimed.createdAt,
      signal: holding.lost,
      onRows: (now) => {
        rows = now
        running.onProgress?.(rows)
      },
    })
    await publish(parley, claimed, directory, written)
    parley.metrics?.count('parley_exports_total', { format, result: 'written' })
    parley.metrics?.count('parley_export_rows_total', { format }, written.manifest.counts.emitted)
    parley.metrics?.time('parley_export_seconds', {}, (performance.now() - from) / 1000)
  } catch (error) {
    await failRow(parley, writingLease, claimed, {
      error,
      isLastAttempt: running.isLastAttempt ?? false,
    })
    await noteFinished(parley, claimed)
    throw error
  } finally {
    await holding.stop()
  }
}

/** Runs under the lock of the row: a worker that took over wins, and files get their names only once. */
async function publish(
  parley: Parley,
  claimed: Export,
  directory: string,
  written: Written,
): Promise<void> {
  const { candidates, emitted } = written.manifest.counts
  const isMine = await inTransaction(parley, async (inside) => {
    const updated = await inside.db
      .updateTable('exports')
      .set({
        state: claimed.requestedBy ? 'written' : 'done',
        rows: String(emitted),
        candidates: String(candidates),
        directory,
        files: JSON.stringify(written.files),
        heartbeatAt: null,
        finishedAt: parley.now(),
      })
      .where(isHeld(writingLease, claimed))
      .returning('id')
      .executeTakeFirst()
    if (updated) await written.publish()
    await noteFinished(inside, claimed)
    return updated !== undefined
  }).catch(async (error: unknown) => {
    await written.discard()
    throw error
  })
  if (isMine) return
  await written.discard()
  throw takenOver()
}

/** For endpoints that subscribe to it; an export that has not ended by then is not reported. */
async function noteFinished(parley: Parley, { id, datasetId }: Export): Promise<void> {
  await sql`select note_events(${datasetId}, 'export', array[${id}::bigint])`.execute(parley.db)
}

function takenOver() {
  return conflict('Another worker took this export over.')
}

/** Parts of earlier attempts: their writers are dead, or will notice that they lost the lease. */
async function removeParts(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => [])
  for (const name of names)
    if (name.endsWith('.part')) await rm(join(directory, name), { recursive: true, force: true })
}
