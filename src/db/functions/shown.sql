-- Beside each answer what its labeler saw first and how many outputs, so that statistics need no join.
-- Who answered elsewhere saw them in an order that nobody here knows.
create or replace function note_shown() returns trigger language plpgsql set enable_seqscan = off
as $$
begin
  select shown_order[1], cardinality(shown_order) into new.shown_first, new.shown
  from assignments where dataset_id = new.dataset_id and id = new.assignment_id
    and (new.platform <> 'import' or shown_at is not null);
  return new;
end $$;
