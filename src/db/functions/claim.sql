-- p_minutes is the least lease; three times the labeler's own mean answer time here, if longer,
-- stands for three medians: the mean is kept exactly in their tally and costs one row.
create or replace function next_assignment(p_dataset bigint, p_labeler bigint, p_lane text, p_minutes int,
  p_max_shown int, p_suggestions boolean, p_after bigint, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare
  v_status text; v_id bigint; v_found json; v_state text; v_until timestamptz; v_expired int;
  t tallies;
begin
  -- one claim at a time for one person, even on a double press
  perform pg_advisory_xact_lock(hashint8extended(p_labeler, p_dataset));
  select status into v_status from datasets where id = p_dataset;
  if not found or v_status not in ('ready', 'paused') then
    return json_build_object('state', 'not_ready');
  end if;
  select * into t from tallies where dataset_id = p_dataset and labeler_id = p_labeler;
  v_id := held_lease(p_dataset, p_labeler, p_after);
  v_until := p_now + greatest(make_interval(mins => p_minutes),
    make_interval(secs => coalesce(3 * t.seconds / nullif(t.submitted, 0), 0)));
  if v_id is not null then
    update assignments set lease_until = greatest(lease_until, v_until)
    where dataset_id = p_dataset and id = v_id and status = 'leased';
    -- otherwise it has just expired, and is taken up again below
    if found then
      return json_build_object('state', 'held', 'assignment', view_assignment(p_dataset, v_id));
    end if;
    v_id := null;
  end if;
  if v_status <> 'ready' or limit_of(p_dataset, p_labeler) is not null then
    return json_build_object('state', 'not_ready');
  end if;

  if t.goal_invitation is not null then
    v_id := next_named(p_dataset, p_labeler, t.goal_invitation, p_max_shown, p_suggestions, p_after, v_until, p_now);
    if v_id is not null then
      return json_build_object('state', 'taken', 'assignment', view_assignment(p_dataset, v_id));
    end if;
    -- the batch may be shorter now
    select * into t from tallies where dataset_id = p_dataset and labeler_id = p_labeler;
  end if;
  select * into v_found, v_state from walk_places(p_dataset, p_labeler, p_lane, false, 16,
    p_max_shown, p_suggestions, v_until, p_now, t);
  if v_found is null then
    v_id := lease_again(p_dataset, p_labeler, p_after, v_until, p_now);
    if v_id is not null then v_found := view_assignment(p_dataset, v_id); end if;
  end if;
  if v_found is null then
    v_expired := expire_leases(p_dataset, 50, p_now);
    if v_expired > 0 then
      select * into v_found, v_state from walk_places(p_dataset, p_labeler, p_lane, false, 16,
        p_max_shown, p_suggestions, v_until, p_now, t);
    end if;
  end if;
  if v_found is null and v_state <> 'more' then
    select * into v_found, v_state from walk_places(p_dataset, p_labeler, p_lane, true, 16,
      p_max_shown, p_suggestions, v_until, p_now, t);
  end if;
  if v_found is not null then
    return json_build_object('state', 'taken', 'assignment', v_found);
  end if;
  -- the limit was reached: there may be more
  if v_expired = 50 then v_state := 'more'; end if;
  return json_build_object('state', v_state);
end $$;

-- The assignment a labeler holds in this dataset, or null; of several, the one with the longest lease.
-- Ordering by both columns makes Postgres use the index of live leases: any other needs a sort.
create or replace function held_lease(p_dataset bigint, p_labeler bigint, p_after bigint) returns bigint
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare v_id bigint;
begin
  select id into v_id from (
    select b.id, b.lease_until from assignments b
    where b.dataset_id is not distinct from p_dataset and b.status = 'leased'
      and (b.labeler_id, b.dataset_id) >= (p_labeler, p_dataset)
      and (b.labeler_id, b.dataset_id) <= (p_labeler, p_dataset)
      and b.post_id is null and b.id is distinct from p_after
    order by b.labeler_id, b.dataset_id offset 0
  ) held
  order by lease_until desc nulls last, id limit 1;
  return v_id;
end $$;

-- Walks one labeler over the open places of one dataset and lane, priorities from high to low:
-- ahead of their cursor, or (p_behind) again over what lies behind it, for places that were locked
-- by others or committed late when the cursor passed. Reads windows of 256 places, at most p_windows of them; 'more'
-- means that it stopped early, 'busy' that one of their places was locked.
create or replace function walk_places(p_dataset bigint, p_labeler bigint, p_lane text, p_behind boolean,
  p_windows int, p_max_shown int, p_suggestions boolean, p_until timestamptz, p_now timestamptz,
  p_tally tallies, out o_found json, out o_state text)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare
  v_priority smallint := 10; v_windows int := 0; me record; w record; edge record;
  given assignments; card records; v_slot int; v_fresh boolean; v_suggested text;
  from_position bigint; from_record bigint; to_position bigint; to_record bigint;
begin
  o_state := 'end';
  loop
    -- The cursor is only ever touched in its labeler's own turn, and needs no lock of its own.
    select h.priority, c.position, c.record_id, c.lookback, c.lookback_record into me
    from (
      select p.priority from places p
      where p.dataset_id = p_dataset and p.lane = p_lane and p.open and p.priority < v_priority
      order by p.priority desc, p.position desc, p.record_id desc limit 1
    ) h left join cursors c on c.dataset_id = p_dataset and c.labeler_id = p_labeler
      and c.lane = p_lane and c.priority = h.priority;
    exit when not found;
    v_priority := me.priority;
    if me.position is null then
      insert into cursors (dataset_id, labeler_id, lane, priority)
      values (p_dataset, p_labeler, p_lane, v_priority);
      me.position := 0; me.record_id := 0; me.lookback := 0; me.lookback_record := 0;
    end if;
    if p_behind then
      from_position := me.lookback; from_record := me.lookback_record;
      to_position := me.position; to_record := me.record_id;
    else
      from_position := me.position; from_record := me.record_id;
      to_position := 9223372036854775807; to_record := to_position;
    end if;
    v_fresh := not p_behind or from_position = 0;
    loop
      select l.taken, w1.position, w1.record_id, r.found as record into w
      from (
        select p.position, p.record_id from places p
        where p.dataset_id = p_dataset and p.lane = p_lane and p.priority = v_priority and p.open
          and (p.position, p.record_id) > (from_position, from_record)
          and (p.position, p.record_id) <= (to_position, to_record)
        order by p.position, p.record_id limit 256
      ) w1 cross join lateral (
        select p.record_id, p.taken from places p
        where p.dataset_id = p_dataset and p.record_id = w1.record_id and p.open
          and (p.until is null or p.until > p_now)
          -- use w1's record, not p's: Postgres may join a subquery on p to everything this labeler has
          and not exists (select from assignments a
            where a.labeler_id = p_labeler and a.record_id = w1.record_id
              and a.dataset_id is not distinct from p_dataset)
        for update of p skip locked
      ) l cross join lateral (
        select c as found from records c
        where c.dataset_id = p_dataset and c.id = l.record_id offset 0
      ) r limit 1;
      if found then
        card := w.record;
        v_slot := lowest_free_slot(w.taken);
        v_suggested := case when card.suggestions <> '{}' then
          suggested_as(p_dataset, card.external_id, p_labeler, card.suggestions, p_suggestions) end;
        with took as (
          update places set leased = leased + 1, taken = taken | (1::bigint << v_slot)
          where dataset_id = p_dataset and record_id = w.record_id
        ), moved as (
          update cursors set
            position = case when p_behind then position else w.position end,
            record_id = case when p_behind then record_id else w.record_id end,
            lookback = case when p_behind then w.position else lookback end,
            lookback_record = case when p_behind then w.record_id else lookback_record end
          where dataset_id = p_dataset and labeler_id = p_labeler and lane = p_lane
            and priority = v_priority
        )
        insert into assignments (dataset_id, record_id, labeler_id, slot, shown_order,
          suggestions_shown, suggested, shown_at, status, lease_until, created_at)
        values (p_dataset, w.record_id, p_labeler, v_slot,
          shown_order(card.shuffled, v_slot, p_max_shown),
          v_suggested is not distinct from 'before', v_suggested, p_now, 'leased', p_until, p_now)
        returning * into given;
        o_found := assignment_json(given, card, null, p_tally);
        o_state := 'taken';
        return;
      end if;
      -- nothing in this window: remember its edge, and whether a lock hid a place
      select count(*) as places, max(position) as position,
        (array_agg(record_id order by position desc, record_id desc))[1] as record_id,
        bool_or(mine.found is null and not exists (select from places q where q.dataset_id = p_dataset
          and q.record_id = w2.record_id and q.until <= p_now)) as hidden
      into edge from (
        select p.position, p.record_id from places p
        where p.dataset_id = p_dataset and p.lane = p_lane and p.priority = v_priority and p.open
          and (p.position, p.record_id) > (from_position, from_record)
          and (p.position, p.record_id) <= (to_position, to_record)
        order by p.position, p.record_id limit 256
      ) w2 left join lateral (
        select true as found from assignments a
        where a.labeler_id = p_labeler and a.record_id = w2.record_id
          and a.dataset_id is not distinct from p_dataset limit 1
      ) mine on true;
      v_windows := v_windows + 1;
      if edge.hidden then o_state := 'busy'; end if;
      if edge.places > 0 then
        from_position := edge.position; from_record := edge.record_id;
      end if;
      if edge.places < 256 then
        exit when v_fresh;
        -- wrap around: start again at the beginning, which the stored look-back had passed
        v_fresh := true; from_position := 0; from_record := 0;
      elsif v_windows >= p_windows then
        o_state := 'more';
        exit;
      end if;
    end loop;
    if p_behind then
      if o_state <> 'more' then from_position := 0; from_record := 0; end if;
      if (me.lookback, me.lookback_record) <> (from_position, from_record) then
        update cursors set lookback = from_position, lookback_record = from_record
        where dataset_id = p_dataset and labeler_id = p_labeler and lane = p_lane and priority = v_priority;
      end if;
    elsif (me.position, me.record_id) <> (from_position, from_record) then
      update cursors set position = from_position, record_id = from_record
      where dataset_id = p_dataset and labeler_id = p_labeler and lane = p_lane and priority = v_priority;
    end if;
    exit when o_state = 'more';
  end loop;
end $$;

-- The labeler's own expired lease, if its record still has a free place: same id, same shown order.
create or replace function lease_again(p_dataset bigint, p_labeler bigint, p_after bigint, p_until timestamptz, p_now timestamptz)
returns bigint language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare a record;
begin
  -- by all three columns, which only the index of expired leases has in this order
  select e.id, e.record_id, e.slot into a
  from (
    select id, record_id, slot from assignments
    where (labeler_id, dataset_id, id) > (p_labeler, p_dataset, 0)
      and (labeler_id, dataset_id, id) < (p_labeler, p_dataset, 9223372036854775807)
      and status = 'expired' and slot is not null and id is distinct from p_after
    order by labeler_id, dataset_id, id
  ) e cross join lateral (
    select from places p
    where p.dataset_id = p_dataset and p.record_id = e.record_id and p.open
      and (p.until is null or p.until > p_now)
    for update of p skip locked
  ) p
  limit 1;
  if not found then return null; end if;
  update assignments set status = 'leased', lease_until = p_until, shown_at = p_now
  where dataset_id = p_dataset and id = a.id and status = 'expired';
  if not found then return null; end if;
  update places set leased = leased + 1, taken = taken | (1::bigint << a.slot)
  where dataset_id = p_dataset and record_id = a.record_id;
  return a.id;
end $$;

-- Renews a labeler's lease on a record; false if it is no longer theirs.
create or replace function renew_lease(p_dataset bigint, p_id bigint, p_labeler bigint, p_until timestamptz)
returns boolean language plpgsql set enable_seqscan = off
as $$
begin
  update assignments set lease_until = greatest(lease_until, p_until)
  where dataset_id = p_dataset and id = p_id and labeler_id is not distinct from p_labeler
    and status = 'leased' and post_id is null;
  return found;
end $$;

-- Frees the places of expired leases, the oldest first; returns their number.
create or replace function expire_leases(p_dataset bigint, p_limit int, p_now timestamptz) returns int
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare a record; p places; n int := 0;
begin
  for a in
    select id, record_id, slot from assignments
    where dataset_id = p_dataset and status = 'leased' and lease_until < p_now
    order by lease_until limit p_limit
  loop
    if a.slot is not null then
      select * into p from places
      where dataset_id = p_dataset and record_id = a.record_id for update skip locked;
      continue when not found;
    end if;
    update assignments set status = 'expired'
    where dataset_id = p_dataset and id = a.id and status = 'leased' and lease_until < p_now;
    continue when not found;
    n := n + 1;
    continue when a.slot is null;
    perform free_place(p, a.id, a.slot);
  end loop;
  return n;
end $$;

-- The datasets with expired leases; read only from the index of due ones.
create or replace function due_datasets(p_now timestamptz) returns setof bigint
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
begin
  return query select distinct d.dataset_id from (
    select dataset_id from assignments
    where status = 'leased' and lease_until < p_now
    order by lease_until offset 0
  ) d;
end $$;

-- The next of the records that a labeler's invitation names, in their order: claimed as any other, and no
-- place is held before. Looks at 256 of them at most. One whose places are all taken for now comes again;
-- one that is answered for good, or gone, is struck and shortens the batch unless they answered it in it.
create or replace function next_named(p_dataset bigint, p_labeler bigint, p_invitation bigint, p_max_shown int,
  p_suggestions boolean, p_after bigint, p_until timestamptz, p_now timestamptz)
returns bigint language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare n record; a record; p record; card records; v_slot int; v_suggested text; v_id bigint; v_struck int := 0;
begin
  for n in
    select ordinal, record_id, dealt from invited_records
    where invitation_id = p_invitation order by invitation_id, ordinal limit 256
  loop
    select id, slot, status into a from assignments
    where labeler_id = p_labeler and record_id = n.record_id and repeat = 0
      and dataset_id is not distinct from p_dataset;
    continue when a.status = 'leased' or a.id is not distinct from p_after and a.id is not null;
    if a.status is null or (a.status = 'expired' and a.slot is not null) then
      select q.record_id, q.taken into p from places q
      where q.dataset_id = p_dataset and q.record_id = n.record_id and q.open
        and (q.until is null or q.until > p_now)
      for update skip locked;
      if found then
        if a.id is not null then
          v_id := a.id; v_slot := a.slot;
          update assignments set status = 'leased', lease_until = p_until, shown_at = p_now
          where dataset_id = p_dataset and id = a.id;
        else
          select * into card from records where dataset_id = p_dataset and id = n.record_id;
          v_slot := lowest_free_slot(p.taken);
          v_suggested := case when card.suggestions <> '{}' then
            suggested_as(p_dataset, card.external_id, p_labeler, card.suggestions, p_suggestions) end;
          insert into assignments (dataset_id, record_id, labeler_id, slot, shown_order,
            suggestions_shown, suggested, shown_at, status, lease_until, created_at)
          values (p_dataset, n.record_id, p_labeler, v_slot,
            shown_order(card.shuffled, v_slot, p_max_shown),
            v_suggested is not distinct from 'before', v_suggested, p_now, 'leased', p_until, p_now)
          returning id into v_id;
        end if;
        update places set leased = leased + 1, taken = taken | (1::bigint << v_slot)
        where dataset_id = p_dataset and record_id = n.record_id;
        update invited_records set dealt = true where invitation_id = p_invitation and ordinal = n.ordinal;
        exit;
      end if;
      perform from places q
      where q.dataset_id = p_dataset and q.record_id = n.record_id and not q.rejected and not q.polled
        and q.wanted > q.counted and (q.until is null or q.until > p_now);
      continue when found;
    end if;
    delete from invited_records where invitation_id = p_invitation and ordinal = n.ordinal;
    if not n.dealt or a.status is null or a.status = 'expired' then v_struck := v_struck + 1; end if;
  end loop;
  if v_struck > 0 then perform shorten_batch(p_dataset, p_labeler, p_invitation, v_struck, p_now); end if;
  return v_id;
end $$;

-- A batch of named records of which some were answered by others or deleted; with none left it is done.
create or replace function shorten_batch(p_dataset bigint, p_labeler bigint, p_invitation bigint, p_struck int,
  p_now timestamptz)
returns void language plpgsql set enable_seqscan = off
as $$
declare v_goal int;
begin
  update tallies set goal = goal - p_struck
  where dataset_id = p_dataset and labeler_id = p_labeler and goal_invitation = p_invitation
  returning goal - (submitted + discarded - goal_from) into v_goal;
  if not found or v_goal > 0 then return; end if;
  update tallies set goal = null, goal_from = null, goal_invitation = null
  where dataset_id = p_dataset and labeler_id = p_labeler;
  update invitations set state = 'done', ended_at = p_now where id = p_invitation and state = 'started';
end $$;
