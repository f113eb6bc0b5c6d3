-- Takes the ballot of a post, as any answer. In an arena its asker's tells the names; what is given or
-- changed after that is no blind vote.
create or replace function submit_ballot(p_dataset bigint, p_id bigint, p_labeler bigint,
  p_values jsonb, p_platform text, p_schema_version int, p_interaction text, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare v json; b record;
begin
  v := submit_answer(p_dataset, p_id, p_labeler, p_values, p_platform, p_schema_version,
    p_interaction, p_now);
  if v ->> 'outcome' not in ('counted', 'surplus', 'edited') then return v; end if;
  -- under the lock of the record's place: of two votes one is the first
  select x.id, x.labeler_id, x.revealed_at into b from battles x
  where x.post_id = (select post_id from assignments where dataset_id = p_dataset and id = p_id);
  if b.revealed_at is not null then
    update responses set flags = flags || 'not_blind'::text
    where dataset_id = p_dataset and assignment_id = p_id and not flags && array['not_blind'];
  elsif b.labeler_id = p_labeler then
    update battles set revealed_at = p_now where id = b.id;
  end if;
  return v;
end $$;

-- Deletes battles with their text, and all turns that came after them: their records go with the votes,
-- and what stays says only that two models met. Returns what messages have to be repainted.
create or replace function delete_battles(p_battles bigint[], p_now timestamptz)
returns table (battle_id bigint, post_id bigint)
language plpgsql set enable_seqscan = off
as $$
declare v_ids bigint[] := p_battles; v_more bigint[] := p_battles; v battles;
begin
  loop
    v_more := array(select b.id from battles b where b.follows = any(v_more) order by b.id);
    exit when cardinality(v_more) = 0;
    v_ids := v_ids || v_more;
  end loop;
  for v in select * from battles b where b.id = any(v_ids) and b.state <> 'deleted' order by b.id for update loop
    update arena_sums s set aside_tokens = s.aside_tokens - v.expected_tokens,
      aside_money = s.aside_money - v.expected_money
    where s.dataset_id = v.dataset_id and v.state = 'asked';
    update arena_pairs p set battles = p.battles - 1
    where p.dataset_id = v.dataset_id and v.state in ('asked', 'answered')
      and p.first = least(v.model_a, v.model_b) and p.second = greatest(v.model_a, v.model_b);
    update posts p set state = 'withdrawn', reason = 'The question was deleted.', closed_at = p_now,
      result = null
    where p.id = v.post_id;
    if v.record_id is not null then perform delete_record(v.dataset_id, v.record_id); end if;
    update battles b set state = 'deleted', prompt = null, answer_a = null, answer_b = null,
      problem = null, heartbeat_at = null, finished_at = coalesce(b.finished_at, p_now)
    where b.id = v.id;
    -- What shows its text is repainted, however it came to be deleted.
    update messages m set wanted = m.claimed + 1, due_at = p_now, final = false
    where m.subject in ('question:' || v.id, 'post:' || v.post_id) and m.gone_at is null;
    battle_id := v.id; post_id := v.post_id;
    return next;
  end loop;
end $$;
