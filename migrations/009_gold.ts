/**
 * What statistics ask of records and answers without reading more than they need: known answers, told
 * to nobody who answers; who wrote how much of what there is to judge; what was shown first.
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

  // Beside the answer, so that a million of them need no join: the first output its labeler saw, of
  // how many. The order itself stays with the assignment.
  await sql`
    alter table responses add column shown_first text, add column shown smallint`.execute(db)
  await sql`
    update responses s set shown_first = a.shown_order[1], shown = cardinality(a.shown_order)
    from assignments a where a.dataset_id = s.dataset_id and a.id = s.assignment_id`.execute(db)
  await sql`
    create function note_shown() returns trigger language plpgsql as $$
    begin
      select shown_order[1], cardinality(shown_order) into new.shown_first, new.shown
      from assignments where dataset_id = new.dataset_id and id = new.assignment_id;
      return new;
    end $$`.execute(db)
  await sql`
    create trigger responses_shown before insert or update of status on responses
    for each row when (new.status = 'submitted') execute function note_shown()`.execute(db)
  // The few answers that do not count as others do.
  await sql`
    create index assignments_uncounted on assignments (dataset_id, id)
    where status = 'submitted' and (not counted or repeat > 0)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index assignments_uncounted`.execute(db)
  await sql`drop trigger responses_shown on responses`.execute(db)
  await sql`drop function note_shown`.execute(db)
  await sql`alter table responses drop column shown_first, drop column shown`.execute(db)
  await sql`drop index records_gold`.execute(db)
  await sql`alter table records drop column gold, drop column outline, drop column lengths`.execute(
    db,
  )
}
