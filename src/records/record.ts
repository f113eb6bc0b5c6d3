/** Finds records: one by its external id, or a page of them; and deletes a record without answers. */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { conflict, notFound } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import type { RecordFields, RecordGold, RecordOutput, RecordSuggestions } from './record-line.ts'
import type { RecordStatus } from './record-status.ts'

/** A record with its status. */
export type StoredRecord = {
  id: string
  externalId: string
  status: RecordStatus
  fields: RecordFields
  outputs: RecordOutput[]
  metadata: { [key: string]: unknown }
  suggestions: RecordSuggestions
  /** Known answers, for admins only. */
  gold: RecordGold | null
  priority: number
  wanted: number
  counted: number
  leased: number
  discards: number
}

export type RecordPage = { records: StoredRecord[]; next: string | null }

/** Records in the order of their external ids; `after` is the last one of the page before. */
export async function listRecords(
  parley: Parley,
  input: { dataset: string; status?: RecordStatus; after?: string; limit?: number },
): Promise<RecordPage> {
  const dataset = await getDataset(parley, input.dataset)
  const limit = Math.min(Math.max(input.limit ?? 50, 1), 1000)
  const rows = await storedRecords(parley, dataset.id)
    .$if(input.after !== undefined, (query) =>
      query.where('records.externalId', '>', input.after ?? ''),
    )
    .$if(input.status !== undefined, (query) =>
      query.where(recordStatus, '=', input.status ?? 'pending'),
    )
    .orderBy('records.externalId')
    .limit(limit + 1)
    .execute()
  const records = rows.slice(0, limit)
  return { records, next: rows.length > limit ? (records.at(-1)?.externalId ?? null) : null }
}

/** @throws ParleyError `not_found`. */
export async function getRecord(
  parley: Parley,
  input: { dataset: string; externalId: string },
): Promise<StoredRecord> {
  const dataset = await getDataset(parley, input.dataset)
  const row = await storedRecords(parley, dataset.id)
    .where('records.externalId', '=', input.externalId)
    .executeTakeFirst()
  if (row) return row
  throw notFound('record', input.externalId)
}

/** @throws ParleyError `conflict` if a labeler holds it or has answered it: answers are not lost. */
export async function deleteRecord(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; externalId: string },
): Promise<void> {
  const by = requireAdmin(actor)
  return inTransaction(parley, async (inside) => {
    const { id, ...record } = await getRecord(inside, input)
    const dataset = await getDataset(inside, input.dataset, actor)
    const place = await inside.db
      .selectFrom('places')
      .select(['needsOutputs', 'rejected'])
      .where('datasetId', '=', dataset.id)
      .where('recordId', '=', id)
      .forUpdate()
      .executeTakeFirst()
    if (!place) throw notFound('record', input.externalId)
    const held = await inside.db
      .selectFrom('assignments')
      .select('id')
      .where('datasetId', '=', dataset.id)
      .where('recordId', '=', id)
      .limit(1)
      .executeTakeFirst()
    if (held)
      throw conflict(
        `Record "${record.externalId}" has been handed out, and what people did with it is kept. Only a record nobody has seen can be deleted.`,
      )
    for (const [table, column] of [
      ['places', 'recordId'],
      ['outlines', 'recordId'],
      ['recordSearch', 'recordId'],
      ['generatedOutputs', 'recordId'],
      ['asks', 'recordId'],
      ['records', 'id'],
    ] as const)
      await inside.db
        .deleteFrom(table)
        .where('datasetId', '=', dataset.id)
        .where(column, '=', id)
        .execute()
    await inside.db
      .updateTable('tallies')
      .set({
        records: sql`records - 1`,
        needsOutputs: sql`needs_outputs - ${place.needsOutputs ? 1 : 0}`,
        rejected: sql`rejected - ${place.rejected ? 1 : 0}`,
      })
      .where('datasetId', '=', dataset.id)
      .where('labelerId', '=', '0')
      .execute()
    await writeAudit(inside, {
      actor: by,
      act: 'delete record',
      dataset: dataset.name,
      detail: { external_id: record.externalId },
    })
  })
}

function storedRecords(parley: Parley, datasetId: string) {
  return parley.db
    .selectFrom('records')
    .innerJoin('places', (join) =>
      join
        .onRef('places.datasetId', '=', 'records.datasetId')
        .onRef('places.recordId', '=', 'records.id'),
    )
    .leftJoin('outlines', (join) =>
      join
        .onRef('outlines.datasetId', '=', 'records.datasetId')
        .onRef('outlines.recordId', '=', 'records.id'),
    )
    .select([
      'records.id',
      'records.externalId',
      'records.fields',
      'records.outputs',
      'records.metadata',
      'records.suggestions',
      'outlines.gold',
      'places.priority',
      'places.wanted',
      'places.counted',
      'places.leased',
      'places.discards',
    ])
    .select(recordStatus.as('status'))
    .where('records.datasetId', '=', datasetId)
}

const recordStatus = sql<RecordStatus>`record_status(places)`
