-- Moves everything of one labeler in one dataset to another: both are one person. If both have the same
-- record, the first answer stays and the other is kept beside it, uncounted. Both labelers' locks are
-- taken first, so that neither has a claim running.
create or replace function join_answers(p_dataset bigint, p_keep bigint, p_gone bigint) returns void
language plpgsql set enable_seqscan = off
as $$
declare
  v_records bigint[]; v_record bigint; b standing; g record; k record; x record; v_next smallint;
  v_uncounted int := 0; v_faults bigint[] := '{}';
begin
  perform pg_advisory_xact_lock(hashint8extended(least(p_keep, p_gone), p_dataset));
  perform pg_advisory_xact_lock(hashint8extended(greatest(p_keep, p_gone), p_dataset));
  v_records := array(select distinct record_id from assignments
    where labeler_id = p_gone and dataset_id is not distinct from p_dataset order by record_id);
  b := lock_places(p_dataset, v_records);
  for g in
    select a.*, r.status as said, r.submitted_at, r.reason, r.flags
    from assignments a
    left join lateral (
      select * from responses where dataset_id = p_dataset and assignment_id = a.id offset 0
    ) r on true
    where a.labeler_id = p_gone and a.dataset_id is not distinct from p_dataset
    order by a.record_id, a.repeat for update of a
  loop
    select a.*, r.status as said, r.submitted_at, r.reason, r.flags into k
    from assignments a
    left join lateral (
      select * from responses where dataset_id = p_dataset and assignment_id = a.id offset 0
    ) r on true
    where a.labeler_id = p_keep and a.record_id = g.record_id and a.repeat = g.repeat
      and a.dataset_id is not distinct from p_dataset
    for update of a;
    if not found then
      update assignments set labeler_id = p_keep where dataset_id = p_dataset and id = g.id;
      continue;
    end if;
    v_next := 1 + (select max(repeat) from assignments where record_id = g.record_id
      and labeler_id in (p_keep, p_gone) and dataset_id is not distinct from p_dataset);
    if g.repeat > 0 then
      update assignments set labeler_id = p_keep, repeat = v_next
      where dataset_id = p_dataset and id = g.id;
      continue;
    end if;
    -- Neither judges their own text; an answer takes precedence over a skip, a skip over a lease.
    select * into x from (values (g.id, g.status, g.submitted_at), (k.id, k.status, k.submitted_at))
      u(id, status, submitted_at)
    order by array_position(array['excluded', 'submitted', 'discarded', 'leased', 'expired'], status),
      submitted_at, id limit 1;
    if x.id = g.id then x := k; else x := g; end if;
    v_uncounted := v_uncounted + x.counted::int;
    if x.slot is not null and x.status = 'discarded' and is_fault(x.reason)
      and not x.flags && array['excluded'] then
      v_faults := v_faults || x.record_id;
    end if;
    if x.said is null then
      delete from assignments where dataset_id = p_dataset and id = x.id;
    else
      update assignments set repeat = v_next, slot = null, counted = false, lease_until = null,
        status = case when status = 'leased' then 'expired' else status end
      where dataset_id = p_dataset and id = x.id;
      update responses set flags = array_remove(flags, 'surplus') || 'same_person'::text
      where dataset_id = p_dataset and assignment_id = x.id and not flags && array['same_person'];
    end if;
    update assignments set labeler_id = p_keep
    where dataset_id = p_dataset and id = g.id;
  end loop;
  foreach v_record in array v_faults loop
    perform take_back_fault(p_dataset, v_record);
  end loop;
  update responses set labeler_id = p_keep
  where labeler_id = p_gone and dataset_id is not distinct from p_dataset;
  foreach v_record in array v_records loop
    update revisions set labeler_id = p_keep where record_id = v_record and labeler_id = p_gone
      and dataset_id is not distinct from p_dataset;
  end loop;
  perform wipe_search(p_dataset, v_records);
  delete from cursors where dataset_id = p_dataset and labeler_id = p_gone;
  delete from check_turns where dataset_id = p_dataset and labeler_id = p_gone;
  with was as (
    delete from tallies where dataset_id = p_dataset and labeler_id = p_gone returning *
  )
  insert into tallies as t (dataset_id, labeler_id, records, submitted, counted, discarded,
    completed, rejected, needs_outputs, seconds, goal, goal_from, goal_invitation)
  select p_dataset, p_keep, was.records, was.submitted, was.counted, was.discarded, was.completed,
    was.rejected, was.needs_outputs, was.seconds, was.goal, was.goal_from, was.goal_invitation
  from was where true
  on conflict (dataset_id, labeler_id) do update set
    records = t.records + excluded.records, submitted = t.submitted + excluded.submitted,
    counted = t.counted + excluded.counted, discarded = t.discarded + excluded.discarded,
    completed = t.completed + excluded.completed, rejected = t.rejected + excluded.rejected,
    needs_outputs = t.needs_outputs + excluded.needs_outputs,
    seconds = t.seconds + excluded.seconds,
    -- an unfinished batch continues where it was
    goal = coalesce(t.goal, excluded.goal),
    goal_from = case when t.goal is not null
      then t.goal_from + excluded.submitted + excluded.discarded
      else excluded.goal_from + t.submitted + t.discarded end,
    goal_invitation = case when t.goal is not null then t.goal_invitation
      else excluded.goal_invitation end;
  perform settle_places(p_dataset, v_records, b, p_keep, 0, -v_uncounted, 0, 0);
end $$;

-- A labeler leaves a dataset: deletes what is open or not submitted; with p_delete also all their
-- answers. Surplus answers fill the free places, or these reopen.
create or replace function forget_answers(p_dataset bigint, p_labeler bigint, p_delete boolean) returns int
language plpgsql set enable_seqscan = off
as $$
declare v_records bigint[]; v_record bigint; b standing; v_gone int;
begin
  perform pg_advisory_xact_lock(hashint8extended(p_labeler, p_dataset));
  v_records := array(select distinct record_id from assignments
    where labeler_id = p_labeler and dataset_id is not distinct from p_dataset order by record_id);
  b := lock_places(p_dataset, v_records);
  update responses set draft = null
  where labeler_id = p_labeler and dataset_id is not distinct from p_dataset and draft is not null;
  delete from responses
  where labeler_id = p_labeler and dataset_id is not distinct from p_dataset and status = 'draft';
  update assignments set status = 'expired'
  where labeler_id = p_labeler and dataset_id is not distinct from p_dataset and status = 'leased';
  delete from cursors where dataset_id = p_dataset and labeler_id = p_labeler;
  delete from check_turns where dataset_id = p_dataset and labeler_id = p_labeler;
  if not p_delete then
    perform settle_places(p_dataset, v_records, b, p_labeler, 0, 0, 0, 0);
    return 0;
  end if;
  for v_record in
    select a.record_id from assignments a cross join lateral (
      select reason, flags from responses
      where dataset_id = p_dataset and assignment_id = a.id offset 0
    ) r
    where a.labeler_id = p_labeler and a.dataset_id is not distinct from p_dataset
      and a.slot is not null and a.status = 'discarded' and is_fault(r.reason)
      and not r.flags && array['excluded']
  loop
    perform take_back_fault(p_dataset, v_record);
  end loop;
  foreach v_record in array v_records loop
    delete from revisions where record_id = v_record and labeler_id = p_labeler
      and dataset_id is not distinct from p_dataset;
    -- Events that hold their answers go too, sent or not.
    delete from events e using pseudonyms y
    where e.dataset_id = p_dataset and e.record_id = v_record
      and y.dataset_id = p_dataset and y.labeler_id = p_labeler and strpos(e.body, y.pseudonym) > 0;
  end loop;
  delete from responses where labeler_id = p_labeler and dataset_id is not distinct from p_dataset;
  get diagnostics v_gone = row_count;
  delete from assignments where labeler_id = p_labeler and dataset_id is not distinct from p_dataset;
  -- Records that their answers completed stay counted, under Parley itself.
  with was as (
    delete from tallies where dataset_id = p_dataset and labeler_id = p_labeler returning *
  )
  insert into tallies as t (dataset_id, labeler_id, records, completed, rejected, needs_outputs)
  select p_dataset, 0, was.records, was.completed, was.rejected, was.needs_outputs
  from was where true
  on conflict (dataset_id, labeler_id) do update set
    records = t.records + excluded.records, completed = t.completed + excluded.completed,
    rejected = t.rejected + excluded.rejected,
    needs_outputs = t.needs_outputs + excluded.needs_outputs;
  delete from pseudonyms where dataset_id = p_dataset and labeler_id = p_labeler;
  perform wipe_search(p_dataset, v_records);
  perform reopen_polled(p_dataset, v_records);
  perform settle_places(p_dataset, v_records, b, 0, 0, 0, 0, 0);
  return v_gone;
end $$;
