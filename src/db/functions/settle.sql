create or replace function standing_of(p_dataset bigint, p_records bigint[]) returns standing
language sql volatile
as $$
  select row(
    (count(*) filter (where not rejected and not needs_outputs and (polled or counted >= wanted)))::int,
    (count(*) filter (where rejected))::int,
    coalesce(array_agg(record_id) filter (where open), '{}'))::standing
  from places where dataset_id = p_dataset and record_id = any(p_records)
$$;

create or replace function lock_places(p_dataset bigint, p_records bigint[]) returns standing
language plpgsql
as $$
begin
  perform from places where dataset_id = p_dataset and record_id = any(p_records)
  order by record_id for update;
  return standing_of(p_dataset, p_records);
end $$;

-- Fills free places with the oldest surplus answers, marks the newest counted ones surplus where
-- fewer are wanted (those made elsewhere all count, and go on as ballots), counts anew, moves what became free to the end of the line, and writes the
-- difference to the tallies (p_by gets what was done, and the records that changed their standing).
create or replace function settle_places(p_dataset bigint, p_records bigint[], p_before standing, p_by bigint,
  p_submitted int, p_counted int, p_discarded int, p_seconds double precision)
returns void language plpgsql
as $$
declare v_after standing; v_labelers bigint[]; v_deltas int[];
begin
  with answers as (
    select a.id, a.record_id, a.labeler_id, a.counted, p.wanted, p.rejected,
      a.counted and r.platform = 'import' as stays,
      row_number() over (partition by a.record_id
        order by a.counted desc, a.counted and r.platform = 'import', r.submitted_at, a.id) as place
    from places p
    join assignments a on a.dataset_id = p.dataset_id and a.record_id = p.record_id
    join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
    where p.dataset_id = p_dataset and p.record_id = any(p_records)
      and a.slot is not null and a.status = 'submitted'
      and (a.counted or not r.flags && array['excluded', 'same_person'])
  ), changes as (
    select id, labeler_id, not counted as counted from answers
    where counted <> (place <= wanted) and (counted or not rejected) and not stays
  ), moved as (
    update assignments a set slot = null, post_id = 0 from answers s
    where a.dataset_id = p_dataset and a.id = s.id and s.stays and s.place > s.wanted
    returning a.record_id
  ), polled as (
    update places set polled = true, posted = true
    where dataset_id = p_dataset and record_id in (select record_id from moved)
  ), flipped as (
    update assignments a set counted = c.counted from changes c
    where a.dataset_id = p_dataset and a.id = c.id
  ), flagged as (
    update responses r set flags = case when c.counted
      then array_remove(r.flags, 'surplus') else r.flags || 'surplus'::text end
    from changes c where r.dataset_id = p_dataset and r.assignment_id = c.id
  )
  select array_agg(labeler_id), array_agg(delta) into v_labelers, v_deltas
  from (select labeler_id, sum(case when counted then 1 else -1 end)::int as delta
    from changes group by labeler_id) x;

  update places p set counted = n.counted, leased = n.leased, taken = n.taken
  from (
    select w.record_id, count(*) filter (where a.counted) as counted,
      count(*) filter (where a.status = 'leased') as leased,
      coalesce(bit_or(1::bigint << a.slot)
        filter (where a.counted or a.status = 'leased'), 0) as taken
    from unnest(p_records) w(record_id)
    left join assignments a on a.dataset_id = p_dataset and a.record_id = w.record_id
      and a.slot is not null
    group by w.record_id
  ) n
  where p.dataset_id = p_dataset and p.record_id = n.record_id;
  update places set position = next_position(record_id)
  where dataset_id = p_dataset and record_id = any(p_records) and open
    and not record_id = any(p_before.open);

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
end $$;

-- One batch of a change of min_submitted, records in order; the last one looked at, or null.
create or replace function want_answers(p_dataset bigint, p_wanted int, p_after bigint, p_limit int)
returns bigint language plpgsql set enable_seqscan = off
as $$
declare v_records bigint[]; b standing;
begin
  v_records := array(
    select record_id from places
    where dataset_id = p_dataset and record_id > p_after and wanted <> p_wanted
    order by record_id limit p_limit for update);
  if cardinality(v_records) = 0 then return null; end if;
  b := standing_of(p_dataset, v_records);
  update places set wanted = p_wanted
  where dataset_id = p_dataset and record_id = any(v_records);
  perform settle_places(p_dataset, v_records, b, 0, 0, 0, 0, 0);
  return v_records[cardinality(v_records)];
end $$;

-- One batch of a purge: these records forget that this labeler's answers and skips ever counted.
create or replace function purge_answers(p_dataset bigint, p_labeler bigint, p_after bigint, p_limit int)
returns bigint language plpgsql
as $$
declare v_records bigint[]; b standing; v_counted int;
begin
  v_records := array(
    select distinct record_id from assignments
    where dataset_id = p_dataset and labeler_id = p_labeler and record_id > p_after
    order by record_id limit p_limit);
  if cardinality(v_records) = 0 then return null; end if;
  b := lock_places(p_dataset, v_records);
  update places p set discards = greatest(p.discards - 1, 0),
    rejected = p.rejected and p.discards - 1 >= max_discards(p_dataset)
  from assignments a
  join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
  where p.dataset_id = p_dataset and p.record_id = any(v_records)
    and a.dataset_id = p_dataset and a.labeler_id = p_labeler and a.record_id = p.record_id
    and a.slot is not null and a.status = 'discarded' and is_fault(r.reason)
    and not r.flags && array['excluded'];
  with gone as (
    select id, counted from assignments
    where dataset_id = p_dataset and labeler_id = p_labeler and record_id = any(v_records)
      and (counted or status = 'leased') for update
  ), freed as (
    update assignments a set counted = false,
      status = case when a.status = 'leased' then 'expired' else a.status end
    from gone where a.dataset_id = p_dataset and a.id = gone.id
  )
  select count(*) filter (where counted) into v_counted from gone;
  update responses set flags = array_remove(flags, 'surplus') || 'excluded'::text
  where dataset_id = p_dataset and labeler_id = p_labeler and record_id = any(v_records)
    and status <> 'draft' and not flags && array['excluded'];
  perform settle_places(p_dataset, v_records, b, p_labeler, 0, -v_counted, 0, 0);
  return v_records[cardinality(v_records)];
end $$;

create or replace function requeue_place(p_dataset bigint, p_record bigint) returns boolean
language plpgsql set enable_seqscan = off
as $$
declare b standing;
begin
  b := lock_places(p_dataset, array[p_record]);
  update places set rejected = false, discards = 0
  where dataset_id = p_dataset and record_id = p_record and rejected;
  if not found then return false; end if;
  perform settle_places(p_dataset, array[p_record], b, 0, 0, 0, 0, 0);
  return true;
end $$;
