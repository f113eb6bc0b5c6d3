/** Datasets: a labeling job's definition as one document, its published versions, its guidelines. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table datasets (
      id bigint generated always as identity primary key,
      name text not null unique,
      status text not null default 'draft' check (status in ('draft', 'ready', 'paused', 'closed')),
      document json not null,
      schema_version int not null default 1,
      guidelines_version int not null default 1,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`.execute(db)
  await sql`
    create table dataset_versions (
      dataset_id bigint not null references datasets on delete cascade,
      schema_version int not null,
      document json not null,
      at timestamptz not null,
      primary key (dataset_id, schema_version)
    )`.execute(db)
  await sql`
    create table guidelines (
      dataset_id bigint not null references datasets on delete cascade,
      version int not null,
      text text,
      at timestamptz not null,
      primary key (dataset_id, version)
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table guidelines, dataset_versions, datasets`.execute(db)
}
