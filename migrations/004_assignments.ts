/** Who holds which record: assignments with their leases, each labeler's cursor, and kept tallies. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table assignments (
      dataset_id bigint not null,
      id bigint generated always as identity,
      record_id bigint not null,
      labeler_id bigint not null,
      repeat smallint not null default 0,
      post_id bigint,
      slot smallint,
      -- output ids in the order this labeler sees them; written at the claim, never recomputed
      shown_order text[] not null default '{}',
      expanded text[] not null default '{}',
      suggestions_shown boolean not null default false,
      shown_at timestamptz,
      status text not null
        check (status in ('leased', 'submitted', 'discarded', 'expired', 'excluded')),
      counted boolean not null default false,
      lease_until timestamptz,
      created_at timestamptz not null,
      primary key (dataset_id, id),
      unique (labeler_id, record_id, repeat, dataset_id)
    ) with (fillfactor = 80)`.execute(db)
  // None but the key begins with dataset_id: before a table has statistics, Postgres holds any index
  // that does for as good as the primary key, and would read a whole dataset to find one row.
  await sql`create index assignments_record on assignments (record_id)`.execute(db)
  await sql`
    create index assignments_due on assignments (lease_until, dataset_id) where status = 'leased'
  `.execute(db)
  // Not unique: Undo leases an answered record again while the labeler holds the next one.
  await sql`
    create index assignments_live on assignments (labeler_id, dataset_id)
      where status = 'leased'`.execute(db)
  await sql`
    create index assignments_expired on assignments (labeler_id, dataset_id, id)
      where status = 'expired'`.execute(db)
  await sql`
    create table cursors (
      dataset_id bigint not null,
      labeler_id bigint not null,
      lane text not null default '',
      priority smallint not null,
      position bigint not null default 0,
      record_id bigint not null default 0,
      lookback bigint not null default 0,
      lookback_record bigint not null default 0,
      primary key (dataset_id, labeler_id, lane, priority)
    ) with (fillfactor = 50)`.execute(db)
  // One row per dataset and labeler, summed by the pages: no row that everybody's answer updates.
  // labeler_id 0 is Parley itself (imports, changes of min_submitted).
  await sql`
    create table tallies (
      dataset_id bigint not null,
      labeler_id bigint not null,
      records bigint not null default 0,
      submitted bigint not null default 0,
      counted bigint not null default 0,
      discarded bigint not null default 0,
      completed bigint not null default 0,
      rejected bigint not null default 0,
      needs_outputs bigint not null default 0,
      seconds double precision not null default 0,
      primary key (dataset_id, labeler_id)
    ) with (fillfactor = 50)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table tallies, cursors, assignments`.execute(db)
}
