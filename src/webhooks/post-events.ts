/** Events about closed posts: their result, once. */
import { sql } from 'kysely'
import type { Turn } from '../feeds/turns.ts'
import type { Parley } from '../parley.ts'
import type { StoredResult } from '../posts/poll.ts'
import type { EventData } from './event.ts'
import type { NewEvent } from './publish-events.ts'
import { untold } from './untold.ts'

export async function postEvents(
  inside: Parley,
  dataset: { id: string; name: string },
  turns: readonly Turn[],
): Promise<NewEvent[]> {
  const ids = await untold(inside, dataset.id, 'post', turns)
  const { rows } = await sql<Row>`
    select p.id, p.record_id, r.external_id, p.platform, p.result, p.created_at, p.closed_at
    from posts p join records r on r.dataset_id = p.dataset_id and r.id = p.record_id
    where p.id = any(${ids}::bigint[]) and p.state = 'closed' order by p.id`.execute(inside.db)
  return rows.map((row) => ({
    ...{ type: 'post.closed', subject: 'post', subjectId: row.id, recordId: row.recordId },
    ...{ digest: 'closed', sequence: 1, sureAt: row.closedAt, data: dataOf(dataset.name, row) },
  }))
}

type Row = {
  id: string
  recordId: string
  externalId: string
  platform: string
  result: StoredResult | null
  createdAt: Date
  closedAt: Date
}

function dataOf(dataset: string, row: Row): EventData<'post.closed'> {
  const { votes = 0, ranking = [], agreement = null, alpha = null, first = null } = row.result ?? {}
  return {
    dataset,
    record: { id: row.recordId, external_id: row.externalId },
    post: {
      ...{ id: row.id, platform: row.platform, votes, ranking, agreement, alpha, first },
      ...{ created_at: row.createdAt.toISOString(), closed_at: row.closedAt.toISOString() },
    },
  }
}
