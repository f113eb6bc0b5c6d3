/**
 * Gives every labeler of a dataset their pseudonym in its exports. A pseudonym is created once and stored,
 * so that later exports match; pseudonyms from imported answers stay unchanged.
 */
import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import type { Snapshot } from '../db/copy.ts'
import { deriveNamedKey } from '../derive-key.ts'
import { invalid } from '../errors.ts'
import type { Parley } from '../parley.ts'

/** Makes and stores the names that are missing. */
export async function ensurePseudonyms(parley: Parley, datasetId: string): Promise<void> {
  const labelers = await unnamed(datasetId).execute(parley.db)
  if (labelers.rows.length === 0) return
  const key = openPseudonymKey(parley.secret)
  await parley.db
    .insertInto('pseudonyms')
    .values(
      labelers.rows.map(({ labelerId }) => ({
        datasetId,
        labelerId,
        pseudonym: buildPseudonym(key, datasetId, labelerId),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** The pseudonyms of these labelers in a dataset, made and stored where one is missing. */
export async function pseudonymsOf(
  parley: Parley,
  datasetId: string,
  labelerIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(labelerIds)]
  const known = await namesOf(parley, datasetId, ids)
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length === 0) return known
  const key = openPseudonymKey(parley.secret)
  await parley.db
    .insertInto('pseudonyms')
    .values(
      missing.map((labelerId) => ({
        datasetId,
        labelerId,
        pseudonym: buildPseudonym(key, datasetId, labelerId),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return namesOf(parley, datasetId, ids)
}

async function namesOf({ db }: Parley, datasetId: string, ids: readonly string[]) {
  const rows = await db
    .selectFrom('pseudonyms')
    .select(['labelerId', 'pseudonym'])
    .where('datasetId', '=', datasetId)
    .where('labelerId', '=', sql<string>`any(${ids}::bigint[])`)
    .execute()
  return new Map(rows.map(({ labelerId, pseudonym }) => [labelerId, pseudonym]))
}

/** @throws ParleyError `invalid` for a pseudonym that no labeler of the dataset has. */
export async function requireLabelers(
  parley: Parley,
  dataset: { id: string; name: string },
  list: string | undefined,
): Promise<void> {
  if (list === undefined) return
  await ensurePseudonyms(parley, dataset.id)
  const asked = list.split(',').map((name) => name.trim())
  const rows = await parley.db
    .selectFrom('pseudonyms')
    .select('pseudonym')
    .where('datasetId', '=', dataset.id)
    .where('pseudonym', 'in', asked)
    .execute()
  const known = rows.map(({ pseudonym }) => pseudonym)
  const unknown = asked.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw invalid({
    labeler: `Nobody in "${dataset.name}" is called ${unknown.map((name) => `"${name}"`).join(' or ')}. npx parley labelers list ${dataset.name} shows the pseudonyms.`,
  })
}

/** Whether this view of the database holds an answer of somebody without a name. */
export async function lacksPseudonyms(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
): Promise<boolean> {
  const rows = await snapshot.all({ compile: () => unnamed(datasetId).compile(parley.db) })
  return rows.length > 0
}

export type PseudonymKey = { id: string; key: Buffer }

/**
 * The key for pseudonyms only (RFC 5869). Every pseudonym contains its id, which shows the secret it was
 * made with after the secret was changed.
 */
export function openPseudonymKey(secret: string): PseudonymKey {
  return deriveNamedKey(secret, 'pseudonym', 2)
}

/** `p<key id>-<80 bits>`; the same labeler has unrelated names in two datasets. */
export function buildPseudonym(
  { id, key }: PseudonymKey,
  datasetId: string,
  labelerId: string,
): string {
  const hmac = createHmac('sha256', key).update(`${datasetId}:${labelerId}`).digest('hex')
  return `p${id}-${hmac.slice(0, 20)}`
}

/** Skips from labeler to labeler through the index: the cost grows with labelers, not with answers. */
function unnamed(datasetId: string) {
  return sql<{ labelerId: string }>`
    with recursive walk as (
      (select labeler_id from assignments where dataset_id = ${datasetId}
       order by labeler_id limit 1)
      union all
      select (select a.labeler_id from assignments a
              where a.dataset_id = ${datasetId} and a.labeler_id > walk.labeler_id
              order by a.labeler_id limit 1)
      from walk where walk.labeler_id is not null
    )
    select labeler_id as "labelerId" from walk
    where labeler_id is not null and not exists (
      select from pseudonyms p
      where p.dataset_id = ${datasetId} and p.labeler_id = walk.labeler_id
    )`
}
