/**
 * Undo takes back an edit, not the whole answer: an answer that was changed knows which of its
 * revisions it took the place of. Null for one as it was first given, and for edits made before this.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table responses add column undo_to int`.execute(db)
  await sql`alter table revisions add column undo_to int`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table revisions drop column undo_to`.execute(db)
  await sql`alter table responses drop column undo_to`.execute(db)
}
