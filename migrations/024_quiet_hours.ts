/** Quiet hours of a person's own, and the day that an invitation is due where no hour was named. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table preferences
      -- times on their wall; null for the custom of the platform, both the same for none at all
      add column quiet_from text,
      add column quiet_until text,
      add constraint preferences_quiet check ((quiet_from is null) = (quiet_until is null))
  `.execute(db)
  // Such as 2026-12-24: that day for every reader; due_at is its end where it was named.
  await sql`alter table invitations add column due_day text`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table invitations drop column due_day`.execute(db)
  await sql`
    alter table preferences drop constraint preferences_quiet,
      drop column quiet_from, drop column quiet_until`.execute(db)
}
