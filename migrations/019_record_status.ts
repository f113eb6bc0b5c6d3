/**
 * A record has one status, decided by one function (src/db/functions/status.sql): completed is
 * completed, whether it lacks outputs or not, and only what is required makes a record wait for
 * outputs. The counts that were kept by another rule are put right.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // The few records that lack outputs, for whoever counts those that wait for them.
  await sql`
    create index places_needing on places (dataset_id, record_id) where needs_outputs`.execute(db)
  await sql`
    update places p set needs_outputs = false
    from records r, (
      select d.id, case
        when bool_or(q ->> 'type' = 'ranking' and (q ->> 'required')::boolean) then 2
        when bool_or(q ->> 'of' = 'outputs' and (q ->> 'required')::boolean) then 1
        else 0 end as needed
      from datasets d cross join lateral json_array_elements(d.document -> 'questions') q
      group by d.id
    ) d
    where p.needs_outputs and d.id = p.dataset_id
      and r.dataset_id = p.dataset_id and r.id = p.record_id
      and jsonb_array_length(r.outputs) >= d.needed`.execute(db)
  await recount(db, 'not rejected and (polled or counted >= wanted)')
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index places_needing`.execute(db)
  await recount(db, 'not rejected and not needs_outputs and (polled or counted >= wanted)')
}

/** What the sums by labeler miss is Parley's own: labeler 0. */
async function recount(db: Kysely<unknown>, isCompleted: string): Promise<void> {
  await sql`
    with held as (
      select dataset_id, count(*) filter (where ${sql.raw(isCompleted)}) as completed,
        count(*) filter (where rejected) as rejected,
        count(*) filter (where needs_outputs) as needs_outputs
      from places group by dataset_id
    ), kept as (
      select dataset_id, sum(completed) as completed, sum(rejected) as rejected,
        sum(needs_outputs) as needs_outputs
      from tallies group by dataset_id
    )
    update tallies t set completed = t.completed + held.completed - kept.completed,
      rejected = t.rejected + held.rejected - kept.rejected,
      needs_outputs = t.needs_outputs + held.needs_outputs - kept.needs_outputs
    from held join kept using (dataset_id)
    where t.dataset_id = held.dataset_id and t.labeler_id = 0`.execute(db)
}
