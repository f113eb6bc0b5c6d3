-- Rare changes: recomputes whole records from their assignments, under their places' locks. One record
-- at a time, each row by its key: with a join over many records and stale statistics, Postgres may read
-- the whole dataset.

-- How many of these records are completed and rejected, and which of them are open.
create or replace function standing_of(p_dataset bigint, p_records bigint[]) returns standing
language sql volatile set enable_seqscan = off
as $$
  select row(
    (count(*) filter (where p.status = 'completed'))::int,
    (count(*) filter (where p.status = 'rejected'))::int,
    coalesce(array_agg(w.record_id) filter (where p.open), '{}'))::standing
  from unnest(p_records) w(record_id)
  cross join lateral (
    select record_status(places) as status, open from places
    where dataset_id = p_dataset and record_id = w.record_id offset 0
  ) p
$$;

-- Locks these records' places, always in the same order, and returns their state.
create or replace function lock_places(p_dataset bigint, p_records bigint[]) returns standing
language plpgsql set enable_seqscan = off
as $$
declare v_record bigint;
begin
  for v_record in select distinct r from unnest(p_records) r order by r loop
    perform from places where dataset_id = p_dataset and record_id = v_record for update;
  end loop;
  return standing_of(p_dataset, p_records);
end $$;

-- Fills free places with the oldest surplus answers, marks the newest counted ones surplus if fewer are
-- needed (those made elsewhere all count and stay as ballots), recounts, moves freed places to the end
-- of the queue, and writes the difference to the tallies (p_by gets the credit, and the records whose
-- status changed).
create or replace function settle_places(p_dataset bigint, p_records bigint[], p_before standing, p_by bigint,
  p_submitted int, p_counted int, p_discarded int, p_seconds double precision)
returns void language plpgsql set enable_seqscan = off
as $$
declare
  v_record bigint; p record; said record; v_counts boolean; v_after standing;
  v_labelers bigint[] := '{}'; v_deltas int[] := '{}';
begin
  foreach v_record in array p_records loop
    select wanted, rejected into p from places
    where dataset_id = p_dataset and record_id = v_record;
    for said in
      select a.id, a.labeler_id, a.counted, a.counted and r.platform = 'import' as stays,
        row_number() over (order by a.counted desc, a.counted and r.platform = 'import',
          r.submitted_at, a.id) as place
      from (
        select id, labeler_id, counted from assignments
        where record_id = v_record and dataset_id is not distinct from p_dataset
          and slot is not null and status = 'submitted' offset 0
      ) a cross join lateral (
        select submitted_at, flags, platform from responses
        where dataset_id = p_dataset and assignment_id = a.id offset 0
      ) r
      where a.counted or not r.flags && array['excluded', 'same_person']
    loop
      v_counts := said.place <= p.wanted;
      if said.stays then
        continue when v_counts;
        update assignments set slot = null, post_id = 0 where dataset_id = p_dataset and id = said.id;
        update places set polled = true, posted = true
        where dataset_id = p_dataset and record_id = v_record;
        continue;
      end if;
      continue when v_counts = said.counted or (v_counts and p.rejected);
      update assignments set counted = v_counts where dataset_id = p_dataset and id = said.id;
      update responses set flags = case when v_counts
        then array_remove(flags, 'surplus') else flags || 'surplus'::text end
      where dataset_id = p_dataset and assignment_id = said.id;
      v_labelers := v_labelers || said.labeler_id;
      v_deltas := v_deltas || case when v_counts then 1 else -1 end;
    end loop;
    update places set (counted, leased, taken) = (
      select count(*) filter (where a.counted), count(*) filter (where a.status = 'leased'),
        coalesce(bit_or(1::bigint << a.slot) filter (where a.counted or a.status = 'leased'), 0)
      from assignments a
      where a.record_id = v_record and a.dataset_id is not distinct from p_dataset
        and a.slot is not null)
    where dataset_id = p_dataset and record_id = v_record;
    continue when v_record = any(p_before.open);
    update places set position = next_position(record_id)
    where dataset_id = p_dataset and record_id = v_record and open;
  end loop;

  perform reread_records(p_dataset, p_records);
  v_after := standing_of(p_dataset, p_records);
  insert into tallies as t (dataset_id, labeler_id, submitted, counted, discarded, completed, rejected, seconds)
  select p_dataset, x.labeler_id, sum(x.submitted), sum(x.counted), sum(x.discarded),
    sum(x.completed), sum(x.rejected), sum(x.seconds)
  from (
    select p_by as labeler_id, p_submitted as submitted, p_counted as counted,
      p_discarded as discarded, v_after.completed - p_before.completed as completed,
      v_after.rejected - p_before.rejected as rejected, p_seconds as seconds
    union all
    select l, 0, delta, 0, 0, 0, 0 from unnest(v_labelers, v_deltas) u(l, delta)
  ) x
  group by x.labeler_id
  order by x.labeler_id
  on conflict (dataset_id, labeler_id) do update set
    submitted = t.submitted + excluded.submitted, counted = t.counted + excluded.counted,
    discarded = t.discarded + excluded.discarded, completed = t.completed + excluded.completed,
    rejected = t.rejected + excluded.rejected, seconds = t.seconds + excluded.seconds;
  perform note_feeds(p_dataset, p_records);
  perform note_events(p_dataset, 'record', p_records);
end $$;

-- One batch of a change of min_submitted, records in order; returns the last one processed, or null.
create or replace function want_answers(p_dataset bigint, p_wanted int, p_after bigint, p_limit int)
returns bigint language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare v_records bigint[]; v_record bigint; b standing;
begin
  v_records := array(
    select record_id from places
    where dataset_id = p_dataset and record_id > p_after and wanted <> p_wanted and until is null
    order by record_id limit p_limit for update);
  if cardinality(v_records) = 0 then return null; end if;
  b := standing_of(p_dataset, v_records);
  foreach v_record in array v_records loop
    update places set wanted = p_wanted where dataset_id = p_dataset and record_id = v_record;
  end loop;
  perform settle_places(p_dataset, v_records, b, 0, 0, 0, 0, 0);
  return v_records[cardinality(v_records)];
end $$;

-- One batch of a purge: excludes this labeler's answers and skips from these records' counters.
create or replace function purge_answers(p_dataset bigint, p_labeler bigint, p_after bigint, p_limit int)
returns bigint language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare v_records bigint[]; v_record bigint; b standing; a record; v_counted int := 0;
begin
  -- in the order of both columns, which only the index of a labeler's records has
  v_records := array(
    select distinct record_id from (
      select record_id from assignments
      where (labeler_id, record_id) > (p_labeler, p_after)
        and (labeler_id, record_id) <= (p_labeler, 9223372036854775807)
        and dataset_id is not distinct from p_dataset
      order by labeler_id, record_id offset 0
    ) mine
    order by record_id limit p_limit);
  if cardinality(v_records) = 0 then return null; end if;
  b := lock_places(p_dataset, v_records);
  foreach v_record in array v_records loop
    for a in
      select m.id, m.slot, m.status, m.counted, r.reason, r.status as said, r.flags
      from (
        select id, slot, status, counted from assignments
        where labeler_id = p_labeler and record_id = v_record
          and dataset_id is not distinct from p_dataset for update
      ) m left join lateral (
        select reason, status, flags from responses
        where dataset_id = p_dataset and assignment_id = m.id offset 0
      ) r on true
    loop
      if a.slot is not null and a.status = 'discarded' and is_fault(a.reason)
        and not a.flags && array['excluded'] then
        perform take_back_fault(p_dataset, v_record);
      end if;
      if a.counted or a.status = 'leased' then
        update assignments set counted = false,
          status = case when status = 'leased' then 'expired' else status end
        where dataset_id = p_dataset and id = a.id;
        v_counted := v_counted + a.counted::int;
      end if;
      if a.said <> 'draft' and not a.flags && array['excluded'] then
        update responses set flags = array_remove(flags, 'surplus') || 'excluded'::text
        where dataset_id = p_dataset and assignment_id = a.id;
      end if;
    end loop;
  end loop;
  perform wipe_search(p_dataset, v_records);
  perform reopen_polled(p_dataset, v_records);
  perform settle_places(p_dataset, v_records, b, p_labeler, 0, -v_counted, 0, 0);
  return v_records[cardinality(v_records)];
end $$;

-- Puts a rejected record back into the queue, with its answers; false if it was not rejected.
create or replace function requeue_place(p_dataset bigint, p_record bigint) returns boolean
language plpgsql set enable_seqscan = off
as $$
declare b standing;
begin
  b := lock_places(p_dataset, array[p_record]);
  update places set rejected = false, discards = 0
  where dataset_id = p_dataset and record_id = p_record and rejected
    -- a question that nobody answered in time stays so
    and (until is null or not posted);
  if not found then return false; end if;
  perform settle_places(p_dataset, array[p_record], b, 0, 0, 0, 0, 0);
  return true;
end $$;

-- One record with its answers, as if it had never been; the tallies follow.
create or replace function delete_record(p_dataset bigint, p_record bigint)
returns void language plpgsql set enable_seqscan = off
as $$
begin
  perform lock_places(p_dataset, array[p_record]);
  perform forget_records(p_dataset, array[p_record]);
end $$;

-- Ends one question whose deadline has passed: it takes no more answers, and those it has complete it; with
-- none it is rejected. Returns false where none is due.
create or replace function end_ask(p_now timestamptz) returns boolean
language plpgsql set enable_seqscan = off
as $$
declare q record; b standing;
begin
  select dataset_id, record_id into q from asks
  where ended_at is null and deadline <= p_now
  order by deadline limit 1 for update skip locked;
  if not found then return false; end if;
  update asks set ended_at = p_now where dataset_id = q.dataset_id and record_id = q.record_id;
  b := lock_places(q.dataset_id, array[q.record_id]);
  update places set wanted = greatest(counted, 1), posted = true, polled = counted > 0,
    rejected = rejected or counted = 0
  where dataset_id = q.dataset_id and record_id = q.record_id;
  if found then perform settle_places(q.dataset_id, array[q.record_id], b, 0, 0, 0, 0, 0); end if;
  return true;
end $$;

-- Deletes one batch of records, with p_force those that have answers too; p_dry only says what would go.
-- Those of a post stay, and without p_force those that somebody answered or has before them.
create or replace function delete_records(p_dataset bigint, p_records bigint[], p_force boolean,
  p_dry boolean, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare v_free bigint[]; v_kept json; v_answers int;
begin
  if not p_dry then
    perform lock_places(p_dataset, p_records);
    -- a draft is stored under the lock of its assignment alone
    perform from assignments where record_id = any(p_records) and dataset_id is not distinct from p_dataset
    order by id for update;
  end if;
  select coalesce(array_agg(x.id order by x.id) filter (where x.why = 'free'), '{}'),
    json_build_object('posted', count(*) filter (where x.why = 'posted'),
      'answered', count(*) filter (where x.why = 'answered'),
      'held', count(*) filter (where x.why = 'held'),
      'ids', coalesce(array_agg(x.external_id order by x.id) filter (where x.why <> 'free'), '{}'))
  into v_free, v_kept
  from (
    select r.id, r.external_id, case
      when exists (select from posts o where o.dataset_id = p_dataset and o.record_id = r.id)
        then 'posted'
      when p_force then 'free'
      when exists (select from assignments a
          join responses s on s.dataset_id = a.dataset_id and s.assignment_id = a.id
          where a.record_id = r.id and a.dataset_id is not distinct from p_dataset)
        then 'answered'
      when exists (select from assignments a
          where a.record_id = r.id and a.dataset_id is not distinct from p_dataset
            and a.status = 'leased' and coalesce(a.lease_until, p_now) >= p_now)
        then 'held'
      else 'free' end as why
    from unnest(p_records) u(id) join records r on r.dataset_id = p_dataset and r.id = u.id
  ) x;
  select count(*) into v_answers from unnest(v_free) u(id)
  join assignments a on a.record_id = u.id and a.dataset_id is not distinct from p_dataset
  join responses s on s.dataset_id = a.dataset_id and s.assignment_id = a.id and s.status <> 'draft';
  if not p_dry then
    perform forget_records(p_dataset, v_free);
    if p_force then perform note_feeds(p_dataset, v_free); end if;
  end if;
  return json_build_object('deleted', cardinality(v_free), 'answers', v_answers, 'kept', v_kept);
end $$;

-- Assignments with their answers and all that hangs on them, as if nobody had ever had them; the tallies
-- of their labelers follow. Returns how many answers there were.
create or replace function forget_assignments(p_dataset bigint, p_assignments bigint[])
returns int language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare v_answers int;
begin
  update tallies t set submitted = t.submitted - n.submitted, counted = t.counted - n.counted,
    discarded = t.discarded - n.discarded, seconds = t.seconds - n.seconds
  from (
    select a.labeler_id, count(*) filter (where r.status = 'submitted') as submitted,
      count(*) filter (where a.counted) as counted,
      count(*) filter (where r.status = 'discarded') as discarded,
      coalesce(sum(r.seconds) filter (where r.status = 'submitted'), 0) as seconds
    from unnest(p_assignments) u(id)
    join assignments a on a.dataset_id = p_dataset and a.id = u.id
    join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
    group by a.labeler_id order by a.labeler_id
  ) n where t.dataset_id = p_dataset and t.labeler_id = n.labeler_id;
  perform wipe_search(p_dataset, array(
    select record_id from assignments where dataset_id = p_dataset and id = any(p_assignments)));
  delete from messages where dataset_id = p_dataset and assignment_id = any(p_assignments);
  delete from revisions where dataset_id = p_dataset and assignment_id = any(p_assignments);
  delete from responses where dataset_id = p_dataset and assignment_id = any(p_assignments);
  get diagnostics v_answers = row_count;
  delete from assignments where dataset_id = p_dataset and id = any(p_assignments);
  return v_answers;
end $$;

-- Many records with their answers, as if they had never been; the tallies follow. Their places are locked.
create or replace function forget_records(p_dataset bigint, p_records bigint[])
returns void language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare v_assignments bigint[];
begin
  v_assignments := array(
    select a.id from unnest(p_records) u(id)
    join assignments a on a.record_id = u.id and a.dataset_id is not distinct from p_dataset);
  perform forget_assignments(p_dataset, v_assignments);
  update tallies t set records = t.records - n.records, needs_outputs = t.needs_outputs - n.waiting,
    completed = t.completed - n.completed, rejected = t.rejected - n.rejected
  from (
    select count(*) as records, count(*) filter (where needs_outputs) as waiting,
      count(*) filter (where record_status(places) = 'rejected') as rejected,
      count(*) filter (where record_status(places) = 'completed') as completed
    from places where dataset_id = p_dataset and record_id = any(p_records)
  ) n where t.dataset_id = p_dataset and t.labeler_id = 0;
  delete from asks where dataset_id = p_dataset and record_id = any(p_records);
  delete from outlines where dataset_id = p_dataset and record_id = any(p_records);
  delete from record_search where dataset_id = p_dataset and record_id = any(p_records);
  delete from generated_outputs where dataset_id = p_dataset and record_id = any(p_records);
  delete from verdicts where dataset_id = p_dataset and record_id = any(p_records);
  delete from places where dataset_id = p_dataset and record_id = any(p_records);
  delete from records where dataset_id = p_dataset and id = any(p_records);
  delete from events where dataset_id = p_dataset and record_id = any(p_records);
  delete from event_told where dataset_id = p_dataset and record_id = any(p_records) and record_id > 0;
end $$;

-- One batch of requeue_place: rejected records are open again. Returns how many; p_dry only counts them.
create or replace function requeue_records(p_dataset bigint, p_records bigint[], p_dry boolean)
returns int language plpgsql set enable_seqscan = off
as $$
declare v_rejected bigint[]; b standing;
begin
  if not p_dry then perform lock_places(p_dataset, p_records); end if;
  v_rejected := array(
    select record_id from places
    where dataset_id = p_dataset and record_id = any(p_records) and rejected order by record_id);
  if p_dry or cardinality(v_rejected) = 0 then return cardinality(v_rejected); end if;
  b := standing_of(p_dataset, v_rejected);
  update places set rejected = false, discards = 0
  where dataset_id = p_dataset and record_id = any(v_rejected);
  perform settle_places(p_dataset, v_rejected, b, 0, 0, 0, 0, 0);
  return cardinality(v_rejected);
end $$;
