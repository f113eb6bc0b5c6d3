-- Datasets in which labelers write prompts. A blank record is dealt and answered as any other; here is
-- what is special: how blanks are made, how many one person may fill, and that no text counts twice.

-- Makes as many blanks as are missing to the target, topics in turn, at the end of the line. They keep
-- the order of their numbers, so that topics stay balanced all along.
create or replace function make_blanks(p_dataset bigint, p_target int, p_topics text[], p_shown boolean,
  p_now timestamptz)
returns int language plpgsql set enable_seqscan = off
as $$
declare v_missing bigint; v_last bigint; v_block bigint; v_made int;
begin
  select p_target - coalesce(sum(records), 0) into v_missing from tallies where dataset_id = p_dataset;
  if v_missing <= 0 then return 0; end if;
  select coalesce(max(substr(external_id, 8)::bigint), 0) into v_last from records
  where dataset_id = p_dataset and external_id ~ '^prompt-\d{1,9}$';
  v_block := nextval('position_blocks');
  with new as (
    insert into records (dataset_id, external_id, fields, metadata, created_at, updated_at)
    select p_dataset, 'prompt-' || lpad(n::text, greatest(6, length(n::text)), '0'),
      case when p_shown and about <> '{}' then about else '{}' end, about, p_now, p_now
    from (
      select n, case when cardinality(p_topics) = 0 then '{}'
        else jsonb_build_object('topic', p_topics[1 + (n - 1) % cardinality(p_topics)]) end as about
      from generate_series(v_last + 1, v_last + v_missing) n
    ) blank
    order by n
    returning id, external_id, fields
  ), placed as (
    insert into places (dataset_id, record_id, position, wanted)
    select p_dataset, id, (v_block << 32) | substr(external_id, 8)::bigint, 1 from new
  )
  insert into outlines (dataset_id, record_id, outline, lengths)
  select p_dataset, id, '[[],[]]', array[octet_length(coalesce(fields ->> 'topic', ''))] from new;
  get diagnostics v_made = row_count;
  insert into tallies as t (dataset_id, labeler_id, records) values (p_dataset, 0, v_made)
  on conflict (dataset_id, labeler_id) do update set records = t.records + excluded.records;
  return v_made;
end $$;

-- What makes a prompt the same as another one: not case, spacing, or forms of the same letters.
create or replace function prompt_key(p_text text) returns uuid language sql immutable
as $$
  select md5(lower(normalize(regexp_replace(btrim(p_text), '\s+', ' ', 'g'), nfkc)))::uuid
$$;

-- The next blank, unless this labeler has as many prompts that count as the dataset takes of one. Once
-- no other is left, those they skipped come again: any blank stands for the same wish for a prompt.
create or replace function next_blank(p_dataset bigint, p_labeler bigint, p_lane text, p_minutes int,
  p_max_shown int, p_suggestions boolean, p_after bigint, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare v_most bigint; v_counted bigint; v_next json; v_again json;
begin
  -- one turn at a time for one person, as next_assignment takes it
  perform pg_advisory_xact_lock(hashint8extended(p_labeler, p_dataset));
  select (document ->> 'per_labeler')::bigint into v_most from datasets where id = p_dataset;
  select counted into v_counted from tallies where dataset_id = p_dataset and labeler_id = p_labeler;
  if v_counted >= v_most and held_lease(p_dataset, p_labeler, p_after) is null then
    return json_build_object('state', 'end');
  end if;
  v_next := next_assignment(p_dataset, p_labeler, p_lane, p_minutes, p_max_shown, p_suggestions, p_after,
    p_now);
  if v_next ->> 'state' <> 'end' then return v_next; end if;
  v_again := skipped_again(p_dataset, p_labeler, p_lane, p_minutes, p_after, p_now);
  return case when v_again is null then v_next
    else json_build_object('state', 'taken', 'assignment', v_again) end;
end $$;

-- The first open blank of those this labeler skipped, theirs again as if they undid the skip
-- (which stays as a revision), or null. Locks the place first, and passes over one that others hold.
create or replace function skipped_again(p_dataset bigint, p_labeler bigint, p_lane text, p_minutes int,
  p_after bigint, p_now timestamptz)
returns json language plpgsql
set enable_seqscan = off set enable_bitmapscan = off
as $$
declare v_id bigint;
begin
  select mine.id into v_id
  from (
    select record_id from places
    where dataset_id = p_dataset and lane = p_lane and open
    order by position, record_id offset 0
  ) w cross join lateral (
    select id from assignments
    where labeler_id = p_labeler and record_id = w.record_id and repeat = 0
      and dataset_id is not distinct from p_dataset and status = 'discarded' and slot is not null
      and id is distinct from p_after
  ) mine cross join lateral (
    select from places
    where dataset_id = p_dataset and record_id = w.record_id and open
    for update skip locked
  ) free
  limit 1;
  if v_id is null then return null; end if;
  return undo_answer(p_dataset, v_id, p_labeler, p_minutes, '-infinity', p_now) -> 'assignment';
end $$;

-- Takes a prompt that somebody wrote, unless it is there already ('duplicate', and whether it is their
-- own). The same text is taken by one transaction at a time, before any place is locked.
create or replace function submit_prompt(p_dataset bigint, p_id bigint, p_labeler bigint, p_values jsonb,
  p_platform text, p_schema_version int, p_interaction text, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare v_key uuid := prompt_key(p_values ->> 'prompt'); v_writer bigint; v_submitted json;
begin
  perform pg_advisory_xact_lock(hashtextextended(v_key::text, p_dataset));
  select labeler_id into v_writer from responses
  where dataset_id = p_dataset and written = v_key and assignment_id <> p_id and status = 'submitted'
    and not flags && array['excluded', 'same_person']
  order by assignment_id limit 1;
  if found and exists (select from assignments
    where dataset_id = p_dataset and id = p_id and labeler_id = p_labeler) then
    return json_build_object('outcome', 'duplicate', 'own', v_writer = p_labeler);
  end if;
  v_submitted := submit_answer(p_dataset, p_id, p_labeler, p_values, p_platform, p_schema_version,
    p_interaction, p_now);
  if v_submitted ->> 'outcome' in ('counted', 'surplus', 'edited') then
    update responses set written = v_key where dataset_id = p_dataset and assignment_id = p_id;
  end if;
  return v_submitted;
end $$;

-- As submit_and_next, for prompts that are written.
create or replace function submit_prompt_and_next(p_dataset bigint, p_id bigint, p_labeler bigint,
  p_values jsonb, p_platform text, p_schema_version int, p_interaction text, p_lane text,
  p_minutes int, p_max_shown int, p_suggestions boolean, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare v_submitted json;
begin
  v_submitted := submit_prompt(p_dataset, p_id, p_labeler, p_values, p_platform, p_schema_version,
    p_interaction, p_now);
  if v_submitted ->> 'outcome' not in ('counted', 'surplus', 'edited', 'same') then
    return json_build_object('submitted', v_submitted, 'next', null);
  end if;
  return json_build_object('submitted', v_submitted, 'next', next_blank(p_dataset, p_labeler, p_lane,
    p_minutes, p_max_shown, p_suggestions, null, p_now));
end $$;
