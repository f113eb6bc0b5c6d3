/**
 * Loads records from a file. 1. readers/rows.ts cuts it into rows of JSON; 2. readers/json.ts reads a line and
 * shapes/reader.ts recognises what it is; 3. check-record.ts fits it to the dataset; 4. records/upsert.ts writes
 * batches on two connections. Good lines are kept and bad ones reported, so that a rerun only has to fix the rest.
 * Memory stays flat: two batches and the first problems are held.
 */
import { writeAudit } from '../datasets/audit.ts'
import { outputsNeeded } from '../datasets/check.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { conflict, type ParleyError } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import type { RecordLine } from '../records/record-line.ts'
import { type Numbered, nextBlock, writeBatch } from '../records/upsert.ts'
import { fitRecord, lintRecord } from './check-record.ts'
import { inOneGo, recordImport, summaryOf } from './import-row.ts'
import { declaredColumns } from './readers/csv-cells.ts'
import { readLine } from './readers/json.ts'
import { type Line, lengthOf } from './readers/lines.ts'
import { type RowsInput, readRows, unitOf } from './readers/rows.ts'
import { emptyReport, type ImportReport, noteUpdate, refusalOf, refuse, warn } from './report.ts'
import { shapeReader } from './shapes/reader.ts'
import { untilStopped } from './until-stopped.ts'

export type ImportInput = Omit<RowsInput, 'columns'> & {
  dataset: string
  /** Which key feeds what, e.g. `{ prompt: 'question' }`; for shapes that are not recognised. */
  map?: Readonly<Record<string, string>>
  /** The import this belongs to; otherwise it is a separate one. */
  importId?: string
  /** Store nothing if a line is refused. */
  allOrNothing?: boolean
  onProgress?: (soFar: { lines: number; refused: number }) => void
  /** Ends it early: rows read so far are written, and the report says that there was more. */
  signal?: AbortSignal
}

/** How far into a file an import is: everything up to there is written, and reported. */
export type Step = {
  report: ImportReport
  /** The position of its records in the queue; see writeBatch. */
  block: string | null
}

/** For an import that another process may have to finish. */
export type Steps = {
  /** Where an earlier attempt at the same file stopped; lines up to there are skipped. */
  from: Step | null
  /** Runs within the transaction that writes what the step reports. @throws to roll it back. */
  keep(inside: Parley, step: Step): Promise<void>
}

const batchRows = 1000
const batchBytes = 4_000_000
const connections = 2

/**
 * @throws ParleyError `conflict` for a closed dataset, `invalid` for a file that cannot be read at
 * all. Bad lines do not throw; they are in the report.
 */
export async function importRecords(
  parley: Parley,
  actor: Actor,
  input: ImportInput,
): Promise<ImportReport> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  requireOpen(dataset)
  const source = input.name || 'a stream'
  const row = { dataset, by, source, kind: 'records', importId: input.importId }
  const report = await recordImport(parley, row, (importId) =>
    input.allOrNothing
      ? importWhole(parley, dataset, { ...input, importId })
      : importStream(parley, dataset, { ...input, importId }),
  )
  await writeAudit(parley, {
    actor: by,
    act: 'import records',
    dataset: dataset.name,
    detail: summaryOf(report),
  })
  return report
}

/** @throws ParleyError `conflict` for a dataset that accepts no more records. */
export function requireOpen(dataset: Dataset): void {
  if (dataset.status === 'closed') throw closed(dataset)
}

export function closed({ name }: Pick<Dataset, 'name'>): ParleyError {
  return conflict(`"${name}" is closed. Open it again with parley dataset reopen first.`)
}

/** One transaction for the whole file. Reading continues after a refused line, so that all are reported. */
async function importWhole(
  parley: Parley,
  dataset: Dataset,
  input: ImportInput,
): Promise<ImportReport> {
  const report = await inOneGo(
    parley,
    async (inside) => {
      const report = await importStream(inside, dataset, input)
      if (report.broken) throw report.broken
      return report
    },
    ({ refused, stopped }) => refused.count === 0 && !stopped,
  )
  if (report.refused.count === 0 && !report.stopped) return report
  return { ...report, created: 0, updated: 0, unchanged: 0, parts: {}, rolledBack: true }
}

/**
 * Reads a whole source into a dataset; `importId` is an existing row. With `steps`, another process can
 * continue with the same bytes: each batch is written together with its step. Over sixty lines, because
 * reading and the writing connections share the current batch.
 */
export async function importStream(
  parley: Parley,
  dataset: Dataset,
  input: Omit<ImportInput, 'dataset' | 'allOrNothing'> & { steps?: Steps },
): Promise<ImportReport> {
  const { steps } = input
  const report = structuredClone(steps?.from?.report) ?? emptyReport(unitOf(input))
  const most = parley.db.isTransaction ? 1 : connections
  const block = steps?.from ? steps.from.block : await blockFor(parley, dataset)
  let known = report.lines
  const read = lineReader(dataset, input, report)
  const writing = new Map<Promise<void>, ReadonlyMap<string, unknown>>()
  let batch = new Map<string, Numbered>()
  let bytes = 0
  let failed: { error: unknown } | null = null
  const flush = async () => {
    const rows = batch
    if (rows.size === 0) return
    batch = new Map()
    bytes = 0
    // An id that is still being written by the other connection must come after it.
    for (const [other, ids] of writing) if ([...rows.keys()].some((id) => ids.has(id))) await other
    while (writing.size >= most) await Promise.race(writing.keys())
    throwIf(failed)
    const where = { block, ...(input.importId ? { importId: input.importId } : {}) }
    if (steps) return writeStep(parley, dataset, [...rows.values()], where, report, steps)
    const work = write(parley, dataset, [...rows.values()], where, report)
      .catch((error: unknown) => {
        failed ??= { error }
      })
      .finally(() => writing.delete(work))
    writing.set(work, rows)
  }
  try {
    const rows = readRows({ ...input, columns: declaredColumns(dataset.document, input.map) })
    for await (const lines of untilStopped(rows, input.signal, report)) {
      for (const line of lines) {
        if (known > 0) {
          known--
          continue
        }
        report.lines++
        const records = line.problem
          ? refuse(report, line.number, { path: '', ...line.problem })
          : read(line)
        for (const record of records ?? []) {
          const earlier = batch.get(record.external_id)
          if (earlier) noteRepeated(report, line.number, record.external_id, earlier.line)
          batch.set(record.external_id, { line: line.number, record })
        }
        bytes += lengthOf(line)
        if (batch.size >= batchRows || bytes >= batchBytes) await flush()
      }
      input.onProgress?.({ lines: report.lines, refused: report.refused.count })
    }
    await flush()
  } finally {
    await Promise.all(writing.keys())
  }
  throwIf(failed)
  report.refused.lines.sort((a, b) => a.line - b.line)
  return report
}

function noteRepeated(report: ImportReport, line: number, id: string, earlier: number): void {
  report.repeated++
  warn(report, line, {
    kind: 'repeated line',
    path: 'external_id',
    message: `has the id "${id}" of ${report.unit} ${earlier}; this ${report.unit} is kept.`,
  })
}

/** One queue position for a whole draft or a fixed order; otherwise each batch takes its own. */
async function blockFor(parley: Parley, { status, document }: Dataset): Promise<string | null> {
  return status === 'draft' || document.order === 'fixed' ? nextBlock(parley) : null
}

function throwIf(failed: { error: unknown } | null) {
  if (failed) throw failed.error
}

/** Reads a line into records of the dataset; null where it is refused, which the report then says. */
export function lineReader(
  dataset: Dataset,
  input: Pick<ImportInput, 'map'>,
  report: ImportReport,
) {
  const readShape = shapeReader(dataset.document, input.map)
  const needed = outputsNeeded(dataset.document)
  return (line: Line): RecordLine[] | null => {
    const { number } = line
    const parsed = readLine(line)
    if ('problem' in parsed) return refuse(report, number, parsed.problem)
    const shaped = readShape(parsed.value)
    if ('problem' in shaped) return refuse(report, number, shaped.problem)
    const records: RecordLine[] = []
    for (const { record, warnings } of shaped.records) {
      const fitted = fitRecord(dataset.document, record)
      if ('problem' in fitted) return refuse(report, number, fitted.problem)
      for (const warning of [...warnings, ...lintRecord(fitted.record, needed)])
        warn(report, number, warning)
      records.push(fitted.record)
    }
    return records
  }
}

/** Counts the rows of a batch for operators, by outcome. */
function countRows(
  metrics: NonNullable<Parley['metrics']>,
  written: readonly { outcome: string }[],
): void {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 }
  for (const { outcome } of written)
    if (outcome === 'created' || outcome === 'updated' || outcome === 'unchanged') counts[outcome]++
    else counts.refused++
  for (const [outcome, rows] of Object.entries(counts))
    if (rows > 0) metrics.count('parley_import_rows_total', { outcome }, rows)
}

/** Writes a batch and the progress after it, both or neither. */
async function writeStep(
  parley: Parley,
  dataset: Dataset,
  batch: readonly Numbered[],
  where: { block: string | null; importId?: string },
  report: ImportReport,
  steps: Steps,
): Promise<void> {
  // Why a file is truncated is not part of the progress.
  const { broken: _, ...soFar } = report
  const after = await inTransaction(parley, async (inside) => {
    const after: ImportReport = structuredClone(soFar)
    await write(inside, dataset, batch, where, after)
    await steps.keep(inside, { report: after, block: where.block })
    return after
  })
  Object.assign(report, after)
}

async function write(
  parley: Parley,
  dataset: Dataset,
  batch: readonly Numbered[],
  where: { block: string | null; importId?: string },
  report: ImportReport,
): Promise<void> {
  const written = await writeBatch(parley, dataset, batch, where)
  const { metrics } = parley
  if (metrics) parley.afterCommit(() => countRows(metrics, written))
  for (const [at, { outcome, parts }] of written.entries()) {
    const line = batch[at]?.line ?? 0
    if (outcome === 'answered' || outcome === 'leased')
      refuse(report, line, refusalOf(outcome, parts))
    else if (outcome === 'updated') noteUpdate(report, parts)
    else report[outcome]++
  }
}
