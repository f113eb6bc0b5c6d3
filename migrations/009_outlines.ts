/**
 * What statistics ask of records and answers without reading more than they need: known answers, told
 * to nobody who answers; who wrote how much of what there is to judge; what was shown first.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Narrow, and beside the records on purpose: no claim and no card reads it. One more column on
  // records, and Postgres would take a worse index for the claim while it has no statistics.
  await sql`
    create table outlines (
      dataset_id bigint not null,
      record_id bigint not null,
      -- of the outputs, as JSON: [[id, …], [model or null, …]]
      outline text not null,
      -- bytes of text of each output and, last, of all fields together
      lengths int[] not null,
      -- known answers by question; null, which takes no room, on all but a few
      gold jsonb,
      primary key (dataset_id, record_id)
    )`.execute(db)
  const bytes = (content: string) => `case jsonb_typeof(${content})
    when 'string' then octet_length(${content} #>> '{}')
    else (select coalesce(sum(octet_length(m ->> 'content')), 0)::int
      from jsonb_array_elements(${content}) e(m)) end`
  await sql`
    insert into outlines (dataset_id, record_id, outline, lengths)
    select dataset_id, id,
      (select json_build_array(coalesce(json_agg(o -> 'id' order by n), '[]'),
          coalesce(json_agg(o -> 'model' order by n), '[]'))::text
        from jsonb_array_elements(outputs) with ordinality u(o, n)),
      array(select ${sql.raw(bytes(`coalesce(o -> 'text', o -> 'messages')`))}
        from jsonb_array_elements(outputs) with ordinality u(o, n) order by n)
        || (select coalesce(sum(${sql.raw(bytes('f'))}), 0)::int from jsonb_each(fields) v(k, f))
    from records`.execute(db)
  await sql`
    create index outlines_gold on outlines (dataset_id, record_id) where gold is not null
  `.execute(db)

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
  await sql`drop table outlines`.execute(db)
}
