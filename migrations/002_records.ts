/**
 * Records, and the places (answers) each still wants. Outputs are a jsonb list on the record: they
 * are always read and written together with it, and a labeler's card then costs one row.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table records (
      dataset_id bigint not null references datasets on delete cascade,
      id bigint generated always as identity,
      external_id text collate "C" not null,
      fields jsonb not null,
      outputs jsonb not null default '[]',
      metadata jsonb not null default '{}',
      suggestions jsonb not null default '{}',
      -- output ids in an order seeded by the record; shown orders are rotations of it
      shuffled text[] not null default '{}',
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (dataset_id, id),
      unique (dataset_id, external_id)
    )`.execute(db)
  // Narrow on purpose: the claim walks and updates this table only (claim.md).
  await sql`
    create table places (
      dataset_id bigint not null,
      record_id bigint not null,
      lane text not null default '',
      priority smallint not null default 0 check (priority between 0 and 9),
      position bigint not null,
      wanted smallint not null check (wanted between 1 and 50),
      counted smallint not null default 0 check (counted >= 0),
      leased smallint not null default 0 check (leased >= 0),
      taken bigint not null default 0,
      discards smallint not null default 0,
      rejected boolean not null default false,
      posted boolean not null default false,
      needs_outputs boolean not null default false,
      open boolean generated always as
        (not rejected and not posted and not needs_outputs and wanted > counted + leased) stored,
      primary key (dataset_id, record_id)
    ) with (fillfactor = 70)`.execute(db)
  await sql`
    create index places_open on places (dataset_id, lane, priority, position, record_id) where open
  `.execute(db)
  // Import blocks and freed places take their turn from here: position = block << 32 | hash.
  await sql`create sequence position_blocks`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop sequence position_blocks`.execute(db)
  await sql`drop table places, records`.execute(db)
}
