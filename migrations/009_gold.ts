/** Known answers: what a record's questions ought to be answered with, told to nobody who answers them. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Beside the record, where no claim, card or suggestion reads it. Null, which takes no room, on all
  // but a few: the index holds those few, so that whoever asks for them reads nothing else.
  await sql`alter table records add column gold jsonb`.execute(db)
  await sql`create index records_gold on records (dataset_id, id) where gold is not null`.execute(
    db,
  )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index records_gold`.execute(db)
  await sql`alter table records drop column gold`.execute(db)
}
