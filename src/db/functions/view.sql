-- Built as text: json_build_object looks up the type of every argument each time.
create or replace function assignment_json(a assignments, r records, s responses, t tallies) returns json
language plpgsql stable
as $$
begin
  return ('{"datasetId":"' || a.dataset_id || '","id":"' || a.id
    || '","recordId":"' || a.record_id || '","labelerId":"' || a.labeler_id
    || '","postId":' || coalesce('"' || a.post_id || '"', 'null') || ',"repeat":' || a.repeat || ',"slot":' || coalesce(a.slot::text, 'null')
    || ',"shownOrder":' || array_to_json(a.shown_order)
    || ',"suggestionsShown":' || a.suggestions_shown::text
    || ',"suggested":' || coalesce('"' || a.suggested || '"', 'null') || ',"rendering":"' || a.rendering || '"'
    || ',"shownAt":' || coalesce(to_json(a.shown_at)::text, 'null')
    || ',"status":"' || a.status || '","counted":' || a.counted::text
    || ',"leaseUntil":' || coalesce(to_json(a.lease_until)::text, 'null')
    || ',"record":{"externalId":' || to_json(r.external_id) || ',"fields":' || r.fields
    || ',"outputs":' || r.outputs || ',"suggestions":' || r.suggestions
    || ',"metadata":' || r.metadata || '},"response":'
    || case when s.assignment_id is null then 'null' else json_build_object(
      'status', s.status, 'values', s."values", 'draft', s.draft, 'reason', s.reason,
      'revision', s.revision, 'submittedAt', s.submitted_at, 'seconds', s.seconds,
      'schemaVersion', s.schema_version, 'flags', s.flags)::text end
    || ',"tally":{"goal":' || coalesce(t.goal::text, 'null')
    || ',"goalFrom":' || coalesce(t.goal_from, 0) || ',"submitted":' || coalesce(t.submitted, 0)
    || ',"discarded":' || coalesce(t.discarded, 0)
    || ',"seconds":' || coalesce(t.seconds, 0) || '}}')::json;
end $$;

-- An assignment with everything its card shows; null if there is none. One row at a time, each by its
-- key: with a join and stale statistics, Postgres may read a whole table.
create or replace function view_assignment(p_dataset bigint, p_id bigint) returns json
language plpgsql stable set enable_seqscan = off
as $$
declare a assignments; r records; s responses; t tallies;
begin
  select * into a from assignments where dataset_id = p_dataset and id = p_id;
  if not found then return null; end if;
  select * into r from records where dataset_id = p_dataset and id = a.record_id;
  if not found then return null; end if;
  select * into s from responses where dataset_id = p_dataset and assignment_id = p_id;
  select * into t from tallies where dataset_id = p_dataset and labeler_id = a.labeler_id;
  return assignment_json(a, r, s, t);
end $$;

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
