/** How far searches of a dataset are up to date: they are read after the records and answers themselves. */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import type { Parley } from '../parley.ts'

export type Indexed = {
  /** Records and answers until then are found; null while a first reading goes on. */
  until: Date | null
  /** Of a reading that goes on: how much of the dataset it has, 0 to 1; 1 otherwise. */
  share: number
}

export async function indexedUpTo(parley: Parley, { id }: Pick<Dataset, 'id'>): Promise<Indexed> {
  const { rows } = await sql<{ until: Date | null; share: number; isBehind: boolean }>`
    select x.until, x.walked < x.last as is_behind,
      case when x.last > x.first
        then greatest(x.walked - x.first, 0)::float8 / (x.last - x.first) else 0 end as share
    from (
      select (select looked_until from search_progress where dataset_id = 0) as until,
        coalesce((select walked from search_progress where dataset_id = ${id}), 0) as walked,
        (select id from records where dataset_id = ${id} order by id limit 1) as first,
        (select id from records where dataset_id = ${id} order by id desc limit 1) as last
    ) x`.execute(parley.db)
  const { until = null, share = 0, isBehind = false } = rows[0] ?? {}
  return isBehind ? { until: null, share: Math.min(share, 0.99) } : { until, share: 1 }
}
