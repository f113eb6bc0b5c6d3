/**
 * Feedback on messages of AI apps: who thought what of which message, and a message between the moment
 * somebody sends it from chat and the moment they have filled in its form.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Who gave feedback, agreed or not: an HMAC of who they are where they came from, and nothing else.
  await sql`
    create table outsiders (
      key text collate "C" primary key,
      labeler_id bigint not null
    )`.execute(db)
  await sql`create index outsiders_labeler on outsiders (labeler_id)`.execute(db)
  await sql`
    create table verdicts (
      dataset_id bigint not null references datasets on delete cascade,
      source text collate "C" not null,
      message text collate "C" not null,
      -- a key of outsiders
      person text collate "C" not null,
      verdict text check (verdict in ('up', 'down')),
      -- when that was decided, by the clock of where it was given
      decided_at timestamptz,
      -- when each thumb was last put up or taken back, and the reason beside it
      thumbs jsonb not null default '{}',
      -- null while nothing stands: then nothing is kept of the message itself
      record_id bigint,
      primary key (dataset_id, source, message, person)
    )`.execute(db)
  await sql`create index verdicts_record on verdicts (dataset_id, record_id)
    where record_id is not null`.execute(db)
  await sql`create index verdicts_person on verdicts (person)`.execute(db)
  await sql`
    create table feedback_forms (
      id uuid primary key,
      person text collate "C" not null,
      message jsonb not null,
      created_at timestamptz not null
    )`.execute(db)
  await sql`create index feedback_forms_created on feedback_forms (created_at)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table feedback_forms, verdicts, outsiders`.execute(db)
}
