/** The records that an invitation names: the batch is these, in this order. */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import { isWriting } from '../datasets/writing.ts'
import { invalid } from '../errors.ts'
import type { Parley } from '../parley.ts'

const mostRecords = 10_000
const mostNamed = 5

/**
 * The rows of these external ids, in their order, each once.
 * @throws ParleyError `invalid` for none, too many, ids there are not, and where labelers write the records.
 */
export async function findNamed(
  parley: Parley,
  dataset: Dataset,
  ids: readonly string[],
): Promise<string[]> {
  const wanted = [...new Set(ids)]
  if (isWriting(dataset.document))
    throw invalid({ records: `Labelers write the records of "${dataset.name}"; invite without.` })
  if (wanted.length === 0) throw invalid({ records: 'There is no id in it. Write one a line.' })
  if (wanted.length > mostRecords)
    throw invalid({
      records: `There are ${wanted.length} ids; a batch takes ${mostRecords}. Split it.`,
    })
  const { rows } = await sql<{ externalId: string; id: string }>`
    select external_id, id from record_ids(${dataset.id}, ${wanted}::text[])`.execute(parley.db)
  const found = new Map(rows.map(({ externalId, id }) => [externalId, id]))
  const missing = wanted.filter((id) => !found.has(id)).map((id) => `"${id}"`)
  if (missing.length > 0) {
    const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : ''
    throw invalid({
      records: `"${dataset.name}" has no record ${missing.slice(0, mostNamed).join(', ')}${more}.`,
    })
  }
  return wanted.flatMap((id) => found.get(id) ?? [])
}

/** Stores them, in place of any it named before; within the transaction that writes the invitation. */
export async function nameRecords(
  inside: Parley,
  invitationId: string,
  records: readonly string[] | undefined,
): Promise<void> {
  await inside.db.deleteFrom('invitedRecords').where('invitationId', '=', invitationId).execute()
  if (records === undefined) return
  await sql`
    insert into invited_records (invitation_id, ordinal, record_id)
    select ${invitationId}, n, id from unnest(${records}::bigint[]) with ordinality u(id, n)
  `.execute(inside.db)
}
