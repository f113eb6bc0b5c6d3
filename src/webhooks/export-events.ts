/** Events about exports: that they are written or have failed for good, once. */
import { sql } from 'kysely'
import type { ExportFile, ExportOptions } from '../exports/options.ts'
import type { Turn } from '../feeds/turns.ts'
import type { Parley } from '../parley.ts'
import type { EventData } from './event.ts'
import type { NewEvent } from './publish-events.ts'
import { untold } from './untold.ts'

export async function exportEvents(
  inside: Parley,
  dataset: { id: string; name: string },
  turns: readonly Turn[],
): Promise<NewEvent[]> {
  const ids = await untold(inside, dataset.id, 'export', turns)
  const { rows } = await sql<Row>`
    select id, options, state, rows, candidates, files, problem, created_at, finished_at from exports
    where id = any(${ids}::bigint[]) and state in ('written', 'done', 'failed')
      and finished_at is not null order by id`.execute(inside.db)
  return rows.map((row) => ({
    ...{ type: 'export.finished', subject: 'export', subjectId: row.id, recordId: '0' },
    ...{ digest: 'finished', sequence: 1, sureAt: row.finishedAt },
    data: dataOf(dataset.name, row),
  }))
}

type Row = {
  id: string
  options: ExportOptions
  state: 'written' | 'done' | 'failed'
  rows: string
  candidates: string | null
  files: ExportFile[] | null
  problem: string | null
  createdAt: Date
  finishedAt: Date
}

function dataOf(dataset: string, row: Row): EventData<'export.finished'> {
  return {
    dataset,
    export: {
      ...{ id: row.id, as: row.options.as, state: row.state === 'failed' ? 'failed' : 'done' },
      ...{
        rows: Number(row.rows),
        candidates: row.candidates === null ? null : Number(row.candidates),
      },
      files: (row.files ?? []).map(({ name, rows, sha256 }) => ({ name, rows, sha256 })),
      problem: row.problem,
      ...{ created_at: row.createdAt.toISOString(), finished_at: row.finishedAt.toISOString() },
    },
  }
}
