/**
 * The worker's verb: reads a file that was uploaded in chat into its dataset and reports to the uploader.
 *
 * 1. A worker claims the row: its attempt gets a number, and a heartbeat says that it lives.
 * 2. The platform hands out the file, and each batch of records is written together with how far
 *    that is. Still its attempt? Else somebody took over or ended it, and the batch is taken back.
 * 3. A worker that takes over skips what is already written, so that every line is counted once.
 */
import { writeAudit } from '../../../datasets/audit.ts'
import { getDatasetById } from '../../../datasets/dataset.ts'
import { asParleyError, conflict, invalid, type ParleyError, unavailable } from '../../../errors.ts'
import { importStream, requireOpen, type Steps } from '../../../imports/import-records.ts'
import { importLease, summaryOf } from '../../../imports/import-row.ts'
import type { ImportReport } from '../../../imports/report.ts'
import { inTransaction, type Parley } from '../../../parley.ts'
import { freeAt, holdRows, isExpired, isHeld, taken } from '../../../row-lease.ts'
import { sentences } from '../../../sentences.ts'
import { sayInChat } from '../../words/chat-remedies.ts'
import {
  findGiven,
  type GivenImport,
  givenColumns,
  readGiven,
  reportOf,
  tellImport,
} from './given-import.ts'

/** What a file may hold once it is unpacked. */
const mostUnpacked = 1e9

/** Reads it and reports the result. An import that has ended, or that another worker holds, is left alone. */
export async function readImport(
  parley: Parley,
  importId: string,
  running: { isLastAttempt?: boolean; limits?: { mostUnpacked: number } } = {},
): Promise<void> {
  const claimed = await claimImport(parley, importId)
  if (!claimed) {
    const found = await findGiven(parley, importId)
    if (found && isOver(found)) return found.toldAt ? undefined : tellImport(parley, importId)
    return ringWhenStale(parley, importId)
  }
  try {
    await readClaimed(parley, claimed, running.limits ?? { mostUnpacked })
  } catch (error) {
    // Cancelled or taken over: the message shows it already.
    const now = await findGiven(parley, importId)
    if (!now || now.attempt !== claimed.attempt || isOver(now)) return tellImport(parley, importId)
    await noteFailure(parley, claimed, error, running.isLastAttempt ?? false)
    await tellImport(parley, importId)
    throw error
  }
  await tellImport(parley, importId)
}

/** Rings again for imports whose ring was lost, whose worker died, or whose end was not reported. */
export async function sweepImports(parley: Parley): Promise<void> {
  const waiting = await parley.db
    .selectFrom('imports')
    .select('id')
    .where('requestedBy', 'is not', null)
    .where('toldAt', 'is', null)
    .where(isExpired(importLease, parley.now()))
    .orderBy('id')
    .limit(100)
    .execute()
  for (const { id } of waiting) await parley.queue.ring('read-import', { importId: id })
  // The refused lines have been reported; the counts stay.
  await parley.db
    .updateTable('imports')
    .set({ step: null })
    .where('step', 'is not', null)
    .where('toldAt', '<', new Date(parley.now().getTime() - keptForMs))
    .execute()
}

const keptForMs = 60 * 60_000

function isOver({ state }: GivenImport): boolean {
  return state !== 'queued' && state !== 'running'
}

async function claimImport(parley: Parley, importId: string): Promise<GivenImport | null> {
  const now = parley.now()
  const row = await parley.db
    .updateTable('imports')
    .set({ ...taken(importLease, now), state: 'running', problem: null })
    .where('id', '=', importId)
    .where('requestedBy', 'is not', null)
    .where((is) =>
      is.or([
        is('state', '=', 'queued'),
        is.and([is('state', '=', 'running'), isExpired(importLease, now)]),
      ]),
    )
    .returning(givenColumns)
    .executeTakeFirst()
  return row ? readGiven(row) : null
}

/** Another worker holds it: if that worker dies, the import continues when the lease expires. */
async function ringWhenStale(parley: Parley, importId: string): Promise<void> {
  const held = await parley.db
    .selectFrom('imports')
    .select('seenAt')
    .where('id', '=', importId)
    .where('state', '=', 'running')
    .executeTakeFirst()
  if (!held) return
  const delayMs = Math.max(1_000, freeAt(held.seenAt).getTime() - parley.now().getTime())
  await parley.queue.ring('read-import', { importId }, { delayMs })
}

async function readClaimed(
  parley: Parley,
  claimed: GivenImport,
  limits: { mostUnpacked: number },
): Promise<void> {
  const { id, file, requestedBy, step } = claimed
  let read: number | undefined
  const holding = holdRows(parley, importLease, () => [claimed], {
    report: () => tellImport(parley, id, read),
    reason: takenOver,
  })
  try {
    const dataset = await getDatasetById(parley, claimed.datasetId)
    requireOpen(dataset)
    const adapter = parley.platforms.get(requestedBy.platform)
    if (!adapter?.openFile) throw unavailable(requestedBy.platform)
    if (!file) throw invalid({ file: (said) => said.fileForgotten })
    const report = await importStream(parley, dataset, {
      source: adapter.openFile(requestedBy, file),
      name: file.name,
      importId: id,
      limits,
      signal: holding.lost,
      onProgress: ({ lines }) => {
        read = lines
      },
      steps: { from: step, keep: keeperOf(claimed) },
    })
    holding.lost.throwIfAborted()
    await finish(parley, claimed, dataset.name, report)
  } finally {
    await holding.stop()
  }
}

/** Stores the progress in the transaction of its records; refused if this worker no longer holds the import. */
function keeperOf(claimed: GivenImport): Steps['keep'] {
  return async (inside, step) => {
    const kept = await inside.db
      .updateTable('imports')
      .set({ step: stored(step), lines: String(step.report.lines), seenAt: inside.now() })
      .where(isHeld(importLease, claimed))
      .returning('id')
      .executeTakeFirst()
    if (!kept) throw takenOver()
  }
}

async function finish(
  parley: Parley,
  claimed: GivenImport,
  dataset: string,
  report: ImportReport,
): Promise<void> {
  const { id, importedBy, requestedBy } = claimed
  const { broken, ...rest } = report
  const problem = broken ? problemOf(broken, requestedBy.locale) : null
  await inTransaction(parley, async (inside) => {
    const now = inside.now()
    const done = await inside.db
      .updateTable('imports')
      .set({
        state: broken ? 'stopped' : 'done',
        ...{ problem, file: null, finishedAt: now, seenAt: now },
        lines: String(report.lines),
        report: JSON.stringify(summaryOf(report)),
        step: stored({ report: rest, block: null }),
      })
      .where(isHeld(importLease, claimed))
      .returning('id')
      .executeTakeFirst()
    if (!done) throw takenOver()
    const detail = { import: id, ...summaryOf(report) }
    await writeAudit(inside, { actor: importedBy, act: 'import records', dataset, detail })
  })
}

/** A failure that an admin must fix ends it; a temporary one is retried. */
async function noteFailure(
  parley: Parley,
  claimed: GivenImport,
  error: unknown,
  isLastAttempt: boolean,
): Promise<void> {
  const known = asParleyError(error)
  const isFinal = isLastAttempt || (known !== null && known.code !== 'unavailable')
  const { locale } = claimed.requestedBy
  const problem = known ? problemOf(known, locale) : sentences(locale).importBroke
  const now = parley.now()
  const step = (await findGiven(parley, claimed.id)) ?? claimed
  const report = JSON.stringify(summaryOf(reportOf(step)))
  await parley.db
    .updateTable('imports')
    .set(
      isFinal
        ? { state: 'failed', problem, report, file: null, seenAt: now, finishedAt: now }
        : { state: 'queued', problem, seenAt: now },
    )
    .where(isHeld(importLease, claimed))
    .execute()
}

/** Which part of the file it is goes without saying: the message names the file. */
function problemOf(error: ParleyError, locale: string | undefined): string {
  return sayInChat(Object.values(error.problemsIn(locale)).join('\n') || error.messageIn(locale))
}

function takenOver() {
  return conflict((said) => said.importLost)
}

/** Text of a file may hold what JSON of Postgres does not take. */
function stored(step: object): string {
  return JSON.stringify(step, (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\u{fffd}') : value,
  )
}
