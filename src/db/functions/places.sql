-- Blocks of k of n outputs: over n slots every output is shown k times, once in every place. With
-- k = n this is the seeded order rotated by the slot.
create or replace function shown_order(shuffled text[], slot int, max_shown int) returns text[]
language plpgsql immutable
as $$
declare
  n int := cardinality(shuffled); k int := least(n, max_shown); v_start int; v_shown text[] := '{}';
begin
  if n = 0 then return v_shown; end if;
  v_start := coalesce(slot, 0) * k + coalesce(slot, 0) / (n / gcd(n, k));
  for j in 0 .. k - 1 loop
    v_shown := v_shown || shuffled[1 + (v_start + j) % n];
  end loop;
  return v_shown;
end $$;

-- A freed place moves to the end of the queue, where every cursor still reaches it.
create or replace function next_position(p_record bigint) returns bigint language sql volatile
as $$
  select (nextval('position_blocks') << 32) | (hashint8extended(p_record, 0) & 4294967295)
$$;

create or replace function lowest_free_slot(p_taken bigint) returns int language plpgsql immutable
as $$
declare v_slot int := 0;
begin
  while p_taken & (1::bigint << v_slot) <> 0 loop v_slot := v_slot + 1; end loop;
  return v_slot;
end $$;

-- Two assignments may share a slot after a late answer: its bit stays while either needs it.
create or replace function without_slot(p_taken bigint, p_dataset bigint, p_record bigint, p_id bigint, p_slot int)
returns bigint language sql stable set enable_seqscan = off
as $$
  select case when exists (
    select from assignments a
    where a.dataset_id is not distinct from p_dataset and a.record_id = p_record and a.id <> p_id
      and a.slot = p_slot and (a.counted or a.status = 'leased'))
  then p_taken else p_taken & ~(1::bigint << p_slot) end
$$;

-- The place is locked and the assignment no longer leased.
create or replace function free_place(p places, p_id bigint, p_slot int) returns void
language sql volatile set enable_seqscan = off
as $$
  update places set
    leased = p.leased - 1,
    taken = without_slot(p.taken, p.dataset_id, p.record_id, p_id, p_slot),
    position = case when p.open or p.rejected or p.posted or p.needs_outputs
        or p.wanted <= p.counted + p.leased - 1
      then p.position else next_position(p.record_id) end
  where dataset_id = p.dataset_id and record_id = p.record_id
$$;

-- Sums of one labeler's work in one dataset.
create or replace function add_to_tally(p_dataset bigint, p_labeler bigint, p_submitted int, p_counted int,
  p_discarded int, p_completed int, p_rejected int, p_seconds double precision)
returns void language plpgsql
as $$
begin
  insert into tallies as t (dataset_id, labeler_id, submitted, counted, discarded, completed, rejected, seconds)
  values (p_dataset, p_labeler, p_submitted, p_counted, p_discarded, p_completed, p_rejected, coalesce(p_seconds, 0))
  on conflict (dataset_id, labeler_id) do update set
    submitted = t.submitted + excluded.submitted, counted = t.counted + excluded.counted,
    discarded = t.discarded + excluded.discarded, completed = t.completed + excluded.completed,
    rejected = t.rejected + excluded.rejected, seconds = t.seconds + excluded.seconds;
end $$;

-- One batch: records with another priority get this one, behind all others of it. Returns how many; p_dry
-- only counts them. Their places are locked.
create or replace function prioritize_records(p_dataset bigint, p_records bigint[], p_priority int, p_dry boolean)
returns int language plpgsql set enable_seqscan = off
as $$
declare v_records bigint[]; v_block bigint;
begin
  v_records := array(
    select record_id from places
    where dataset_id = p_dataset and record_id = any(p_records) and priority <> p_priority
    order by record_id);
  if p_dry or cardinality(v_records) = 0 then return cardinality(v_records); end if;
  v_block := nextval('position_blocks');
  update places set priority = p_priority, position = (v_block << 32) | (position & 4294967295)
  where dataset_id = p_dataset and record_id = any(v_records);
  return cardinality(v_records);
end $$;
