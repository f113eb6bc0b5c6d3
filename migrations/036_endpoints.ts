/**
 * Endpoints that hear of what happens: events, their deliveries with every attempt, what there is to look
 * at and from when on, and what was told of it, so that nothing is told twice.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Read with the row that an answer reads anyway: without endpoints an answer pays for nothing more.
  await sql`
    alter table datasets add column has_endpoints boolean not null default false`.execute(db)
  await sql`
    create table endpoints (
      id bigint generated always as identity primary key,
      kind text not null default 'webhook',
      url text not null,
      description text,
      events text[] not null,
      -- null: those of every dataset
      dataset_ids bigint[],
      -- sealed, newest first: [{"sealed", "until"}]
      secrets jsonb not null,
      state text not null default 'enabled' check (state in ('enabled', 'disabled')),
      reason text check (reason in ('admin', 'gone', 'failing')),
      disabled_at timestamptz,
      told_at timestamptz,
      -- attempts that failed since the last one that did not
      failures int not null default 0,
      succeeded_at timestamptz,
      hold_until timestamptz,
      created_by text not null,
      created_at timestamptz not null
    )`.execute(db)
  await sql`
    create table event_turns (
      dataset_id bigint not null,
      subject text not null,
      subject_id bigint not null,
      due_at timestamptz not null,
      problem text,
      primary key (dataset_id, subject, subject_id)
    )`.execute(db)
  await sql`
    create index event_turns_due on event_turns (dataset_id, subject, due_at, subject_id)`.execute(
    db,
  )
  await sql`
    create table event_told (
      dataset_id bigint not null references datasets on delete cascade,
      subject text not null,
      subject_id bigint not null,
      record_id bigint not null default 0,
      -- of what was told
      digest text not null,
      sequence int not null,
      told_at timestamptz not null,
      primary key (dataset_id, subject, subject_id)
    )`.execute(db)
  await sql`
    create index event_told_record on event_told (dataset_id, record_id) where record_id > 0`.execute(
    db,
  )
  await sql`
    create table events (
      id text collate "C" primary key,
      type text not null,
      dataset_id bigint not null references datasets on delete cascade,
      record_id bigint not null default 0,
      -- as it is sent and signed, the same at every attempt
      body text not null,
      created_at timestamptz not null
    )`.execute(db)
  await sql`create index events_created on events (created_at)`.execute(db)
  await sql`create index events_record on events (dataset_id, record_id)`.execute(db)
  await sql`
    create table event_deliveries (
      id bigint generated always as identity primary key,
      endpoint_id bigint not null references endpoints on delete cascade,
      event_id text collate "C" not null references events on delete cascade,
      state text not null default 'queued' check (state in ('queued', 'sending', 'sent', 'failed')),
      -- the number of the attempt holds the row; of those, this many failed since it was queued
      attempt int not null default 0,
      tries int not null default 0,
      due_at timestamptz not null,
      claimed_at timestamptz,
      started_at timestamptz,
      status int,
      problem text,
      created_at timestamptz not null,
      finished_at timestamptz,
      unique (endpoint_id, event_id)
    )`.execute(db)
  await sql`
    create index event_deliveries_due on event_deliveries (endpoint_id, due_at, id)
    where state = 'queued'`.execute(db)
  await sql`
    create index event_deliveries_sending on event_deliveries (endpoint_id)
    where state = 'sending'`.execute(db)
  await sql`create index event_deliveries_event on event_deliveries (event_id)`.execute(db)
  await sql`
    create table event_attempts (
      delivery_id bigint not null references event_deliveries on delete cascade,
      number int not null,
      at timestamptz not null,
      status int,
      milliseconds int not null,
      problem text,
      primary key (delivery_id, number)
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop table event_attempts, event_deliveries, events, event_told, event_turns, endpoints`.execute(
    db,
  )
  await sql`alter table datasets drop column has_endpoints`.execute(db)
}
