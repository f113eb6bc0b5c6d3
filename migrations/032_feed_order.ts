/** Turns of feeds are taken dataset by dataset, in the order in which they are due. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index feed_turns_due`.execute(db)
  await sql`create index feed_turns_due on feed_turns (dataset_id, due_at, record_id)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index feed_turns_due`.execute(db)
  await sql`create index feed_turns_due on feed_turns (due_at)`.execute(db)
}
