/** An export's row, as the verbs pass it. */

import { sql } from 'kysely'
import { z } from 'zod'
import { seenBy } from '../../datasets/access/tenants.ts'
import { notFound, ParleyError } from '../../errors.ts'
import { type Person, parsePerson, personName } from '../../labelers/person.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import { leaseRows } from '../../row-lease.ts'
import { type Export, type ExportFile, ExportFlags } from '../options.ts'

/** A worker holds an export while it writes its files, and again while it sends them. */
export const writingLease = leaseRows('exports', 'heartbeatAt', sql`state = 'writing'`)
export const sendingLease = leaseRows('exports', 'heartbeatAt', sql`delivered_at is null`)
/** Retention of files written for chat. */
export const keepDays = 7

export async function getExport(parley: Parley, id: string): Promise<Export> {
  const row = await parley.db
    .selectFrom('exports')
    .select(exportColumns)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row) return readExport(row)
  throw new ParleyError('not_found', 'This export is gone.')
}

/** The same for an admin, with its dataset's name. @throws `not_found` unless the dataset is theirs. */
export async function getExportOf(
  parley: Parley,
  actor: Actor,
  id: string,
): Promise<{ found: Export; dataset: string; isExpired: boolean }> {
  requireAdmin(actor)
  const row = /^[1-9]\d{0,17}$/.test(id)
    ? await parley.db
        .selectFrom('exports')
        .innerJoin('datasets', 'datasets.id', 'exports.datasetId')
        .select(exportColumns.map((column) => `exports.${column}` as const))
        .select(['exports.expiredAt', 'datasets.name'])
        .where('exports.id', '=', id)
        .where(seenBy(actor))
        .executeTakeFirst()
    : undefined
  if (!row) throw notFound('export', id)
  return { found: readExport(row), dataset: row.name, isExpired: row.expiredAt !== null }
}

export const exportColumns = [
  'id',
  'datasetId',
  'options',
  'requestedBy',
  'state',
  'attempt',
  'rows',
  'directory',
  'files',
  'problem',
  'message',
  'deliveredAt',
  'createdAt',
  'finishedAt',
] as const

type Row = {
  id: string
  datasetId: string
  options: unknown
  requestedBy: unknown
  state: Export['state']
  attempt: number
  rows: string
  directory: string | null
  files: unknown
  problem: string | null
  createdAt: Date
  finishedAt: Date | null
}

export function readExport(row: Row): Export {
  const { id, datasetId, state, attempt, directory, problem, createdAt, finishedAt } = row
  return {
    id,
    datasetId,
    state,
    attempt,
    directory,
    problem,
    createdAt,
    finishedAt,
    options: StoredOptions.parse(row.options),
    requestedBy: row.requestedBy === null ? null : parsePerson(z.string().parse(row.requestedBy)),
    rows: Number(row.rows),
    files: row.files === null ? [] : StoredFiles.parse(row.files),
  }
}

/** The requester as the row keeps them. */
export function storedPerson(person: Person | undefined): string | null {
  return person ? JSON.stringify(personName(person)) : null
}

const StoredOptions = z.strictObject({ as: z.string(), flags: ExportFlags })
const StoredFiles: z.ZodType<ExportFile[]> = z.array(
  z.object({
    name: z.string(),
    rows: z.number(),
    sha256: z.string(),
    sent: z.boolean().default(false),
    linked: z.boolean().default(false),
  }),
)
