/**
 * Questions that programs ask: each is a record that so many people are to answer by a deadline. From then
 * on its place is dealt to nobody.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // In the row that the claim locks: every other record pays nothing for it.
  await sql`alter table places add column until timestamptz`.execute(db)
  await sql`
    create table asks (
      dataset_id bigint not null references datasets on delete cascade,
      record_id bigint not null,
      -- a hash of what was asked: the same key with another question is refused
      content text not null,
      people smallint not null,
      deadline timestamptz not null,
      asked_by text not null,
      asked_at timestamptz not null,
      invited int not null default 0,
      -- when more people are to be invited; null where everybody was
      wave_at timestamptz,
      ended_at timestamptz,
      primary key (dataset_id, record_id)
    )`.execute(db)
  await sql`create index asks_due on asks (deadline) where ended_at is null`.execute(db)
  await sql`create index asks_wave on asks (wave_at) where wave_at is not null`.execute(db)
  await sql`create index asks_at on asks (dataset_id, asked_at)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table asks`.execute(db)
  await sql`alter table places drop column until`.execute(db)
}
