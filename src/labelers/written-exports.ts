/**
 * Which exports hold a labeler's answers: exports for chat have their own rows, exports from a terminal
 * (a file, stdout, a bucket, the Hub, an Argilla) are in the audit with their destination.
 */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'

/** `place` is the destination as admins read it: `#12` of the chat, a path, an address. */
export type WrittenExport = { dataset: string; place: string; at: Date }

/** Those of a dataset that were written from this moment on, also while being written, oldest first. */
export async function exportsSince(
  parley: Parley,
  dataset: { id: string; name: string },
  since: Date,
): Promise<WrittenExport[]> {
  const { rows } = await sql<{ place: string; at: Date }>`
    select '#' || id as place, coalesce(finished_at, created_at) as at from exports
    where dataset_id = ${dataset.id}
      and (state = 'writing' or finished_at >= ${since} and state in ('written', 'done'))
    union all
    select coalesce(detail ->> 'to', 'a file (written by an earlier version, which kept no name)'),
      max(at) from audit
    where act = 'export' and dataset = ${dataset.name} and at >= ${since} and not detail ? 'export'
    group by 1
    order by at`.execute(parley.db)
  return rows.map(({ place, at }) => ({ dataset: dataset.name, place, at }))
}

/** `prefs #12`, `prefs (s3://bucket/file)`: for a sentence. */
export function nameExport({ dataset, place }: WrittenExport): string {
  return place.startsWith('#') ? `${dataset} ${place}` : `${dataset} (${place})`
}
