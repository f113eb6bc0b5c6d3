/** Adds outputs to records that nobody has answered; a record that waited for them opens with enough. */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import type { Parley } from '../parley.ts'
import { mostOutputs } from './generated.ts'
import type { RecordFields, RecordOutput } from './record-line.ts'
import { type Numbered, rewriteRecords } from './upsert.ts'

/** What came of it: an answered record keeps its outputs, and a full or deleted one takes none. */
export type Added = 'added' | 'answered' | 'leased' | 'full' | 'gone'

type Held = {
  id: string
  externalId: string
  fields: RecordFields
  outputs: RecordOutput[]
  posted: boolean
  hash: string
}

/**
 * Adds all outputs named for a record, or none of them. Ids that are taken get a number. Runs within
 * the caller's transaction, under the locks of the records' places. `hash` is of the fields that the
 * outputs answer (`md5(fields::text)`): a record whose fields have changed since takes none.
 */
export async function addOutputs(
  parley: Parley,
  dataset: Dataset,
  wanted: readonly { recordId: string; hash: string; outputs: readonly RecordOutput[] }[],
): Promise<Map<string, Added>> {
  const told = new Map<string, Added>(wanted.map(({ recordId }) => [recordId, 'gone']))
  const held = await lockRecords(
    parley,
    dataset,
    wanted.map(({ recordId }) => recordId),
  )
  const batch: Numbered[] = []
  const ids: string[] = []
  for (const { recordId, hash, outputs } of wanted) {
    const found = held.get(recordId)
    if (!found || found.hash !== hash) continue
    if (found.posted) told.set(recordId, 'leased')
    else if (found.outputs.length + outputs.length > mostOutputs) told.set(recordId, 'full')
    else {
      batch.push(lineOf(found, outputs))
      ids.push(recordId)
    }
  }
  for (const [at, { outcome }] of (await rewriteRecords(parley, dataset, batch)).entries()) {
    const refused = outcome === 'answered' || outcome === 'leased' ? outcome : null
    told.set(ids[at] ?? '', refused ?? 'added')
  }
  return told
}

async function lockRecords(
  parley: Parley,
  dataset: Dataset,
  ids: readonly string[],
): Promise<Map<string, Held>> {
  const sorted = [...new Set(ids)]
  await sql`
    select from places where dataset_id = ${dataset.id} and record_id = any(${sorted}::bigint[])
    order by record_id for update`.execute(parley.db)
  const { rows } = await sql<Held>`
    select r.id, r.external_id, r.fields, r.outputs, p.posted,
      md5(r.fields::text) as hash
    from records r join places p on p.dataset_id = r.dataset_id and p.record_id = r.id
    where r.dataset_id = ${dataset.id} and r.id = any(${sorted}::bigint[])`.execute(parley.db)
  return new Map(rows.map((row) => [row.id, row]))
}

function lineOf(held: Held, more: readonly RecordOutput[]): Numbered {
  const added: RecordOutput[] = []
  for (const output of more)
    added.push({ ...output, id: freeId(output.id, [...held.outputs, ...added]) })
  return {
    // Records of a fixed order that open at the same time keep it.
    line: Number(BigInt(held.id) & 0xffff_ffffn),
    ...{ isPartial: true, added },
    record: {
      format: 1,
      external_id: held.externalId,
      fields: held.fields,
      outputs: [...held.outputs, ...added],
      ...{ metadata: {}, suggestions: {}, priority: 0 },
    },
  }
}

function freeId(wanted: string, outputs: readonly RecordOutput[]): string {
  const taken = new Set(outputs.map(({ id }) => id))
  let id = wanted
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`
  return id
}
