-- Beside each answer what its labeler saw first, how many outputs and how suggestions came, so that
-- statistics need no join. Who answered elsewhere saw them in an order that nobody here knows.
create or replace function note_shown() returns trigger language plpgsql set enable_seqscan = off
as $$
begin
  select case when new.platform <> 'import' or shown_at is not null then shown_order[1] end,
    case when new.platform <> 'import' or shown_at is not null then cardinality(shown_order) end,
    suggested
  into new.shown_first, new.shown, new.suggested
  from assignments where dataset_id = new.dataset_id and id = new.assignment_id;
  return new;
end $$;

-- What an answer notes of how its texts were shown: by this version of the renderer (rendererVersion of
-- src/markdown/tree.ts, the same by a test), or as they were written.
create or replace function rendering_shown(p_rendering text) returns text language sql immutable
as $$
  select case p_rendering when 'raw' then 'raw' else 'markdown-1' end
$$;
