/** When somebody last answered or skipped in a dataset. */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'

/** Null before the first. By labeler, along the index of their history. */
export async function lastAnswerAt(parley: Parley, datasetId: string): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(last.submitted_at) as at
    from tallies t cross join lateral (
      select s.submitted_at from responses s
      where s.labeler_id = t.labeler_id and s.submitted_at is not null
        and s.dataset_id = ${datasetId}
      order by s.submitted_at desc limit 1
    ) last
    where t.dataset_id = ${datasetId}`.execute(parley.db)
  return rows[0]?.at ?? null
}
