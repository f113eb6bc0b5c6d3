/** Traces: which spans of production became records of which dataset, and how many a day. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table datasets add column has_traces boolean
      generated always as ((document -> 'traces') is not null) stored`.execute(db)
  await sql`
    create table taken_spans (
      dataset_id bigint not null,
      external_id text collate "C" not null,
      at timestamptz not null,
      primary key (dataset_id, external_id)
    )`.execute(db)
  await sql`
    create table trace_days (
      dataset_id bigint not null,
      day text not null,
      taken int not null default 0,
      primary key (dataset_id, day)
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table trace_days, taken_spans`.execute(db)
  await sql`alter table datasets drop column has_traces`.execute(db)
}
