-- Stores an answer: the first for a record's place counts, a later one is surplus. The same answer again
-- changes nothing; a different one from the same labeler is an edit, and the old one a revision.
create or replace function submit_answer(p_dataset bigint, p_id bigint, p_labeler bigint, p_values jsonb,
  p_platform text, p_schema_version int, p_interaction text, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare
  place record; held record; said record; v_counted boolean; v_late boolean; v_seconds double precision;
  v_flags text[]; v_discards int; v_completed boolean := false;
begin
  -- The place before the assignment, each by its key: with a join and stale statistics, Postgres may read
-- both tables from the dataset's first record on.
  select p.wanted, p.counted, p.leased, p.taken, p.discards, p.rejected, p.polled,
    -- Once it has ended, what was taken back in time may be given again.
    coalesce(p.until <= p_now, false) and not p.posted as over
  into place
  from places p
  where p.dataset_id = p_dataset and p.record_id = (
    select a.record_id from assignments a where a.dataset_id = p_dataset and a.id = p_id)
  for update;
  -- The owner may have changed while this waited for the lock.
  select a.record_id, a.labeler_id, a.slot, a.status, a.counted, a.shown_at, a.lease_until, a.post_id, a.suggested,
    rendering_shown(a.rendering) as rendering
  into held
  from assignments a where a.dataset_id = p_dataset and a.id = p_id for update;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  if held.labeler_id is distinct from p_labeler then
    return json_build_object('outcome', 'forbidden');
  end if;
  select d.status as dataset, d.guidelines_version, d.has_feeds, d.has_endpoints, s.status, s."values", s.reason, s.flags,
    coalesce(s.revision, 1) as revision into said
  from datasets d
  left join responses s on s.dataset_id = d.id and s.assignment_id = p_id
  where d.id = p_dataset;
  if held.status = 'excluded' then return json_build_object('outcome', 'excluded'); end if;
  if p_interaction is not null then
    insert into handled (id, at) values ('answer:' || p_interaction, p_now) on conflict do nothing;
    if not found then return json_build_object('outcome', 'same', 'counted', held.counted); end if;
  end if;
  if held.status = 'submitted' and said."values" = p_values then
    update responses set draft = null
    where dataset_id = p_dataset and assignment_id = p_id and draft is not null;
    return json_build_object('outcome', 'same', 'counted', held.counted, 'revision', said.revision);
  end if;
  if held.post_id is not null and not takes_votes(held.post_id, p_now) then
    perform save_draft(p_dataset, p_id, p_values, p_platform, p_schema_version);
    return json_build_object('outcome', 'post_closed');
  end if;
  if said.dataset = 'closed' then
    perform save_draft(p_dataset, p_id, p_values, p_platform, p_schema_version);
    return json_build_object('outcome', 'closed');
  end if;
  if held.status = 'submitted' then
    perform keep_revision(p_dataset, p_id);
    update responses set revision = revision + 1, undo_to = revision, "values" = p_values, platform = p_platform,
      submitted_at = p_now, schema_version = p_schema_version,
      guidelines_version = said.guidelines_version, rendering = held.rendering, draft = null,
      flags = flags_after_reveal(p_dataset, p_id, held.suggested, flags, p_values, said."values")
    where dataset_id = p_dataset and assignment_id = p_id;
    if said.has_feeds then perform note_feed(p_dataset, held.record_id, feed_after(p_now)); end if;
    if said.has_endpoints then
      perform note_event(p_dataset, 'record', held.record_id, feed_after(p_now));
    end if;
    return json_build_object('outcome', 'edited', 'counted', held.counted, 'revision', said.revision + 1);
  end if;

  v_counted := case when held.slot is null then held.post_id is not null
      and not coalesce(said.flags, '{}') && array['excluded', 'same_person']
    else place.counted < place.wanted and not place.rejected and not place.over
      and not 'excluded' = any (coalesce(said.flags, '{}')) end;
  v_completed := held.slot is not null and v_counted and place.counted + 1 = place.wanted
    and not place.polled;
  v_discards := (held.status = 'discarded' and is_fault(said.reason))::int;
  v_late := coalesce(held.lease_until < p_now, false);
  v_seconds := greatest(extract(epoch from p_now - held.shown_at), 0);
  v_flags := array_remove(array_remove(coalesce(said.flags, '{}'), 'late'), 'surplus');
  if v_late then v_flags := v_flags || 'late'::text; end if;
  if not v_counted and held.slot is not null then v_flags := v_flags || 'surplus'::text; end if;
  -- Taken back once it was given, and given again: the suggestion has been seen.
  if held.suggested = 'after' then
    v_flags := flags_after_reveal(p_dataset, p_id, held.suggested, v_flags, p_values, null);
  end if;
  if said.status = 'discarded' then perform keep_revision(p_dataset, p_id); end if;
  with placed as (
    update places set
      leased = leased - (held.status = 'leased')::int,
      counted = counted + v_counted::int,
      discards = greatest(discards - v_discards, 0),
      taken = case
        when v_counted then taken | (1::bigint << held.slot)
        when held.status = 'leased'
          then without_slot(taken, p_dataset, held.record_id, p_id, held.slot)
        else taken end
    where dataset_id = p_dataset and record_id = held.record_id and held.slot is not null
  ), answered as (
    update assignments set status = 'submitted', counted = v_counted
    where dataset_id = p_dataset and id = p_id
  ), tallied as (
    insert into tallies as t (dataset_id, labeler_id, submitted, counted, discarded, completed, seconds)
    values (p_dataset, p_labeler, 1, v_counted::int, -(held.status = 'discarded')::int,
      v_completed::int, coalesce(v_seconds, 0))
    on conflict (dataset_id, labeler_id) do update set
      submitted = t.submitted + 1, counted = t.counted + excluded.counted,
      discarded = t.discarded + excluded.discarded,
      completed = t.completed + excluded.completed, seconds = t.seconds + excluded.seconds
  )
  insert into responses as s (dataset_id, assignment_id, record_id, labeler_id, status, "values",
    platform, seconds, submitted_at, schema_version, guidelines_version, flags, rendering)
  values (p_dataset, p_id, held.record_id, p_labeler, 'submitted', p_values, p_platform, v_seconds,
    p_now, p_schema_version, said.guidelines_version, v_flags, held.rendering)
  on conflict (dataset_id, assignment_id) do update set
    status = 'submitted', reason = null, "values" = excluded."values",
    revision = s.revision + (s.status = 'discarded')::int,
    platform = excluded.platform, seconds = excluded.seconds,
    submitted_at = excluded.submitted_at, schema_version = excluded.schema_version,
    guidelines_version = excluded.guidelines_version, flags = excluded.flags,
    rendering = excluded.rendering, draft = null;
  if v_completed and said.has_feeds then
    perform note_feed(p_dataset, held.record_id, feed_after(p_now));
  end if;
  if said.has_endpoints then
    perform note_event(p_dataset, 'record', held.record_id, feed_after(p_now));
  end if;
  return json_build_object('outcome', case when v_counted then 'counted' else 'surplus' end,
    'counted', v_counted, 'completed', v_completed,
    'revision', said.revision + (said.status is not distinct from 'discarded')::int);
end $$;

-- Stores the current answer as a revision before it is replaced.
create or replace function keep_revision(p_dataset bigint, p_id bigint) returns void
language sql volatile set enable_seqscan = off
as $$
  insert into revisions (dataset_id, assignment_id, record_id, labeler_id, revision, status,
    reason, "values", platform, seconds, submitted_at, schema_version, guidelines_version, flags, undo_to,
    rendering)
  select dataset_id, assignment_id, record_id, labeler_id, revision, status,
    reason, "values", platform, seconds, submitted_at, schema_version, guidelines_version, flags, undo_to,
    rendering
  from responses where dataset_id = p_dataset and assignment_id = p_id
$$;

-- An answer and the next record in one call: the hot path of a labeling session.
create or replace function submit_and_next(p_dataset bigint, p_id bigint, p_labeler bigint, p_values jsonb,
  p_platform text, p_schema_version int, p_interaction text, p_lane text, p_minutes int,
  p_max_shown int, p_suggestions boolean, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare v_submitted json;
begin
  v_submitted := submit_answer(p_dataset, p_id, p_labeler, p_values, p_platform,
    p_schema_version, p_interaction, p_now);
  if v_submitted ->> 'outcome' not in ('counted', 'surplus', 'edited', 'same') then
    return json_build_object('submitted', v_submitted, 'next', null);
  end if;
  return json_build_object('submitted', v_submitted, 'next', next_assignment(p_dataset,
    p_labeler, p_lane, p_minutes, p_max_shown, p_suggestions, null, p_now));
end $$;

-- Whether a card that a process handed out is still valid: the assignment's owner, their account, and
-- the dataset (by the version of its row). Four rows, each by its key.
create or replace function still_dealt(p_version text, p_platform text, p_workspace text, p_user text,
  p_consent int, p_dataset bigint, p_id bigint, p_labeler bigint)
returns boolean language plpgsql set enable_seqscan = off
as $$
begin
  return coalesce(exists (select from identities where platform = p_platform and workspace = p_workspace
      and user_id = p_user and labeler_id is not distinct from p_labeler)
    and exists (select from labelers where id = p_labeler and forgotten_at is null
      and consent_version = p_consent)
    and (select labeler_id = p_labeler and status = 'leased' from assignments
      where dataset_id = p_dataset and id = p_id)
    and exists (select from datasets where id = p_dataset and xmin::text = p_version), false);
end $$;

-- The answer to what was dealt a moment ago, without a look-up first: the caller knows the
-- dataset's row by its version, the labeler and the record. Unless all of that still holds,
-- 'changed' is answered and nothing is done.
create or replace function submit_dealt(p_version text, p_workspace text, p_user text, p_consent int,
  p_dataset bigint, p_id bigint, p_labeler bigint, p_values jsonb,
  p_platform text, p_schema_version int, p_interaction text, p_lane text, p_minutes int,
  p_max_shown int, p_suggestions boolean, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
begin
  if not still_dealt(p_version, p_platform, p_workspace, p_user, p_consent, p_dataset, p_id, p_labeler) then
    return json_build_object('submitted', json_build_object('outcome', 'changed'));
  end if;
  return submit_and_next(p_dataset, p_id, p_labeler, p_values, p_platform, p_schema_version,
    p_interaction, p_lane, p_minutes, p_max_shown, p_suggestions, p_now);
end $$;

-- The answer to what was dealt a moment ago, in one statement: the caller knows the dataset's row by
-- its version, the labeler and the record. Unless all of that still holds (and nothing was drafted, where
-- p_fresh says so), 'changed' is answered and nothing is done; nor is it where the gesture was here
-- before: 'repeated'. The gesture is marked before any lock is taken, so that its twin waits for it
-- and nothing waits for the twin.
create or replace function answer_dealt(p_gesture text, p_fresh boolean, p_version text, p_workspace text,
  p_user text, p_consent int, p_dataset bigint, p_id bigint, p_labeler bigint, p_values jsonb,
  p_platform text, p_schema_version int, p_minutes int, p_max_shown int, p_suggestions boolean,
  p_now timestamptz, p_checks jsonb)
returns json language plpgsql set enable_seqscan = off
as $$
declare v_submitted json;
begin
  if not still_dealt(p_version, p_platform, p_workspace, p_user, p_consent, p_dataset, p_id, p_labeler)
    or (p_fresh and exists (select from responses where dataset_id = p_dataset and assignment_id = p_id))
  then
    return json_build_object('submitted', json_build_object('outcome', 'changed'));
  end if;
  if p_gesture is not null then
    insert into handled (id, at) values (p_gesture, p_now) on conflict do nothing;
    if not found then
      return json_build_object('submitted', json_build_object('outcome', 'repeated'));
    end if;
  end if;
  v_submitted := submit_answer(p_dataset, p_id, p_labeler, p_values, p_platform, p_schema_version,
    null, p_now);
  if v_submitted ->> 'outcome' not in ('counted', 'surplus', 'edited', 'same') then
    return json_build_object('submitted', v_submitted, 'next', null);
  end if;
  return json_build_object('submitted', v_submitted, 'next',
    case when p_checks is null
      then next_assignment(p_dataset, p_labeler, '', p_minutes, p_max_shown, p_suggestions, null, p_now)
      else next_with_checks(p_dataset, p_labeler, '', p_minutes, p_max_shown, p_suggestions, null,
        p_now, p_checks) end);
end $$;

-- Stores a draft: in the response itself before it is submitted, beside it afterwards.
create or replace function save_draft(p_dataset bigint, p_id bigint, p_values jsonb, p_platform text,
  p_schema_version int)
returns void language sql volatile set enable_seqscan = off
as $$
  insert into responses as s (dataset_id, assignment_id, record_id, labeler_id, status, "values",
    platform, schema_version, guidelines_version)
  select a.dataset_id, a.id, a.record_id, a.labeler_id, 'draft', p_values, p_platform,
    p_schema_version, d.guidelines_version
  from assignments a join datasets d on d.id = a.dataset_id
  where a.dataset_id = p_dataset and a.id = p_id
  -- a record that is being deleted takes no draft
  for key share of a
  on conflict (dataset_id, assignment_id) do update set
    "values" = case when s.status = 'draft' then excluded."values" else s."values" end,
    schema_version = case when s.status = 'draft' then excluded.schema_version else s.schema_version end,
    draft = case when s.status = 'draft' then null else excluded."values" end
$$;
