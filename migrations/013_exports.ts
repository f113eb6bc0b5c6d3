/** An export may be cancelled while it is made, and its files do not lie on the server for ever. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table exports drop constraint exports_state_check`.execute(db)
  await sql`
    alter table exports
      add constraint exports_state_check
        check (state in ('queued', 'writing', 'written', 'done', 'failed', 'cancelled')),
      -- when its files were deleted; links to them say so
      add column expired_at timestamptz`.execute(db)
  await sql`
    create index exports_expiring on exports (finished_at)
    where expired_at is null and finished_at is not null`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index exports_expiring`.execute(db)
  await sql`update exports set state = 'failed' where state = 'cancelled'`.execute(db)
  await sql`alter table exports drop constraint exports_state_check, drop column expired_at`.execute(
    db,
  )
  await sql`
    alter table exports add constraint exports_state_check
      check (state in ('queued', 'writing', 'written', 'done', 'failed'))`.execute(db)
}
