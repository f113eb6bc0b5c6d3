/**
 * Files given in chat: a row with the file and its dataset, for the worker (read-import.ts) to do. Also who may end
 * it, and the one message that shows how far it is.
 */

import { sql } from 'kysely'
import { z } from 'zod'
import { seenBy } from '../../../datasets/access/tenants.ts'
import { writeAudit } from '../../../datasets/audit.ts'
import { getDataset, getDatasetById } from '../../../datasets/dataset.ts'
import type { ImportState } from '../../../db/schema.ts'
import { StoredMessage } from '../../../deliveries/delivered.ts'
import { conflict, ParleyError } from '../../../errors.ts'
import { requireOpen } from '../../../imports/import-records.ts'
import { summaryOf } from '../../../imports/import-row.ts'
import { emptyReport, type ImportReport } from '../../../imports/report.ts'
import { type Person, parsePerson, personName } from '../../../labelers/person.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../../../parley.ts'
import type { GivenFile, ImportProgress } from '../../port/port.ts'

/** A row of an import that was given in chat. */
export type GivenImport = {
  id: string
  datasetId: string
  state: ImportState
  importedBy: string
  source: string
  attempt: number
  requestedBy: Person
  file: GivenFile | null
  /** Where an earlier attempt got to. */
  step: { report: ImportReport; block: string | null } | null
  lines: number
  problem: string | null
  toldAt: Date | null
}

/**
 * The same file given again while it waits or is read is that import.
 * @throws ParleyError `forbidden`; `not_found`; `conflict` for a closed dataset.
 */
export async function startImport(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; file: GivenFile; requestedBy: Person },
): Promise<string> {
  const by = requireAdmin(actor)
  const { file, requestedBy } = input
  return inTransaction(parley, async (inside) => {
    const dataset = await getDataset(inside, input.dataset, actor)
    requireOpen(dataset)
    const found = await inside.db
      .selectFrom('imports')
      .select('id')
      .where('datasetId', '=', dataset.id)
      .where('state', 'in', ['queued', 'running'])
      .where(sql<boolean>`file ->> 'ref' = ${file.ref}`)
      .executeTakeFirst()
    if (found) return found.id
    const { locale } = requestedBy
    const { id } = await inside.db
      .insertInto('imports')
      .values({
        ...{ datasetId: dataset.id, importedBy: by, kind: 'records', state: 'queued' },
        source: file.name.slice(0, 1000),
        afterRecord: sql<string>`(
          select coalesce(max(id), 0) from records where dataset_id = ${dataset.id})`,
        startedAt: inside.now(),
        seenAt: inside.now(),
        requestedBy: JSON.stringify({
          name: personName(requestedBy),
          ...(locale ? { locale } : {}),
        }),
        file: JSON.stringify(file),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    inside.afterCommit(() => parley.queue.ring('read-import', { importId: id }))
    return id
  })
}

/**
 * Cancels the named import, or the person's newest running one; records imported so far stay.
 * @throws ParleyError `forbidden`; `not_found`; `conflict` when it has already ended.
 */
export async function cancelImport(
  parley: Parley,
  actor: Actor,
  input: { importId: string } | { requestedBy: Person },
): Promise<{ file: string; dataset: string }> {
  const by = requireAdmin(actor)
  return inTransaction(parley, async (inside) => {
    const query = inside.db
      .selectFrom('imports')
      .select(givenColumns)
      .where('requestedBy', 'is not', null)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('datasets')
            .select('datasets.id')
            .whereRef('datasets.id', '=', 'imports.datasetId')
            .where(seenBy(actor)),
        ),
      )
      .forUpdate()
    const row = await ('importId' in input
      ? query.where('id', '=', input.importId)
      : query
          .where(sql<boolean>`requested_by ->> 'name' = ${personName(input.requestedBy)}`)
          .where('state', 'in', ['queued', 'running'])
          .orderBy('id', 'desc')
          .limit(1)
    ).executeTakeFirst()
    if (!row) throw new ParleyError('not_found', (said) => said.noImportRuns)
    const found = readGiven(row)
    const dataset = await getDatasetById(inside, found.datasetId)
    const told = { file: found.source, dataset: dataset.name }
    if (found.state === 'stopped') return told
    if (found.state !== 'queued' && found.state !== 'running')
      throw conflict((said) => said.importOver)
    const now = inside.now()
    const report = JSON.stringify(summaryOf(reportOf(found)))
    await inside.db
      .updateTable('imports')
      .set({ state: 'stopped', report, file: null, finishedAt: now, seenAt: now })
      .where('id', '=', found.id)
      .execute()
    const detail = { import: found.id }
    await writeAudit(inside, { actor: by, act: 'import-cancel', dataset: dataset.name, detail })
    inside.afterCommit(() => tellImport(parley, found.id))
    return told
  })
}

/** The import, or null if it was deleted with its dataset. */
export async function findGiven(parley: Parley, id: string): Promise<GivenImport | null> {
  const row = await parley.db
    .selectFrom('imports')
    .select(givenColumns)
    .where('id', '=', id)
    .where('requestedBy', 'is not', null)
    .executeTakeFirst()
  return row ? readGiven(row) : null
}

/**
 * Shows the progress of an import in its message; for one that has ended, the final result. What
 * cannot be told is logged: the import itself goes on.
 */
export async function tellImport(parley: Parley, id: string, lines?: number): Promise<void> {
  const found = await findGiven(parley, id)
  if (!found) return
  const state = tellable(found.state)
  try {
    const dataset = await getDatasetById(parley, found.datasetId)
    await paint(parley, found, {
      ...{ importId: id, file: found.source, state, problem: found.problem },
      dataset: { name: dataset.name, title: dataset.document.title },
      lines: lines ?? found.lines,
      report: reportOf(found),
    })
  } catch (error) {
    parley.log.warn(
      { event: 'import.requester_not_told', err: error, import: id },
      'The person who uploaded a file could not be notified.',
    )
    if (state === 'reading' || !isGone(parley, found, error)) return
  }
  if (state === 'reading') return
  await parley.db
    .updateTable('imports')
    .set({ toldAt: parley.now() })
    .where('id', '=', id)
    .where('toldAt', 'is', null)
    .execute()
}

/** Nobody will ever be reached there: it is not tried again. */
function isGone(parley: Parley, { requestedBy }: GivenImport, error: unknown): boolean {
  if (error instanceof ParleyError && error.code === 'forbidden') return true
  const failure = parley.platforms.get(requestedBy.platform)?.failureOf?.(error)
  return failure?.type === 'gone' || failure?.type === 'dead' || failure?.type === 'refused'
}

/** The first word makes the message, the others repaint it. */
async function paint(parley: Parley, found: GivenImport, progress: ImportProgress): Promise<void> {
  const reply = { type: 'import-progress', progress } as const
  const row = await parley.db
    .selectFrom('imports')
    .select('message')
    .where('id', '=', found.id)
    .executeTakeFirst()
  const known = StoredMessage.safeParse(row?.message).data
  if (known) return parley.repaint(known, reply)
  const attempt = { id: `i${found.id}`, starting: async () => {} }
  const sent = await parley.send(found.requestedBy, reply, attempt)
  const { locale } = found.requestedBy
  await parley.db
    .updateTable('imports')
    .set({ message: JSON.stringify({ ...sent, ...(locale ? { locale } : {}) }) })
    .where('id', '=', found.id)
    .execute()
}

/** What is known to be written of it. */
export function reportOf({ step }: GivenImport): ImportReport {
  return step?.report ?? emptyReport('line')
}

function tellable(state: ImportState): ImportProgress['state'] {
  if (state === 'queued' || state === 'running') return 'reading'
  return state === 'undone' ? 'done' : state
}

export const givenColumns = [
  ...(['id', 'datasetId', 'state', 'importedBy', 'source', 'attempt', 'requestedBy'] as const),
  ...(['file', 'step', 'lines', 'problem', 'toldAt'] as const),
]

type Row = Omit<GivenImport, 'requestedBy' | 'file' | 'step' | 'lines'> & {
  requestedBy: unknown
  file: unknown
  step: unknown
  lines: string
}

export function readGiven(row: Row): GivenImport {
  const { name, locale } = Requester.parse(row.requestedBy)
  return {
    ...row,
    requestedBy: { ...parsePerson(name), ...(locale ? { locale } : {}) },
    file: row.file === null ? null : Given.parse(row.file),
    // Only this version's steps can be read: an unreadable one restarts the import, which changes nothing.
    step: Step.safeParse(row.step).data ?? null,
    lines: Number(row.lines),
  }
}

const Requester = z.object({ name: z.string(), locale: z.string().optional() })
const Given = z.object({ name: z.string(), size: z.number(), ref: z.string() })
const Step = z.object({
  report: z.custom<ImportReport>((value) => typeof value === 'object' && value !== null),
  block: z.string().nullable(),
})
