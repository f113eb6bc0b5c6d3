/** Assigns the records of a selection to people: an invitation to a batch that is these records. */
import { sql } from 'kysely'
import { getDataset } from '../datasets/dataset.ts'
import { conflict, invalid } from '../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import { type Invited, inviteLabelers } from '../reminders/invite.ts'
import { openSelection, type Selection } from './select.ts'

export type Assigned = {
  matched: number
  /** Those of them that still take answers: only these are assigned. */
  assigned: number
  dryRun: boolean
  /** Null for a dry run. */
  invited: Invited | null
}

const mostRecords = 10_000

/**
 * Everybody named gets the records that still take answers, or with `each` so many of them, in turn. They
 * stay open to others until they are answered.
 * @throws ParleyError `invalid` for the selection, for too many and for names of nobody; `conflict` where they
 * are not as many as expected, and as `inviteLabelers` does.
 */
export async function assignRecords(
  parley: Parley,
  actor: Actor,
  input: Selection & {
    dataset: string
    to: readonly string[]
    each?: number
    dryRun?: boolean
    expect?: number
  },
): Promise<Assigned> {
  requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  const selected = await openSelection(parley, dataset, input)
  const records: string[] = []
  let matched = 0
  for (let after = '0'; ; ) {
    const rows = await selected.next(after)
    if (rows.length === 0) break
    after = rows.at(-1) ?? after
    const some = await selected.matching(parley, rows)
    matched += some.length
    records.push(...(await openOnes(parley, dataset.id, some)))
    if (records.length > mostRecords)
      throw invalid({
        records: `More than ${mostRecords} records would be assigned. Narrow the selection.`,
      })
  }
  const counts = { matched, assigned: records.length }
  if (input.dryRun) return { ...counts, dryRun: true, invited: null }
  if (input.expect !== undefined && input.expect !== records.length)
    throw conflict(
      `There are ${records.length} records to assign, not ${input.expect}. Count again, and say how many you expect.`,
    )
  if (records.length === 0)
    throw invalid({ records: 'None of these records takes answers. Choose others.' })
  const { to, each } = input
  const asked = { dataset: dataset.name, to, records, ...(each === undefined ? {} : { each }) }
  return { ...counts, dryRun: false, invited: await inviteLabelers(parley, actor, asked) }
}

/** External ids of those that still take answers, in their order. */
async function openOnes(
  { db }: Parley,
  datasetId: string,
  ids: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ externalId: string }>`
    select r.external_id from unnest(${ids}::bigint[]) u(id)
    join places p on p.dataset_id = ${datasetId} and p.record_id = u.id
    join records r on r.dataset_id = ${datasetId} and r.id = u.id
    where record_status(p) = 'pending' and not p.posted
    order by u.id`.execute(db)
  return rows.map(({ externalId }) => externalId)
}
