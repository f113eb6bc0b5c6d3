/** Files given in chat are read by the worker: who gave one, where it is found, how far it is read. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table imports drop constraint imports_state_check`.execute(db)
  await sql`
    alter table imports
      add constraint imports_state_check
        check (state in ('queued', 'running', 'done', 'stopped', 'failed', 'undone')),
      -- who gave the file in chat, and is told; null for imports of the terminal
      add column requested_by jsonb,
      -- how its platform finds the file again, without any secret; gone once it was read
      add column file jsonb,
      -- each worker that begins has a number of its own: who was taken over writes nothing more
      add column attempt integer not null default 0,
      add column lines bigint not null default 0,
      -- where another worker goes on: written together with the records it tells of
      add column step jsonb,
      add column problem text,
      -- the message that shows how far it is
      add column message jsonb,
      -- when whoever gave it was told the end
      add column told_at timestamptz`.execute(db)
  await sql`
    create index imports_open on imports (id)
    where requested_by is not null and told_at is null`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index imports_open`.execute(db)
  await sql`update imports set state = 'stopped' where state = 'queued'`.execute(db)
  await sql`
    alter table imports
      drop constraint imports_state_check,
      drop column requested_by, drop column file, drop column attempt, drop column lines,
      drop column step, drop column problem, drop column message, drop column told_at`.execute(db)
  await sql`
    alter table imports add constraint imports_state_check
      check (state in ('running', 'done', 'stopped', 'failed', 'undone'))`.execute(db)
}
