/**
 * Keys for programs, how often each was used in the current minutes, and the answers that a repeated
 * request gets again. A key is stored as its hash only.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_keys (
      id bigint generated always as identity primary key,
      name text not null,
      hash bytea not null unique,
      hint text not null,
      scopes text[] not null,
      dataset_id bigint references datasets on delete cascade,
      created_by text not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      last_used_at timestamptz,
      revoked_at timestamptz
    )`.execute(db)
  await sql`
    create unique index api_keys_name on api_keys (name) where revoked_at is null
  `.execute(db)
  await sql`create index api_keys_dataset on api_keys (dataset_id) where dataset_id is not null`.execute(
    db,
  )
  await sql`
    create table api_uses (
      key_id bigint not null,
      window_at timestamptz not null,
      uses bigint not null,
      primary key (key_id, window_at)
    )`.execute(db)
  await sql`create index api_uses_window on api_uses (window_at)`.execute(db)
  await sql`
    create table api_answers (
      key_id bigint not null,
      idempotency_key text not null,
      route text not null,
      request_hash bytea,
      status int,
      headers jsonb,
      body text,
      created_at timestamptz not null,
      held_until timestamptz,
      primary key (key_id, idempotency_key)
    )`.execute(db)
  await sql`create index api_answers_created on api_answers (created_at)`.execute(db)
  await sql`create index audit_dataset on audit (dataset, id)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index audit_dataset`.execute(db)
  await sql`drop table api_answers, api_uses, api_keys`.execute(db)
}
