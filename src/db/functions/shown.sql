create or replace function note_shown() returns trigger language plpgsql
as $$
begin
  select shown_order[1], cardinality(shown_order) into new.shown_first, new.shown
  from assignments where dataset_id = new.dataset_id and id = new.assignment_id
    and (new.platform <> 'import' or shown_at is not null);
  return new;
end $$;
