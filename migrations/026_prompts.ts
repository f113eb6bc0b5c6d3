/**
 * Prompts that labelers write: beside each answer that is one, a key of its text, by which the same
 * text is found again however it is spaced. Null for every other answer.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table responses add column written uuid`.execute(db)
  await sql`
    create index responses_written on responses (written, dataset_id) where written is not null
  `.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table responses drop column written`.execute(db)
}
