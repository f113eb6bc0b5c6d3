/**
 * Responses: one labeler's current answer to one assignment, and the superseded ones (revisions).
 * The row in `responses` is the newest revision; an edit or an undo first copies it to `revisions`.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  const columns = sql`
    dataset_id bigint not null,
    assignment_id bigint not null,
    record_id bigint not null,
    labeler_id bigint not null,
    revision int not null default 1,
    status text not null check (status in ('draft', 'submitted', 'discarded')),
    reason text,
    "values" jsonb not null default '{}',
    platform text not null,
    -- seconds from shown to submitted
    seconds double precision,
    submitted_at timestamptz,
    schema_version int not null,
    guidelines_version int not null,
    flags text[] not null default '{}'`
  await sql`
    create table responses (
      ${columns},
      -- an unfinished edit of a submitted answer
      draft jsonb,
      primary key (dataset_id, assignment_id)
    ) with (fillfactor = 80)`.execute(db)
  // Not by dataset_id first: see 004.
  await sql`create index responses_record on responses (record_id)`.execute(db)
  await sql`
    create index responses_labeler on responses (labeler_id, submitted_at)`.execute(db)
  await sql`
    create table revisions (
      ${columns},
      primary key (dataset_id, assignment_id, revision)
    )`.execute(db)
  await sql`create index revisions_record on revisions (record_id)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table revisions, responses`.execute(db)
}
