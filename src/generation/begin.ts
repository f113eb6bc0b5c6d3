/**
 * Notes that an output is asked for, before it is: a worker that takes over after a crash sees which requests
 * may have been paid for without their answer. Nothing is noted once the generation is somebody else's.
 */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'
import { type HeldRow, isHeld } from '../row-lease.ts'
import { generationLease, takenOver } from './generation.ts'
import type { Task } from './plan.ts'

type Row = [recordId: string, sample: number, wasBegun: boolean]

/** `begun`: ask now. `again`: so too, but a crash cut it off before. `done`: it is written already. */
export type Begun = 'begun' | 'again' | 'done'

/** @throws `conflict` once the generation is another worker's, or was ended. */
export async function beginOutputs(
  parley: Parley,
  held: HeldRow & { datasetId: string },
  model: string,
  tasks: readonly Task[],
): Promise<Begun[]> {
  const rows = JSON.stringify(
    tasks.map(({ recordId, hash, sample }) => ({ r: recordId, h: hash, s: sample })),
  )
  const { rows: found } = await sql<{ isMine: boolean; begun: Row[] | null }>`
    with mine as materialized (
      select from generations where ${isHeld(generationLease, held)}
    ), asked as materialized (
      select * from json_to_recordset(${rows}::json) as u(r bigint, h text, s smallint)
      where exists (select from mine)
    ), before as materialized (
      select record_id, sample, begun_at is not null as was_begun from generated_outputs g
      join asked on g.record_id = r and g.sample = s
      where g.dataset_id = ${held.datasetId} and g.model = ${model}
    ), begun as (
      insert into generated_outputs as g
        (dataset_id, record_id, model, sample, generation_id, fields_hash, begun_at)
      select ${held.datasetId}::bigint, r, ${model}, s, ${held.id}::bigint, h, ${parley.now()}::timestamptz
      from asked order by r, s
      on conflict (dataset_id, record_id, model, sample) do update set
        attempts = g.attempts + 1, generation_id = excluded.generation_id,
        fields_hash = excluded.fields_hash, begun_at = excluded.begun_at,
        done_at = null, kind = null, added = false, output = null
      where g.done_at is null or g.fields_hash <> excluded.fields_hash
      returning record_id, sample
    )
    select exists (select from mine) as is_mine, (
      select json_agg(json_build_array(begun.record_id::text, begun.sample,
        coalesce(before.was_begun, false)))
      from begun left join before using (record_id, sample)) as begun`.execute(parley.db)
  if (!found[0]?.isMine) throw takenOver()
  const known = new Map((found[0].begun ?? []).map(([id, sample, was]) => [`${id} ${sample}`, was]))
  return tasks.map(({ recordId, sample }) => {
    const was = known.get(`${recordId} ${sample}`)
    return was === undefined ? 'done' : was ? 'again' : 'begun'
  })
}
