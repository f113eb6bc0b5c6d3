/**
 * How the texts of a task are shown to its labeler, and with each answer which rendering they saw: null
 * where nobody knows, as for answers from before this and for those that were made elsewhere.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table assignments add column rendering text not null default 'formatted'`.execute(db)
  // Every row has the default: to look at a million of them for that would lock the table for long.
  await sql`
    alter table assignments add constraint assignments_rendering
      check (rendering in ('formatted', 'raw')) not valid`.execute(db)
  await sql`alter table responses add column rendering text`.execute(db)
  await sql`alter table revisions add column rendering text`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table revisions drop column rendering`.execute(db)
  await sql`alter table responses drop column rendering`.execute(db)
  await sql`alter table assignments drop column rendering`.execute(db)
}
