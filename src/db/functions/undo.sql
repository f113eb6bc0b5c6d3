-- Undoes an answer or a skip: it becomes the labeler's draft. If there is a surplus answer, that one
-- counts instead, and the undone one may be submitted again like any late answer.
create or replace function undo_answer(p_dataset bigint, p_id bigint, p_labeler bigint, p_minutes int,
  p_since timestamptz, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare
  a assignments; r responses; b standing; p places; d record;
  v_status text; v_waiting boolean; v_discards int;
begin
  select * into a from assignments where dataset_id = p_dataset and id = p_id;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  if a.labeler_id <> p_labeler then return json_build_object('outcome', 'forbidden'); end if;
  b := lock_places(p_dataset, array[a.record_id]);
  select * into p from places where dataset_id = p_dataset and record_id = a.record_id;
  select * into a from assignments where dataset_id = p_dataset and id = p_id for update;
  if a.labeler_id is distinct from p_labeler then
    return json_build_object('outcome', 'forbidden');
  end if;
  select * into r from responses where dataset_id = p_dataset and assignment_id = p_id for update;
  if a.status not in ('submitted', 'discarded') then
    return json_build_object('outcome', 'same', 'assignment', view_assignment(p_dataset, p_id));
  end if;
  select status into d from datasets where id = p_dataset;
  if d.status = 'closed' then return json_build_object('outcome', 'closed'); end if;
  if a.post_id is not null and not takes_votes(a.post_id, p_now) then
    return json_build_object('outcome', 'post_closed');
  end if;
  if a.post_id is null and r.submitted_at < p_since then return json_build_object('outcome', 'too_late'); end if;

  if a.slot is null then
    v_status := 'leased';
  elsif a.status = 'submitted' then
    v_waiting := exists (
      select from (
        select id, slot, status, counted from assignments
        where record_id = a.record_id and dataset_id is not distinct from p_dataset offset 0
      ) o cross join lateral (
        select flags from responses
        where dataset_id = p_dataset and assignment_id = o.id offset 0
      ) s
      where o.id <> a.id and o.slot is not null and o.status = 'submitted' and not o.counted
        and not s.flags && array['excluded', 'same_person']);
    v_status := case when a.counted and not v_waiting and not p.rejected
      then 'leased' else 'expired' end;
  else
    v_discards := greatest(p.discards - is_fault(r.reason)::int, 0);
    update places set discards = v_discards,
      rejected = p.rejected and v_discards >= max_discards(p_dataset)
    where dataset_id = p_dataset and record_id = a.record_id
    returning * into p;
    v_status := case when p.open then 'leased' else 'expired' end;
  end if;
  perform keep_revision(p_dataset, p_id);
  update responses set status = 'draft', revision = revision + 1, reason = null,
    submitted_at = null, seconds = null, draft = null, undo_to = null, rendering = null,
    flags = array_remove(array_remove(array_remove(flags, 'late'), 'surplus'), 'edited_after_reveal')
  where dataset_id = p_dataset and assignment_id = p_id;
  update assignments set status = v_status, counted = false,
    shown_at = case when v_status = 'leased' then p_now else shown_at end,
    lease_until = case when a.post_id is not null then null when v_status = 'leased'
      then p_now + make_interval(mins => p_minutes) else lease_until end
  where dataset_id = p_dataset and id = p_id;
  perform settle_places(p_dataset, array[a.record_id], b, p_labeler,
    -(a.status = 'submitted')::int, -a.counted::int, -(a.status = 'discarded')::int,
    case when a.status = 'submitted' then -coalesce(r.seconds, 0) else 0 end);
  return json_build_object('outcome', 'undone', 'assignment', view_assignment(p_dataset, p_id));
end $$;

-- Undoes a labeler's last step: for an edited answer the edit, so that the earlier answer is restored
-- (and keeps its place), otherwise the whole answer. `p_revision` is the revision the button was drawn
-- for: a second press, or a press after another change, does nothing.
create or replace function undo_given(p_dataset bigint, p_id bigint, p_labeler bigint, p_revision int,
  p_minutes int, p_since timestamptz, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare a assignments; r responses; v revisions; v_closed boolean; v_feeds boolean; v_endpoints boolean;
begin
  select * into a from assignments where dataset_id = p_dataset and id = p_id;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  if a.labeler_id <> p_labeler then return json_build_object('outcome', 'forbidden'); end if;
  perform lock_places(p_dataset, array[a.record_id]);
  select * into a from assignments where dataset_id = p_dataset and id = p_id for update;
  select * into r from responses where dataset_id = p_dataset and assignment_id = p_id for update;
  if a.labeler_id is not distinct from p_labeler and a.status = 'submitted' then
    if r.revision <> p_revision then
      return json_build_object('outcome', 'changed', 'assignment', view_assignment(p_dataset, p_id));
    end if;
    select * into v from revisions
    where dataset_id = p_dataset and assignment_id = p_id and revision = r.undo_to;
  end if;
  if v.status is distinct from 'submitted' then
    return undo_answer(p_dataset, p_id, p_labeler, p_minutes, p_since, p_now);
  end if;

  select status = 'closed', has_feeds, has_endpoints into v_closed, v_feeds, v_endpoints from datasets where id = p_dataset;
  if v_closed then return json_build_object('outcome', 'closed'); end if;
  if a.post_id is not null and not takes_votes(a.post_id, p_now) then
    return json_build_object('outcome', 'post_closed');
  end if;
  if a.post_id is null and r.submitted_at < p_since then return json_build_object('outcome', 'too_late'); end if;
  perform keep_revision(p_dataset, p_id);
  update responses set revision = r.revision + 1, "values" = v."values", platform = v.platform,
    submitted_at = v.submitted_at, schema_version = v.schema_version,
    guidelines_version = v.guidelines_version, rendering = v.rendering, undo_to = v.undo_to,
    draft = null,
    flags = flags_after_reveal(p_dataset, p_id, a.suggested, flags, v."values", null),
    written = case when r.written is not null then prompt_key(v."values" ->> 'prompt') end
  where dataset_id = p_dataset and assignment_id = p_id;
  if v_feeds then perform note_feed(p_dataset, a.record_id, 'epoch'); end if;
  if v_endpoints then perform note_event(p_dataset, 'record', a.record_id, 'epoch'); end if;
  return json_build_object('outcome', 'restored', 'assignment', view_assignment(p_dataset, p_id));
end $$;

-- An admin excludes an answer or a skip, or takes that back. Surplus answers fill the place it held, or the
-- record reopens; one that is taken in again counts where there is room for it.
create or replace function exclude_answer(p_dataset bigint, p_id bigint, p_exclude boolean) returns text
language plpgsql set enable_seqscan = off
as $$
declare a assignments; r responses; b standing; v_counted int := 0; v_fault boolean;
begin
  select * into a from assignments where dataset_id = p_dataset and id = p_id;
  if not found then return 'not_found'; end if;
  b := lock_places(p_dataset, array[a.record_id]);
  select * into a from assignments where dataset_id = p_dataset and id = p_id for update;
  select * into r from responses where dataset_id = p_dataset and assignment_id = p_id for update;
  if r.status is null or r.status = 'draft' then return 'not_found'; end if;
  if ('excluded' = any (r.flags)) = p_exclude then return 'same'; end if;
  v_fault := a.slot is not null and a.status = 'discarded' and is_fault(r.reason);
  if p_exclude then
    if v_fault then perform take_back_fault(p_dataset, a.record_id); end if;
    v_counted := -(a.counted::int);
    update assignments set counted = false where dataset_id = p_dataset and id = p_id;
    update responses set flags = array_remove(flags, 'surplus') || 'excluded'::text
    where dataset_id = p_dataset and assignment_id = p_id;
  else
    if v_fault then
      update places set discards = discards + 1,
        rejected = rejected or (counted < wanted and not polled and discards + 1 >= max_discards(p_dataset))
      where dataset_id = p_dataset and record_id = a.record_id;
    end if;
    update responses set flags = array_remove(flags, 'excluded')
      || case when a.status = 'submitted' and a.slot is not null then array['surplus'] else '{}' end
    where dataset_id = p_dataset and assignment_id = p_id;
    -- Every ballot of a post counts.
    if a.slot is null and a.post_id is not null and a.status = 'submitted'
      and not r.flags && array['same_person', 'not_blind'] then
      v_counted := 1;
      update assignments set counted = true where dataset_id = p_dataset and id = p_id;
    end if;
  end if;
  perform reopen_polled(p_dataset, array[a.record_id]);
  perform settle_places(p_dataset, array[a.record_id], b, a.labeler_id, 0, v_counted, 0, 0);
  return 'changed';
end $$;

-- An admin corrects an answer: the labeler's own stays as a revision. `p_revision` is the one they saw.
create or replace function correct_answer(p_dataset bigint, p_id bigint, p_revision int, p_values jsonb,
  p_schema_version int)
returns text language plpgsql set enable_seqscan = off
as $$
declare a assignments; r responses;
begin
  select * into a from assignments where dataset_id = p_dataset and id = p_id;
  if not found then return 'not_found'; end if;
  perform lock_places(p_dataset, array[a.record_id]);
  select * into r from responses where dataset_id = p_dataset and assignment_id = p_id for update;
  if r.status is distinct from 'submitted' then return 'not_found'; end if;
  if r.revision <> p_revision then return 'changed'; end if;
  if r."values" = p_values then return 'same'; end if;
  perform keep_revision(p_dataset, p_id);
  update responses set revision = revision + 1, "values" = p_values, schema_version = p_schema_version,
    undo_to = null, draft = null, flags = array_remove(flags, 'corrected') || 'corrected'::text,
    written = case when r.written is not null then prompt_key(p_values ->> 'prompt') end
  where dataset_id = p_dataset and assignment_id = p_id;
  perform reread_records(p_dataset, array[a.record_id]);
  perform note_feeds(p_dataset, array[a.record_id]);
  perform note_events(p_dataset, 'record', array[a.record_id]);
  return 'corrected';
end $$;
