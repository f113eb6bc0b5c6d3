/** Which records of a dataset are meant: by their ids, the import that brought them, and a condition. */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { parseWhere, type Where } from '../exports/pairs/usable.ts'
import type { Parley } from '../parley.ts'
import type { RecordStatus } from '../records/record-status.ts'
import type { RecordFilter } from '../search/filter.ts'
import { openSearch, stillHold } from '../search/find-records.ts'

/** All that are given must hold; at least one of them has to be given. */
export type Selection = {
  /** External ids. */
  ids?: readonly string[]
  /** The import that created them. */
  importId?: string
  /** The language of `export --keep`, with `status`, `votes`, `priority` and `external_id`. */
  where?: string
  /** Those that a search finds. */
  found?: RecordFilter
}

/** A selection that was checked: `next` gives the rows of one batch, `matching` those that (still) match. */
export type Selected = {
  /** Row ids after this one, in their order; empty at the end. */
  next(after: string): Promise<string[]>
  /** Those for which the condition holds now; within a transaction that locked them it stays true. */
  matching(inside: Pick<Parley, 'db'>, records: readonly string[]): Promise<string[]>
}

/** As many records as one transaction changes: few enough that nobody who labels waits for it. */
export const batchSize = 500

/**
 * @throws ParleyError `invalid` for none, and for a condition that cannot be read; `not_found` for ids and
 * imports that are not of this dataset; `conflict` while the import runs.
 */
export async function openSelection(
  parley: Parley,
  dataset: Dataset,
  { ids, importId, where, found }: Selection,
): Promise<Selected> {
  if ([ids, importId, where, found].every((one) => one === undefined))
    throw invalid({ where: 'Say which records: some ids, an import, or a condition.' })
  const condition = where === undefined ? null : parseWhere(where, dataset.document)
  const from = importId === undefined ? '0' : await beforeImport(parley, dataset, importId)
  const named = ids === undefined ? null : await rowsOf(parley, dataset, ids)
  const search = found === undefined ? null : openSearch(parley, dataset, found, batchSize)
  if (search && (named || importId !== undefined))
    throw invalid({ found: 'Name records, or search for them; not both.' })
  return {
    next: (after) => {
      if (search) return search(after)
      if (named) return nextNamed(parley, dataset, { named, after, importId })
      return nextRows(parley, dataset, {
        after: BigInt(after) > BigInt(from) ? after : from,
        importId,
      })
    },
    matching: async (inside, records) => {
      const some = condition ? await matching(inside, dataset, condition, records) : [...records]
      return found ? stillHold(inside, dataset, some, found) : some
    },
  }
}

/** The newest record when the import began: none before it is of it. */
async function beforeImport(parley: Parley, dataset: Dataset, id: string): Promise<string> {
  const found = /^[1-9]\d{0,17}$/.test(id)
    ? await parley.db
        .selectFrom('imports')
        .select(['afterRecord', 'state'])
        .where('id', '=', id)
        .where('datasetId', '=', dataset.id)
        .executeTakeFirst()
    : undefined
  if (!found) throw notFound(`import into "${dataset.name}" with the number`, id)
  if (found.state === 'queued' || found.state === 'running')
    throw conflict(`Import ${id} is still running. Stop it, or try again when it is through.`)
  return found.afterRecord
}

const mostNamed = 5

/** The rows of these external ids, in their order. */
async function rowsOf(parley: Parley, dataset: Dataset, ids: readonly string[]): Promise<string[]> {
  const found = await findRecords(parley, dataset, ids)
  const missing = ids.filter((id) => !found.has(id))
  if (missing.length > 0) {
    const some = missing.slice(0, mostNamed).map((id) => `"${id}"`)
    const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : ''
    throw invalid({ ids: `"${dataset.name}" has no record ${some.join(', ')}${more}.` })
  }
  return [...new Set(found.values())].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
}

/** The row of each external id that there is. */
export async function findRecords(
  parley: Parley,
  dataset: Pick<Dataset, 'id'>,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let at = 0; at < ids.length; at += 1000) {
    const { rows } = await sql<{ externalId: string; id: string }>`
      select external_id, id from record_ids(${dataset.id}, ${ids.slice(at, at + 1000)}::text[])
    `.execute(parley.db)
    for (const { externalId, id } of rows) found.set(externalId, id)
  }
  return found
}

type From = { after: string; importId: string | undefined }

async function nextNamed(
  parley: Parley,
  dataset: Dataset,
  { named, after, importId }: From & { named: readonly string[] },
): Promise<string[]> {
  const rest = named.filter((id) => BigInt(id) > BigInt(after))
  for (let at = 0; at < rest.length; at += batchSize) {
    const some = rest.slice(at, at + batchSize)
    const theirs = importId === undefined ? some : await ofImport(parley, dataset, some, importId)
    if (theirs.length > 0) return theirs
  }
  return []
}

async function ofImport(
  parley: Parley,
  dataset: Dataset,
  records: readonly string[],
  importId: string,
): Promise<string[]> {
  const rows = await parley.db
    .selectFrom('outlines')
    .select('recordId')
    .where('datasetId', '=', dataset.id)
    .where('recordId', '=', sql<string>`any(${records}::bigint[])`)
    .where('importId', '=', importId)
    .orderBy('recordId')
    .execute()
  return rows.map(({ recordId }) => recordId)
}

async function nextRows(
  parley: Parley,
  dataset: Dataset,
  { after, importId }: From,
): Promise<string[]> {
  const rows = await parley.db
    .selectFrom('outlines')
    .select('recordId')
    .where('datasetId', '=', dataset.id)
    .where('recordId', '>', after)
    .$if(importId !== undefined, (query) => query.where('importId', '=', importId ?? ''))
    .orderBy('recordId')
    .limit(batchSize)
    .execute()
  return rows.map(({ recordId }) => recordId)
}

type Row = {
  id: string
  externalId: string
  status: RecordStatus
  priority: number
  metadata: Record<string, unknown>
  responses: string
}

async function matching(
  { db }: Pick<Parley, 'db'>,
  dataset: Dataset,
  where: Where,
  records: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<Row>`
    select * from condition_records(${dataset.id}, ${records}::bigint[], ${where.asksAnswers})
  `.execute(db)
  return rows
    .filter(({ externalId, responses, ...row }) =>
      where.holds({ ...row, external_id: externalId, responses: JSON.parse(responses) }),
    )
    .map(({ id }) => id)
}
