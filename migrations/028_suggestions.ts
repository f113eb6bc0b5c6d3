/**
 * How a record's suggestions came with a card: before the answer, after it, or held out to measure how they
 * sway people; null where there were none, or nobody knows. Beside each answer too, for statistics.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table assignments add column suggested text`.execute(db)
  // Every row is null: to look at a million of them for that would lock the table for long.
  await sql`
    alter table assignments add constraint assignments_suggested
      check (suggested in ('before', 'after', 'held_out')) not valid`.execute(db)
  await sql`alter table responses add column suggested text`.execute(db)
  await sql`
    create index responses_held_out on responses (dataset_id, submitted_at)
    where suggested = 'held_out'`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table responses drop column suggested`.execute(db)
  await sql`alter table assignments drop column suggested`.execute(db)
}
