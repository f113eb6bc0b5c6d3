/**
 * A reminder that is being sent holds its person's turn, so that two at once cannot both pass; one
 * that could not be delivered has an end. Whom no message reaches is left in peace.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table reminders drop constraint reminders_state_check`.execute(db)
  await sql`
    alter table reminders add constraint reminders_state_check
      check (state in ('waiting', 'queued', 'sending', 'sent', 'skipped', 'failed'))`.execute(db)
  await sql`
    create index reminders_open on reminders (labeler_id) where state in ('queued', 'sending')
  `.execute(db)
  await sql`
    alter table preferences
      -- since when no message reaches them, and why
      add column lost_at timestamptz,
      add column lost_reason text`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table preferences
    drop column lost_at, drop column lost_reason`.execute(db)
  await sql`drop index reminders_open`.execute(db)
  await sql`update reminders set state = 'queued' where state = 'sending'`.execute(db)
  await sql`update reminders set state = 'skipped' where state = 'failed'`.execute(db)
  await sql`alter table reminders drop constraint reminders_state_check`.execute(db)
  await sql`
    alter table reminders add constraint reminders_state_check
      check (state in ('waiting', 'queued', 'sent', 'skipped'))`.execute(db)
}
