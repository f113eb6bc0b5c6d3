/** Imports that were started on a page: they run on in this process while the page asks how far they are. */
import type { Dataset } from '../../datasets/document.ts'
import { asParleyError, conflict } from '../../errors.ts'
import { importRecords } from '../../imports/import-records.ts'
import { recordImport } from '../../imports/import-row.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import { noteUpload, openUpload, removeFile, type Upload } from './uploads.ts'

export type Running = { lines: number; refused: number; stop(): void; ended: Promise<void> }

const running = new Map<string, Running>()
/** What a file may hold once it is unpacked. */
const mostUnpacked = 10e9

export function runningImport({ id }: Upload): Running | null {
  return running.get(id) ?? null
}

/** Begins it; a second press finds it running. @throws ParleyError `conflict` for one that was imported. */
export function beginImport(
  parley: Parley,
  actor: Actor,
  dataset: Dataset,
  { upload, map }: { upload: Upload; map: Readonly<Record<string, string>> },
): Running {
  const by = requireAdmin(actor)
  const known = running.get(upload.id)
  if (known) return known
  if (upload.report)
    throw conflict('This file was imported already. Upload it again to import it again.')
  const stopped = new AbortController()
  const { stopping } = parley
  const signal = stopping ? AbortSignal.any([stopped.signal, stopping]) : stopped.signal
  const run: Running = {
    lines: 0,
    refused: 0,
    stop: () => stopped.abort(),
    ended: Promise.resolve(),
  }
  const row = { dataset, by, source: upload.name, kind: 'records' }
  const work = async () => {
    let importId: string | undefined
    try {
      const report = await recordImport(parley, row, (id) => {
        importId = id
        return importRecords(parley, actor, {
          ...openUpload(parley, upload),
          ...{ dataset: dataset.name, importId: id, map, signal, limits: { mostUnpacked } },
          onProgress: ({ lines, refused }) => Object.assign(run, { lines, refused }),
        })
      })
      const problem = report.broken?.message
      await noteUpload(parley, { ...upload, importId, report, problem })
    } catch (error) {
      const problem = asParleyError(error)?.message
      if (problem === undefined)
        parley.log.error(
          { event: 'web.import_failed', err: error },
          'An import from a page failed.',
        )
      await noteUpload(parley, {
        ...upload,
        importId,
        problem: problem ?? 'It failed on our side.',
      })
    } finally {
      await removeFile(parley, upload)
      running.delete(upload.id)
    }
  }
  running.set(upload.id, run)
  run.ended = work()
  return run
}
