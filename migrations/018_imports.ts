/**
 * What each import brought, so that it can be looked up and taken back. And answers made elsewhere
 * that lay beyond the places of their records and so counted for nothing: they count from now on.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table imports (
      id bigint generated always as identity primary key,
      dataset_id bigint not null references datasets on delete cascade,
      imported_by text not null,
      -- what was read, as it was named: files, an address, a dataset of another server
      source text not null,
      kind text not null,
      state text not null default 'running'
        check (state in ('running', 'done', 'stopped', 'failed', 'undone')),
      -- no record that it made has an id as low as this
      after_record bigint not null,
      report jsonb not null default '{}',
      started_at timestamptz not null,
      -- while it runs: when it last wrote something
      seen_at timestamptz not null,
      finished_at timestamptz,
      undone_at timestamptz,
      -- what became of it then
      undone jsonb
    )`.execute(db)
  await sql`create index imports_dataset on imports (dataset_id, id)`.execute(db)
  // Beside the record, as the rest that no claim and no card reads (009).
  await sql`alter table outlines add column import_id bigint`.execute(db)
  // Not a column of the answers: those are read and written by every labeler.
  await sql`
    create table imported_answers (
      import_id bigint not null references imports on delete cascade,
      assignment_id bigint not null,
      primary key (import_id, assignment_id)
    )`.execute(db)
  await countBallots(db)
}

/** As ballots of a post nobody here knows (number 0): they fill no place and count beside those that do. */
async function countBallots(db: Kysely<unknown>): Promise<void> {
  await sql`
    with late as (
      select a.dataset_id, a.id, a.record_id, a.labeler_id
      from assignments a
      join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
      where a.status = 'submitted' and not a.counted and a.repeat = 0 and a.slot is not null
        and r.platform = 'import' and r.flags @> array['surplus']
        and not r.flags && array['excluded', 'same_person', 'gold', 'repeat']
    ), counted as (
      update assignments a set counted = true, slot = null, post_id = 0 from late
      where a.dataset_id = late.dataset_id and a.id = late.id
    ), told as (
      update responses r set flags = array_remove(r.flags, 'surplus') from late
      where r.dataset_id = late.dataset_id and r.assignment_id = late.id
    ), closed as (
      update places p set polled = true, posted = true
      where (p.dataset_id, p.record_id) in (select dataset_id, record_id from late)
        and p.counted >= p.wanted
    )
    update tallies t set counted = t.counted + n.more
    from (select dataset_id, labeler_id, count(*) as more from late group by 1, 2) n
    where t.dataset_id = n.dataset_id and t.labeler_id = n.labeler_id`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table imported_answers`.execute(db)
  await sql`alter table outlines drop column import_id`.execute(db)
  await sql`drop table imports`.execute(db)
}
