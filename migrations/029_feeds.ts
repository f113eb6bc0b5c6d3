/**
 * Feeds: accepted records become records of another dataset. Which records are to be looked at and from
 * when on, and what was made of each, by a key of its source, so that nothing is fed twice.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table datasets add column has_feeds boolean
      generated always as ((document -> 'feeds') is not null) stored`.execute(db)
  await sql`
    create table feed_turns (
      dataset_id bigint not null,
      record_id bigint not null,
      due_at timestamptz not null,
      problem text,
      primary key (dataset_id, record_id)
    )`.execute(db)
  await sql`create index feed_turns_due on feed_turns (due_at)`.execute(db)
  await sql`
    create table fed (
      dataset_id bigint not null,
      record_id bigint not null,
      -- of the answer that it is made of; 0 where it is the record itself
      assignment_id bigint not null default 0,
      target_id bigint not null,
      target_record bigint not null,
      state text not null default 'current' check (state in ('current', 'changed', 'withdrawn')),
      at timestamptz not null,
      primary key (dataset_id, record_id, assignment_id, target_id)
    )`.execute(db)
  await sql`create index fed_target on fed (target_record, target_id)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table fed, feed_turns`.execute(db)
  await sql`alter table datasets drop column has_feeds`.execute(db)
}
