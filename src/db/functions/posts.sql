-- The ballot of a labeler: their assignment of the record, an earlier private one included, whose
-- place is given back. Everybody's order is a shuffle of their own, the same whenever it is opened.
create or replace function open_ballot(p_post bigint, p_labeler bigint, p_max_shown int,
  p_suggestions boolean, p_cap int, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare v posts; a assignments; c records; r responses; b standing; v_counted boolean;
begin
  select * into v from posts where id = p_post;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  b := lock_places(v.dataset_id, array[v.record_id]);
  select * into v from posts where id = p_post;
  if v.state <> 'open' or v.closes_at <= p_now then
    return json_build_object('outcome', 'post_closed');
  end if;
  select * into a from assignments where dataset_id = v.dataset_id
    and labeler_id is not distinct from p_labeler and record_id = v.record_id and repeat = 0
  for update;
  if a.status = 'excluded' then return json_build_object('outcome', 'excluded'); end if;
  if a.id is null then
    if p_cap is not null then
      -- one of a person's presses at a time, whatever they press at once; nothing waits after it
      perform pg_advisory_xact_lock(hashint8extended(p_labeler, 7020));
      if p_cap <= (select count(*) from assignments o
        where o.labeler_id = p_labeler and o.dataset_id = v.dataset_id
          and o.post_id is not null and o.created_at > p_now - interval '1 day')
      then return json_build_object('outcome', 'capped'); end if;
    end if;
    select * into c from records where dataset_id = v.dataset_id and id = v.record_id;
    insert into assignments (dataset_id, record_id, labeler_id, post_id, shown_order,
      suggestions_shown, shown_at, status, created_at)
    values (v.dataset_id, v.record_id, p_labeler, p_post,
      array(select o from unnest(c.shuffled) o
        order by md5(p_post || ' ' || p_labeler || ' ' || o), o limit p_max_shown),
      p_suggestions and c.suggestions <> '{}', p_now, 'leased', p_now)
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

-- Ends a post: from p_least votes on its record is completed, else it goes back to the queue with
-- the votes it has. Returns false where it had ended before.
create or replace function end_post(p_post bigint, p_state text, p_reason text, p_least int,
  p_now timestamptz)
returns boolean language plpgsql set enable_seqscan = off
as $$
declare v posts; b standing; v_enough boolean;
begin
  select * into v from posts where id = p_post;
  if not found then return false; end if;
  b := lock_places(v.dataset_id, array[v.record_id]);
  update posts set state = p_state, reason = p_reason, closed_at = p_now
  where id = p_post and state = 'open';
  if not found then return false; end if;
  v_enough := p_least <= (select count(*) from assignments where post_id = p_post and counted);
  update assignments set status = 'expired'
  where dataset_id = v.dataset_id and post_id = p_post and status = 'leased';
  update places set polled = polled or v_enough, posted = polled or v_enough
  where dataset_id = v.dataset_id and record_id = v.record_id;
  perform settle_places(v.dataset_id, array[v.record_id], b, 0, 0, 0, 0, 0);
  return true;
end $$;
