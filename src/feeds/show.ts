/** The status of feeds: what was fed, what is waiting, and why. */
import { sql } from 'kysely'
import { findDataset, getDataset, listDatasets } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import type { Parley } from '../parley.ts'

export type FeedState = {
  from: string
  to: string
  when: string | null
  /** Records fed and still accepted. */
  current: number
  /** Records that people answered before their source changed or was withdrawn. */
  changed: number
  withdrawn: number
  /** Source records still to be processed, and when the next one is due. */
  due: number
  next: Date | null
  problem: string | null
}

/** The feeds of one dataset, or of all. */
export async function listFeeds(parley: Parley, input: { dataset?: string }): Promise<FeedState[]> {
  const datasets =
    input.dataset === undefined
      ? (await listDatasets(parley)).map(({ dataset }) => dataset)
      : [await getDataset(parley, input.dataset)]
  const states: FeedState[] = []
  for (const dataset of datasets) states.push(...(await feedsOf(parley, dataset)))
  return states
}

async function feedsOf(parley: Parley, { id, name, document }: Dataset): Promise<FeedState[]> {
  const states: FeedState[] = []
  for (const { to, when = null } of document.feeds ?? []) {
    const target = await findDataset(parley, to)
    const { rows } = await sql<Omit<FeedState, 'from' | 'to' | 'when'>>`
      select f.*, t.* from (
        select count(*) filter (where state = 'current')::int as current,
          count(*) filter (where state = 'changed')::int as changed,
          count(*) filter (where state = 'withdrawn')::int as withdrawn
        from fed where dataset_id = ${id} and target_id = ${target?.id ?? '0'}
      ) f cross join (
        select count(*)::int as due, nullif(min(due_at), 'epoch') as next, max(problem) as problem
        from feed_turns where dataset_id = ${id}
      ) t`.execute(parley.db)
    const [counts] = rows
    if (counts) states.push({ from: name, to, when, ...counts })
  }
  return states
}
