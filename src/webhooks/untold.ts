/** Of these turns, those never reported: for events that are sent once and never change. */
import { sql } from 'kysely'
import type { Turn } from '../feeds/turns.ts'
import type { Parley } from '../parley.ts'

export async function untold(
  inside: Parley,
  datasetId: string,
  subject: string,
  turns: readonly Turn[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select i::text as id from unnest(${turns.map(({ id }) => id)}::bigint[]) i
    where not exists (select from event_told t
      where t.dataset_id = ${datasetId} and t.subject = ${subject} and t.subject_id = i)`.execute(
    inside.db,
  )
  return rows.map(({ id }) => id)
}
