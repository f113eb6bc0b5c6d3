/**
 * What statistics ask of a record: its known answers, told to nobody who answers them, and an outline
 * of its outputs, so that no text is read to know who wrote what and how much of it.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table records
      -- beside the record, where no claim, card or suggestion reads it; null on all but a few
      add column gold jsonb,
      -- of the outputs, as JSON: [[id, …], [model or null, …]]; null where it was not written yet
      add column outline text,
      -- of the outputs and, last, of all fields together: bytes of text
      add column lengths int[]`.execute(db)
  // The index holds those few, so that whoever asks for them reads nothing else.
  await sql`create index records_gold on records (dataset_id, id) where gold is not null`.execute(
    db,
  )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index records_gold`.execute(db)
  await sql`alter table records drop column gold, drop column outline, drop column lengths`.execute(
    db,
  )
}
