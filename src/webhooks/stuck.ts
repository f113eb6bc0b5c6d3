/**
 * Reports datasets that are stuck: open, with work left, and nobody has answered or skipped for a day.
 * Once for each stall; work, an import or a publish ends it.
 */
import { sql } from 'kysely'
import { lastAnswerAt } from '../assignments/last-answer.ts'
import { datasetProgress } from '../assignments/progress.ts'
import { getDatasetById } from '../datasets/dataset.ts'
import { putOff, type Turn } from '../feeds/turns.ts'
import type { Parley } from '../parley.ts'
import type { EventData } from './event.ts'
import type { NewEvent } from './publish-events.ts'

export const stuckHours = 24
/** How often a dataset that has work left is looked at. */
const againMs = 60 * 60_000

export async function stuckEvents(
  inside: Parley,
  { id, status }: { id: string; status: string },
  turns: readonly Turn[],
): Promise<NewEvent[]> {
  const [turn] = turns
  // The sweep watches it again once it is open.
  if (!turn || status !== 'ready') return []
  const now = inside.now()
  const dataset = await getDatasetById(inside, id)
  const progress = await datasetProgress(inside, dataset)
  const since = await lastMoveAt(inside, dataset)
  const stuckAt = new Date(since.getTime() + stuckHours * 3_600_000)
  putOff(turn, new Date(Math.max(stuckAt.getTime(), now.getTime() + againMs)), null)
  if (progress.pending + progress.needsOutputs === 0 || stuckAt > now) return []
  const told = await inside.db
    .selectFrom('eventTold')
    .select(['digest', 'sequence'])
    .where('datasetId', '=', id)
    .where('subject', '=', 'dataset')
    .where('subjectId', '=', id)
    .executeTakeFirst()
  if (told?.digest === since.toISOString()) return []
  const data: EventData<'dataset.stuck'> = {
    ...{ dataset: dataset.name, since: since.toISOString(), records: progress.records },
    ...{ pending: progress.pending, needs_outputs: progress.needsOutputs },
    ...{ completed: progress.completed, labelers: progress.labelers },
  }
  return [
    {
      ...{ type: 'dataset.stuck', subject: 'dataset', subjectId: id, recordId: '0', data },
      ...{ digest: since.toISOString(), sequence: (told?.sequence ?? 0) + 1, sureAt: now },
    },
  ]
}

/** The last answer, skip, import or publish. */
export async function lastMoveAt(
  inside: Parley,
  dataset: { id: string; name: string },
): Promise<Date> {
  const { rows } = await sql<{ at: Date }>`
    select greatest(d.created_at, (select max(a.at) from audit a where a.dataset = d.name and a.act in
      ('publish dataset', 'reopen dataset', 'import records', 'generated outputs')
    )) as at
    from datasets d where d.id = ${dataset.id}`.execute(inside.db)
  const opened = rows[0]?.at ?? inside.now()
  const answered = await lastAnswerAt(inside, dataset.id)
  return answered && answered > opened ? answered : opened
}
