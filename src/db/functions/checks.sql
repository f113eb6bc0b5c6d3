-- The three ways to a next record, for datasets that ask for checks.
create or replace function next_with_checks(p_dataset bigint, p_labeler bigint, p_lane text, p_minutes int,
  p_max_shown int, p_suggestions boolean, p_after bigint, p_now timestamptz, p_checks jsonb)
returns json language plpgsql set enable_seqscan = off
as $$
declare v_id bigint;
begin
  -- one turn at a time for one person, as next_assignment takes it
  perform pg_advisory_xact_lock(hashint8extended(p_labeler, p_dataset));
  perform from datasets where id = p_dataset and status = 'ready';
  if found and held_lease(p_dataset, p_labeler, p_after) is null
    and limit_of(p_dataset, p_labeler) is null then
    v_id := deal_check(p_dataset, p_labeler, p_minutes, p_max_shown, p_suggestions, p_checks, p_now);
  end if;
  if v_id is not null then
    return json_build_object('state', 'taken', 'assignment', view_assignment(p_dataset, v_id));
  end if;
  return next_assignment(p_dataset, p_labeler, p_lane, p_minutes, p_max_shown, p_suggestions,
    p_after, p_now);
end $$;

-- A check for a labeler who holds nothing, if one is due and available; else null.
create or replace function deal_check(p_dataset bigint, p_labeler bigint, p_minutes int, p_max_shown int,
  p_suggestions boolean, p_checks jsonb, p_now timestamptz)
returns bigint language plpgsql
set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
  v_done bigint; v_until timestamptz; v check_turns; v_id bigint;
  v_gold double precision := (p_checks #>> '{gold,share}')::double precision;
  v_repeats double precision := (p_checks #>> '{repeats,share}')::double precision;
  v_after bigint := (p_checks #>> '{repeats,after}')::bigint;
begin
  select coalesce(sum(submitted), 0), p_now + greatest(make_interval(mins => p_minutes),
    make_interval(secs => coalesce(3 * sum(seconds) / nullif(sum(submitted), 0), 0)))
  into v_done, v_until
  from tallies where dataset_id = p_dataset and labeler_id = p_labeler;
  insert into check_turns (dataset_id, labeler_id) values (p_dataset, p_labeler)
  on conflict do nothing;
  -- Initialises what is due at the first check for a labeler who may have answered much already.
  update check_turns set
    gold_at = coalesce(gold_at,
      v_done + floor(check_draw(p_dataset, p_labeler, v_done, 0) / v_gold)),
    repeat_at = coalesce(repeat_at, greatest(v_done, v_after)
      + floor(check_draw(p_dataset, p_labeler, v_done, 1) / v_repeats))
  where dataset_id = p_dataset and labeler_id = p_labeler
    and (gold_at is null and v_gold is not null or repeat_at is null and v_repeats is not null);
  select * into v from check_turns where dataset_id = p_dataset and labeler_id = p_labeler;
  if v_done >= v.gold_at and v_gold is not null then
    update check_turns set gold_at = v_done
      + check_gap(v_gold, check_draw(p_dataset, p_labeler, v_done, 0))
    where dataset_id = p_dataset and labeler_id = p_labeler;
    v_id := deal_gold(p_dataset, p_labeler, p_max_shown, p_suggestions, v_until, p_now);
    if v_id is not null then return v_id; end if;
  end if;
  if v_done >= v.repeat_at and v_repeats is not null then
    update check_turns set repeat_at = v_done
      + check_gap(v_repeats, check_draw(p_dataset, p_labeler, v_done, 1))
    where dataset_id = p_dataset and labeler_id = p_labeler;
    return deal_repeat(p_dataset, p_labeler, v_after,
      floor(check_draw(p_dataset, p_labeler, v_done, 2) * least(1 / v_repeats, 32))::int,
      v_until, p_now);
  end if;
  return null;
end $$;

-- A record with known answers that this labeler has not seen, in an order of their own. Probed one by
-- one: with a join, Postgres would read all records, or all answers of the labeler.
create or replace function deal_gold(p_dataset bigint, p_labeler bigint, p_max_shown int,
  p_suggestions boolean, p_until timestamptz, p_now timestamptz)
returns bigint language plpgsql set enable_seqscan = off
as $$
declare v_record bigint; v_id bigint;
begin
  for v_record in
    select record_id from outlines where dataset_id = p_dataset and gold is not null
    order by hashint8extended(record_id, p_labeler), record_id
  loop
    perform from assignments
    where (labeler_id, record_id) >= (p_labeler, v_record)
      and (labeler_id, record_id) <= (p_labeler, v_record)
      and dataset_id is not distinct from p_dataset limit 1;
    continue when found;
    perform from places where dataset_id = p_dataset and record_id = v_record
      and not rejected and not posted and not needs_outputs;
    continue when not found;
    insert into assignments (dataset_id, record_id, labeler_id, shown_order, suggestions_shown,
      suggested, shown_at, status, lease_until, created_at)
    select p_dataset, v_record, p_labeler,
      shown_order(c.shuffled, (hashint8extended(v_record, p_labeler) & 63)::int, p_max_shown),
      g.suggested is not distinct from 'before', g.suggested, p_now, 'leased', p_until, p_now
    from records c cross join lateral (
      select suggested_as(p_dataset, c.external_id, p_labeler, c.suggestions, p_suggestions)
        as suggested
    ) g where c.dataset_id = p_dataset and c.id = v_record
    returning id into v_id;
    return v_id;
  end loop;
  return null;
end $$;

-- A record this labeler answered before, not among the last p_after, the outputs in the opposite
-- order. Walks forward over their answers, a few at a time, so that each comes back once at most.
create or replace function deal_repeat(p_dataset bigint, p_labeler bigint, p_after bigint, p_skip int,
  p_until timestamptz, p_now timestamptz)
returns bigint language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare v_last timestamptz; v_from timestamptz; v_at timestamptz; v_said bigint; v_id bigint;
  a record;
begin
  select submitted_at into v_last from responses
  where labeler_id = p_labeler and dataset_id = p_dataset and status = 'submitted'
  order by submitted_at desc offset p_after limit 1;
  if not found then return null; end if;
  select coalesce(repeated_until, '-infinity') into v_from from check_turns
  where dataset_id = p_dataset and labeler_id = p_labeler;
  -- if fewer are left than would be skipped, take the next one
  for skipped in reverse least(p_skip, 1) .. 0 loop
    for v_said, v_at in
      select assignment_id, submitted_at from responses
      where labeler_id = p_labeler and dataset_id = p_dataset and status = 'submitted'
        and submitted_at > v_from and submitted_at <= v_last
        and not flags && array['excluded', 'same_person']
      order by submitted_at offset p_skip * skipped limit 32
    loop
      select record_id, shown_order, suggestions_shown, suggested into a from assignments
      where dataset_id = p_dataset and id = v_said and repeat = 0 and slot is not null;
      continue when not found;
      perform from assignments
      where (labeler_id, record_id, repeat) > (p_labeler, a.record_id, 0)
        and (labeler_id, record_id) <= (p_labeler, a.record_id)
        and dataset_id is not distinct from p_dataset limit 1;
      continue when found;
      perform from outlines
      where dataset_id = p_dataset and record_id = a.record_id and gold is not null;
      continue when found;
      perform from places
      where dataset_id = p_dataset and record_id = a.record_id and not rejected and not posted;
      continue when not found;
      insert into assignments (dataset_id, record_id, labeler_id, repeat, shown_order,
        suggestions_shown, suggested, shown_at, status, lease_until, created_at)
      values (p_dataset, a.record_id, p_labeler, 1,
        array(select o from unnest(a.shown_order) with ordinality u(o, place) order by u.place desc),
        a.suggestions_shown, a.suggested, p_now, 'leased', p_until, p_now)
      returning id into v_id;
      exit;
    end loop;
    exit when v_id is not null;
  end loop;
  -- Records inspected so far that cannot repeat are not inspected again.
  update check_turns set repeated_until = v_at
  where dataset_id = p_dataset and labeler_id = p_labeler and v_at > v_from;
  return v_id;
end $$;

-- From 0 to 1: a repeatable random draw for each answer of a labeler.
create or replace function check_draw(p_dataset bigint, p_labeler bigint, p_done bigint, p_kind int)
returns double precision language sql immutable
as $$
  select (hashint8extended(p_done * 3 + p_kind, p_labeler * 1000003 + p_dataset) & 1048575) / 1048576.0
$$;

-- Between half and one and a half times the share's interval, so that nobody can count cards.
create or replace function check_gap(p_share double precision, p_draw double precision) returns bigint
language sql immutable
as $$
  select greatest(1, round((0.5 + p_draw) / p_share))::bigint
$$;

-- As submit_and_next, for datasets that ask for checks.
create or replace function submit_and_next_with_checks(p_dataset bigint, p_id bigint, p_labeler bigint,
  p_values jsonb, p_platform text, p_schema_version int, p_interaction text, p_lane text,
  p_minutes int, p_max_shown int, p_suggestions boolean, p_now timestamptz, p_checks jsonb)
returns json language plpgsql set enable_seqscan = off
as $$
declare v_submitted json;
begin
  v_submitted := submit_answer(p_dataset, p_id, p_labeler, p_values, p_platform,
    p_schema_version, p_interaction, p_now);
  if v_submitted ->> 'outcome' not in ('counted', 'surplus', 'edited', 'same') then
    return json_build_object('submitted', v_submitted, 'next', null);
  end if;
  return json_build_object('submitted', v_submitted, 'next', next_with_checks(p_dataset,
    p_labeler, p_lane, p_minutes, p_max_shown, p_suggestions, null, p_now, p_checks));
end $$;

-- As submit_dealt, for datasets that ask for checks.
create or replace function submit_dealt_with_checks(p_version text, p_workspace text, p_user text,
  p_consent int, p_dataset bigint, p_id bigint, p_labeler bigint, p_values jsonb,
  p_platform text, p_schema_version int, p_interaction text, p_lane text, p_minutes int,
  p_max_shown int, p_suggestions boolean, p_now timestamptz, p_checks jsonb)
returns json language plpgsql set enable_seqscan = off
as $$
begin
  if not still_dealt(p_version, p_platform, p_workspace, p_user, p_consent, p_dataset, p_id, p_labeler) then
    return json_build_object('submitted', json_build_object('outcome', 'changed'));
  end if;
  return submit_and_next_with_checks(p_dataset, p_id, p_labeler, p_values, p_platform,
    p_schema_version, p_interaction, p_lane, p_minutes, p_max_shown, p_suggestions, p_now, p_checks);
end $$;
