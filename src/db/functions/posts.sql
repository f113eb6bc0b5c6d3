-- A labeler's ballot: their assignment of the record, including an earlier private one, whose place is
-- freed. Each labeler has their own shuffled order, the same whenever they open it.
create or replace function open_ballot(p_post bigint, p_labeler bigint, p_max_shown int,
  p_suggestions boolean, p_cap int, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare v posts; a assignments; c records; r responses; b standing; v_counted boolean; v_suggested text;
begin
  select * into v from posts where id = p_post;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  b := lock_places(v.dataset_id, array[v.record_id]);
  select * into v from posts where id = p_post;
  if v.state <> 'open' or v.closes_at <= p_now then
    return json_build_object('outcome', 'post_closed');
  end if;
  -- compared as rows, so that only the index of a labeler's records fits: a post has many ballots
  select * into a from assignments
  where (labeler_id, record_id, repeat) >= (p_labeler, v.record_id, 0)
    and (labeler_id, record_id, repeat) <= (p_labeler, v.record_id, 0)
    and dataset_id is not distinct from v.dataset_id
  for update;
  if a.status = 'excluded' then return json_build_object('outcome', 'excluded'); end if;
  if a.id is null then
    if p_cap is not null then
      -- serialises a person's presses; no other lock is taken after it
      perform pg_advisory_xact_lock(hashint8extended(p_labeler, 7020));
      if p_cap <= ballots_since(v.dataset_id, p_labeler, p_now - interval '1 day') then
        return json_build_object('outcome', 'capped');
      end if;
    end if;
    select * into c from records where dataset_id = v.dataset_id and id = v.record_id;
    v_suggested :=
      suggested_as(v.dataset_id, c.external_id, p_labeler, c.suggestions, p_suggestions);
    insert into assignments (dataset_id, record_id, labeler_id, post_id, shown_order,
      suggestions_shown, suggested, shown_at, status, created_at)
    values (v.dataset_id, v.record_id, p_labeler, p_post,
      coalesce(v.shown_order, array(select o from unnest(c.shuffled) o
        order by md5(p_post || ' ' || p_labeler || ' ' || o), o limit p_max_shown)),
      v_suggested is not distinct from 'before', v_suggested, p_now, 'leased', p_now)
    returning * into a;
  elsif a.post_id is distinct from p_post or a.status = 'expired' then
    select * into r from responses
    where dataset_id = v.dataset_id and assignment_id = a.id for update;
    v_counted := a.status = 'submitted'
      and not coalesce(r.flags, '{}') && array['excluded', 'same_person'];
    update assignments set post_id = p_post, slot = null, lease_until = null,
      counted = v_counted,
      status = case when a.status = 'expired' then 'leased' else a.status end,
      shown_at = case when a.status in ('expired', 'leased') then p_now else a.shown_at end
    where dataset_id = v.dataset_id and id = a.id;
    update responses set flags = array_remove(flags, 'surplus')
    where dataset_id = v.dataset_id and assignment_id = a.id and flags && array['surplus'];
    if a.slot is not null then
      update places set discards = greatest(discards
        - (a.status = 'discarded' and is_fault(r.reason))::int, 0)
      where dataset_id = v.dataset_id and record_id = v.record_id;
    end if;
    perform settle_places(v.dataset_id, array[v.record_id], b, p_labeler, 0,
      v_counted::int - a.counted::int, 0, 0);
  end if;
  return json_build_object('outcome', 'open', 'assignment', view_assignment(v.dataset_id, a.id));
end $$;

-- How many ballots a labeler opened in a dataset since then. Ordered by the labeler's records, so that
-- Postgres does not use the index of all ballots of all posts.
create or replace function ballots_since(p_dataset bigint, p_labeler bigint, p_since timestamptz)
returns int language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
begin
  return (select count(*) filter (where post_id is not null and created_at > p_since) from (
    select post_id, created_at from assignments
    where (labeler_id, record_id) > (p_labeler, 0)
      and (labeler_id, record_id) <= (p_labeler, 9223372036854775807)
      and dataset_id is not distinct from p_dataset
    order by labeler_id, record_id offset 0
  ) mine);
end $$;

-- Whether a post accepts votes now.
create or replace function takes_votes(p_post bigint, p_now timestamptz) returns boolean
language plpgsql set enable_seqscan = off
as $$
declare v record;
begin
  select state, closes_at into v from posts where id = p_post;
  return coalesce(v.state = 'open' and v.closes_at > p_now, false);
end $$;

-- Takes a dataset's next open records out of the private queue to post them: records that were not
-- posted before and have no known answer. In queue order, highest priority first; skips locked records.
create or replace function take_for_posts(p_dataset bigint, p_limit int) returns setof bigint
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare v_lane text := ''; v_record bigint; v_found int := 0;
begin
  for v_priority in reverse 9 .. 0 loop
    for v_record in
      select record_id from places
      where dataset_id = p_dataset and lane = v_lane and priority = v_priority and open
        and not polled and until is null
      order by position, record_id
    loop
      exit when v_found = p_limit;
      perform from outlines
      where dataset_id = p_dataset and record_id = v_record and gold is not null;
      continue when found;
      perform from places where dataset_id = p_dataset and record_id = v_record and open
      for update skip locked;
      continue when not found;
      update places set posted = true where dataset_id = p_dataset and record_id = v_record;
      v_found := v_found + 1;
      return next v_record;
    end loop;
  end loop;
end $$;

-- Ends a post: from p_least votes on its record is completed, else it goes back to the queue with
-- the votes it has; a battle of an arena never does. Returns false where it had ended before.
create or replace function end_post(p_post bigint, p_state text, p_reason text, p_least int,
  p_now timestamptz)
returns boolean language plpgsql set enable_seqscan = off
as $$
declare v posts; b standing; v_enough boolean; v_id bigint;
begin
  select * into v from posts where id = p_post;
  if not found then return false; end if;
  b := lock_places(v.dataset_id, array[v.record_id]);
  update posts set state = p_state, reason = p_reason, closed_at = p_now
  where id = p_post and state = 'open';
  if not found then return false; end if;
  v_enough := p_least <= (select count(*) from assignments where post_id = p_post and counted);
  for v_id in select id from assignments where post_id = p_post and status || '' = 'leased' loop
    update assignments set status = 'expired'
    where dataset_id = v.dataset_id and id = v_id and status = 'leased';
  end loop;
  update places set polled = polled or v_enough, posted = polled or v_enough
    or v.shown_order is not null
  where dataset_id = v.dataset_id and record_id = v.record_id;
  perform settle_places(v.dataset_id, array[v.record_id], b, 0, 0, 0, 0, 0);
  if p_state = 'closed' then perform note_events(v.dataset_id, 'post', array[p_post]); end if;
  return true;
end $$;
