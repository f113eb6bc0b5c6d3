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
import { getDatasetById } from '../../datasets/dataset.ts'
import { asParleyError, conflict } from '../../errors.ts'
import { inTransaction, type Parley } from '../../parley.ts'
import type { Export } from '../options.ts'
import { exportName, type Written, writeFiles } from '../write-files.ts'
import {
  exportColumns,
  getExport,
  heartbeatMs,
  keepDays,
  readExport,
  staleAfterMs,
} from './export.ts'
import { deliverExport, repaintExport, reportExport, tellFailure } from './send-files.ts'

/** Writes it and delivers it. Whatever is done already, or in somebody else's hands, is left alone. */
export async function writeExport(
  parley: Parley,
  exportId: string,
  running: { isLastAttempt?: boolean; onProgress?: (rows: number) => void } = {},
): Promise<void> {
  const claimed = await claimExport(parley, exportId)
  try {
    if (claimed) await writeClaimed(parley, claimed, running)
  } catch (error) {
    // Somebody cancelled it: the parts are gone already, and that is what was asked for.
    if (claimed && (await getExport(parley, exportId)).state === 'cancelled')
      return repaintExport(parley, exportId)
    await tellFailure(parley, exportId)
    throw error
  }
  await deliverExport(parley, exportId)
  if (!claimed) await ringWhenStale(parley, exportId)
}

/** Another worker holds it: if that worker dies, work continues as soon as this can be known. */
async function ringWhenStale(parley: Parley, exportId: string): Promise<void> {
  const held = await parley.db
    .selectFrom('exports')
    .select('heartbeatAt')
    .where('id', '=', exportId)
    .where('state', 'in', ['writing', 'written'])
    .executeTakeFirst()
  if (!held?.heartbeatAt) return
  const silentFor = parley.now().getTime() - held.heartbeatAt.getTime()
  const delayMs = Math.max(0, staleAfterMs - silentFor) + 1_000
  await parley.queue.ring('write-export', { exportId }, { delayMs })
}

/** Requeues exports whose job was lost or whose worker died; removes expired files. */
export async function sweepExports(parley: Parley): Promise<void> {
  const stale = new Date(parley.now().getTime() - staleAfterMs)
  const waiting = await parley.db
    .selectFrom('exports')
    .select('id')
    .where('state', 'in', ['queued', 'writing', 'written'])
    .where((is) => is.or([is('heartbeatAt', 'is', null), is('heartbeatAt', '<', stale)]))
    .where('createdAt', '<', stale)
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
  const stale = new Date(now.getTime() - staleAfterMs)
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
    // The path is made of the row's number alone, whatever the row says of it.
    await rm(join(parley.dataDir, 'exports', id), { recursive: true, force: true })
    await parley.db.updateTable('exports').set({ expiredAt: now }).where('id', '=', id).execute()
  }
}

async function claimExport(parley: Parley, exportId: string): Promise<Export | null> {
  const now = parley.now()
  const stale = new Date(now.getTime() - staleAfterMs)
  const row = await parley.db
    .updateTable('exports')
    .set((is) => ({
      state: 'writing',
      attempt: is('attempt', '+', 1),
      heartbeatAt: now,
      rows: '0',
      problem: null,
    }))
    .where('id', '=', exportId)
    .where((is) =>
      is.or([
        is('state', '=', 'queued'),
        is.and([
          is('state', '=', 'writing'),
          is.or([is('heartbeatAt', 'is', null), is('heartbeatAt', '<', stale)]),
        ]),
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
  const pulse = startPulse(parley, claimed, dataset.name)
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await removeParts(directory)
    const written = await writeFiles(parley, {
      datasetId: claimed.datasetId,
      options: claimed.options,
      target: { directory, name },
      part: String(claimed.attempt),
      createdAt: claimed.createdAt,
      signal: pulse.lost,
      onRows: (rows) => {
        pulse.beat(rows)
        running.onProgress?.(rows)
      },
    })
    await publish(parley, claimed, directory, written)
  } catch (error) {
    await noteFailure(parley, claimed, error, running.isLastAttempt ?? false)
    throw error
  } finally {
    await pulse.stop()
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
      .where('id', '=', claimed.id)
      .where('attempt', '=', claimed.attempt)
      .where('state', '=', 'writing')
      .returning('id')
      .executeTakeFirst()
    if (updated) await written.publish()
    return updated !== undefined
  }).catch(async (error: unknown) => {
    await written.discard()
    throw error
  })
  if (isMine) return
  await written.discard()
  throw takenOver()
}

function takenOver() {
  return conflict('Another worker took this export over.')
}

/** Says every few seconds that the writer lives and how far it is, to the row and to the requester. */
function startPulse(parley: Parley, claimed: Export, dataset: string) {
  let rows = 0
  const lost = new AbortController()
  let last: Promise<unknown> = reportExport(parley, claimed, dataset, 0)
  const beat = async () => {
    const updated = await parley.db
      .updateTable('exports')
      .set({ heartbeatAt: parley.now(), rows: String(rows) })
      .where('id', '=', claimed.id)
      .where('attempt', '=', claimed.attempt)
      .where('state', '=', 'writing')
      .returning('id')
      .executeTakeFirst()
    if (!updated) lost.abort(takenOver())
    else await reportExport(parley, claimed, dataset, rows)
  }
  const timer = setInterval(() => {
    last = last.then(beat).catch((error: unknown) => {
      parley.log.warn({ err: error, export: claimed.id }, 'A heartbeat of an export failed.')
    })
  }, heartbeatMs)
  return {
    beat: (now: number) => {
      rows = now
    },
    /** Somebody cancelled it or took it over. */
    lost: lost.signal,
    stop: async () => {
      clearInterval(timer)
      await last
    },
  }
}

/** What an admin can put right ends the export; what may pass by itself is tried again. */
async function noteFailure(
  parley: Parley,
  claimed: Export,
  error: unknown,
  isLastAttempt: boolean,
): Promise<void> {
  const known = asParleyError(error)
  const isFinal = isLastAttempt || (known !== null && known.code !== 'unavailable')
  const problem = known?.message ?? 'Something broke on our side; the log says what.'
  await parley.db
    .updateTable('exports')
    .set(
      isFinal
        ? { state: 'failed', problem, heartbeatAt: null, finishedAt: parley.now() }
        : { state: 'queued', problem, heartbeatAt: null },
    )
    .where('id', '=', claimed.id)
    .where('attempt', '=', claimed.attempt)
    .where('state', '=', 'writing')
    .execute()
    .catch((failure: unknown) => {
      parley.log.warn({ err: failure, export: claimed.id }, 'The failure could not be stored.')
    })
}

/** Parts of attempts before this one: their writers are dead, or will find out that they lost. */
async function removeParts(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => [])
  for (const name of names)
    if (name.endsWith('.part')) await rm(join(directory, name), { recursive: true, force: true })
}
