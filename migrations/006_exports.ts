/** Exports (jobs whose truth is here, the queue only rings), handled ids, and the audit log. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table exports (
      id bigint generated always as identity primary key,
      dataset_id bigint not null references datasets on delete cascade,
      options jsonb not null,
      requested_by jsonb,
      state text not null default 'queued'
        check (state in ('queued', 'writing', 'written', 'done', 'failed')),
      -- grows with every worker that takes it up; parts on disk carry it in their names
      attempt int not null default 0,
      rows bigint not null default 0,
      candidates bigint,
      directory text,
      files jsonb,
      problem text,
      -- the progress message in the admin's DM, and whether the file went there
      message jsonb,
      delivered_at timestamptz,
      heartbeat_at timestamptz,
      created_at timestamptz not null,
      finished_at timestamptz
    )`.execute(db)
  await sql`
    create index exports_unfinished on exports (id) where state in ('queued', 'writing', 'written')
  `.execute(db)
  // Unlogged: what is lost with a crash of Postgres is only that a replay is noticed, and every verb
  // has one effect however often it runs.
  await sql`
    create unlogged table handled (id text primary key, at timestamptz not null)`.execute(db)
  await sql`create index handled_at on handled (at)`.execute(db)
  await sql`
    create table audit (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      actor text not null,
      act text not null,
      dataset text,
      detail jsonb not null default '{}'
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table audit, handled, exports`.execute(db)
}
