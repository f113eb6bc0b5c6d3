/**
 * The row of an import: the source, the importer and the result. Everything it creates carries its id, so
 * that it can be undone. Also all-or-nothing imports and dry runs.
 */
import { sql } from 'kysely'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import type { ImportState } from '../db/schema.ts'
import { conflict } from '../errors.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { holdRows, leaseRows } from '../row-lease.ts'
import type { ImportReport, ImportSummary } from './report.ts'

type Told = ImportReport & Pick<ImportSummary, 'answers'>

export function summaryOf(report: Told): ImportSummary {
  const { lines, created, updated, unchanged, parts, repeated, answers } = report
  const counts = { lines, created, updated, unchanged, parts, repeated }
  return { ...counts, ...(answers ? { answers } : {}), refused: report.refused.count }
}

export type ImportRow = {
  dataset: Dataset
  by: string
  /** The source, as it was named. */
  source: string
  kind: string
  /** The import this belongs to, which has the row. */
  importId?: string | undefined
}

/** Gives `work` the id of its import. The row stores how it ended. */
export async function recordImport<Report extends Told>(
  parley: Parley,
  { importId, ...row }: ImportRow,
  work: (importId: string) => Promise<Report>,
): Promise<Report> {
  if (importId !== undefined) return work(importId)
  const id = await startImport(parley, row)
  const holding = holdRows(parley, importLease, () => [{ id, attempt: 0 }])
  try {
    const report = await work(id)
    const isCut = report.stopped || report.broken
    const state = report.rolledBack ? 'failed' : isCut ? 'stopped' : 'done'
    await change(parley, id, { state, report: JSON.stringify(summaryOf(report)) })
    return report
  } catch (error) {
    // In a failed transaction the row no longer exists.
    await change(parley, id, { state: 'failed' }).catch(() => undefined)
    throw error
  } finally {
    await holding.stop()
  }
}

/** The worker that reads an import holds it. */
export const importLease = leaseRows('imports', 'seenAt', sql`state = 'running'`)
/** A running import without a heartbeat for this long has lost its process. */
export const deadAfterMs = 60_000

async function startImport(
  parley: Parley,
  { dataset, by, source, kind }: Omit<ImportRow, 'importId'>,
): Promise<string> {
  const { id } = await parley.db
    .insertInto('imports')
    .values({
      ...{ datasetId: dataset.id, importedBy: by, source: source.slice(0, 1000), kind },
      afterRecord: sql<string>`(
        select coalesce(max(id), 0) from records where dataset_id = ${dataset.id})`,
      startedAt: parley.now(),
      seenAt: parley.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

function change(parley: Parley, id: string, values: { state?: ImportState; report?: string }) {
  const finishedAt = values.state === undefined ? {} : { finishedAt: parley.now() }
  return parley.db
    .updateTable('imports')
    .set({ ...values, ...finishedAt })
    .where('id', '=', id)
    .execute()
}

export type ListedImport = {
  id: string
  source: string
  kind: string
  state: ImportState
  importedBy: string
  startedAt: Date
  /** Null while it runs, or if it never ended. */
  report: Partial<ImportSummary>
}

/** The imports of a dataset, the newest first; `before`: the last one of the page before. */
export async function listImports(
  parley: Parley,
  input: { dataset: string; limit?: number; before?: string },
): Promise<ListedImport[]> {
  const dataset = await getDataset(parley, input.dataset)
  return parley.db
    .selectFrom('imports')
    .select(['id', 'source', 'kind', 'state', 'importedBy', 'startedAt', 'report'])
    .where('datasetId', '=', dataset.id)
    .$if(input.before !== undefined, (query) => query.where('id', '<', input.before ?? ''))
    .orderBy('id', 'desc')
    .limit(input.limit ?? 50)
    .execute()
}

/**
 * Runs work in one transaction and commits only if `keeps` accepts its result. A source can be read
 * only once, so the work is not retried after a deadlock.
 * @throws ParleyError `conflict` if another import was in the way.
 */
export async function inOneGo<Result>(
  parley: Parley,
  work: (inside: Parley) => Promise<Result>,
  keeps: (result: Result) => boolean,
): Promise<Result> {
  const takenBack = new Error('Taken back.')
  const done: { result: Result }[] = []
  let attempts = 0
  try {
    return await inTransaction(parley, async (inside) => {
      if (attempts++ > 0) throw conflict('Another import was in the way. Run this one again.')
      const result = await work(inside)
      if (keeps(result)) return result
      done.push({ result })
      throw takenBack
    })
  } catch (error) {
    const [only] = done
    if (error !== takenBack || !only) throw error
    return only.result
  }
}
