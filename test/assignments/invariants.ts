/** What must hold of a dataset at every quiet moment, counted anew from its assignments. */
import { sql } from 'kysely'
import type { Dataset } from '../../src/datasets/document.ts'
import type { Parley } from '../../src/parley.ts'

/** How many rows break each promise; all zero, whatever happened before. */
export async function countDrift(
  parley: Parley,
  dataset: Dataset,
): Promise<Record<string, number>> {
  const id = dataset.id
  const { rows } = await sql<Record<string, number>>`
    with held as (
      select p.record_id, count(a.id) filter (where a.counted) as counted,
        count(a.id) filter (where a.status = 'leased') as leased,
        coalesce(bit_or(1::bigint << a.slot)
          filter (where a.counted or a.status = 'leased'), 0) as taken
      from places p
      left join assignments a on a.dataset_id = p.dataset_id and a.record_id = p.record_id
        and a.slot is not null
      where p.dataset_id = ${id} group by p.record_id
    ), done as (
      select labeler_id, count(*) filter (where r.status = 'submitted') as submitted,
        count(*) filter (where a.counted) as counted,
        count(*) filter (where r.status = 'discarded') as discarded,
        coalesce(sum(r.seconds) filter (where r.status = 'submitted'), 0) as seconds
      from assignments a
      join responses r using (dataset_id, labeler_id)
      where a.dataset_id = ${id} and r.assignment_id = a.id group by labeler_id
    )
    select
      (select count(*) from places p join held h using (record_id) where p.dataset_id = ${id}
        and p.counted <> h.counted)::int as "places.counted",
      (select count(*) from places p join held h using (record_id) where p.dataset_id = ${id}
        and p.leased <> h.leased)::int as "places.leased",
      (select count(*) from places p join held h using (record_id) where p.dataset_id = ${id}
        and p.taken <> h.taken)::int as "places.taken",
      (select count(*) from places where dataset_id = ${id} and counted > wanted)::int
        as "counted beyond wanted",
      (select count(*) from tallies t left join done d using (labeler_id)
        where t.dataset_id = ${id} and t.labeler_id <> 0 and (t.submitted, t.counted, t.discarded)
        is distinct from (coalesce(d.submitted, 0), coalesce(d.counted, 0), coalesce(d.discarded, 0)))::int
        as "tallies of labelers",
      (select count(*) from tallies t join done d using (labeler_id) where t.dataset_id = ${id}
        and abs(t.seconds - d.seconds) > 0.001)::int as "tallies.seconds",
      abs((select sum(completed) from tallies where dataset_id = ${id}) - (select count(*) from places
        where dataset_id = ${id} and record_status(places) = 'completed'))::int
        as "tallies.completed",
      abs((select sum(rejected) from tallies where dataset_id = ${id}) - (select count(*) from places
        where dataset_id = ${id} and rejected))::int as "tallies.rejected",
      abs((select sum(records) from tallies where dataset_id = ${id}) - (select count(*) from places
        where dataset_id = ${id}))::int as "tallies.records",
      (select count(*) from (select from assignments where dataset_id = ${id} and repeat = 0
        group by labeler_id, record_id having count(*) > 1) x)::int as "one labeler twice",
      (select count(*) from assignments a left join responses r on r.dataset_id = a.dataset_id
        and r.assignment_id = a.id where a.dataset_id = ${id} and (
          (a.status = 'submitted') <> (r.status is not distinct from 'submitted')
          or (a.status = 'discarded') <> (r.status is not distinct from 'discarded')
          or (a.counted and a.status <> 'submitted')))::int as "status of responses",
      (select count(*) from assignments a join responses r on r.dataset_id = a.dataset_id
        and r.assignment_id = a.id where a.dataset_id = ${id} and a.status = 'submitted'
        and (a.slot is not null or a.post_id is not null)
        and not r.flags && array['excluded', 'same_person'] and a.counted = (r.flags @> array['surplus']))::int
        as "surplus flags",
      (select count(*) from responses r where r.dataset_id = ${id} and r.revision <> 1 +
        (select count(*) from revisions v where v.dataset_id = r.dataset_id
          and v.assignment_id = r.assignment_id))::int as "revisions"
  `.execute(parley.db)
  return rows[0] ?? {}
}
