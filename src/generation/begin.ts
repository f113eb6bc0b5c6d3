/**
 * Records each request before it is sent, so that a worker that takes over after a crash knows which
 * requests may have been paid for but not answered. Records nothing once another worker has the generation.
 */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'
import { type HeldRow, isHeld } from '../row-lease.ts'
import { generationLease, takenOver } from './generation.ts'
import type { Task } from './plan.ts'

type Begun = {
  /** For each task, in order: whether to send a request. Outputs that are already written get none. */
  begun: boolean[]
  /** Requests of an earlier attempt that a crash interrupted: at most `mostCutOff`. */
  cutOff: number
}

/**
 * The same statement counts requests that were begun and never answered as interrupted, so that another
 * crash loses none of them. A worker records more requests than it has sent, but never sends more at once
 * than the model accepts, hence `mostCutOff`.
 * @throws `conflict` once another worker has the generation, or it has ended.
 */
export async function beginOutputs(
  parley: Parley,
  held: HeldRow & { datasetId: string },
  { model, mostCutOff }: { model: string; mostCutOff: number },
  tasks: readonly Task[],
): Promise<Begun> {
  const rows = JSON.stringify(
    tasks.map(({ recordId, hash, sample }) => ({ r: recordId, h: hash, s: sample })),
  )
  const { rows: found } = await sql<{ isMine: boolean; begun: string[] | null; cutOff: number }>`
    with mine as materialized (
      select from generations where ${isHeld(generationLease, held)}
    ), asked as materialized (
      select * from json_to_recordset(${rows}::json) as u(r bigint, h text, s smallint)
      where exists (select from mine)
    ), before as materialized (
      select record_id, sample, generation_id = ${held.id} as is_ours from generated_outputs g
      join asked on g.record_id = r and g.sample = s
      where g.dataset_id = ${held.datasetId} and g.model = ${model} and begun_at is not null
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
    ), again as materialized (
      select least(count(*) filter (where is_ours), ${mostCutOff}::int)::int as ours,
        count(*) filter (where not is_ours)::int as others
      from begun join before using (record_id, sample)
    ), counted as (
      update generations set broken_off = broken_off + ours + others from again
      where ${isHeld(generationLease, held)} and ours + others > 0
    )
    select exists (select from mine) as is_mine, (select ours from again) as cut_off,
      (select json_agg(record_id || ' ' || sample) from begun) as begun`.execute(parley.db)
  if (!found[0]?.isMine) throw takenOver()
  const begun = new Set(found[0].begun)
  return {
    begun: tasks.map(({ recordId, sample }) => begun.has(`${recordId} ${sample}`)),
    cutOff: found[0].cutOff,
  }
}
