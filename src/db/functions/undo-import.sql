-- Deletes one batch of an import's answers. Surplus answers fill the places they held, or these reopen.
-- Some may be deleted already, with the labelers who gave them.
create or replace function undo_imported_answers(p_dataset bigint, p_import bigint, p_limit int)
returns json language plpgsql set enable_seqscan = off
as $$
declare v_ids bigint[]; v_gone int;
begin
  v_ids := array(
    select assignment_id from imported_answers where import_id = p_import
    order by assignment_id limit p_limit);
  if cardinality(v_ids) = 0 then return json_build_object('isEnd', true, 'gone', 0); end if;
  v_gone := delete_answers(p_dataset, v_ids);
  delete from imported_answers where import_id = p_import and assignment_id = any(v_ids);
  return json_build_object('isEnd', false, 'gone', v_gone);
end $$;

-- Deletes answers with their assignments and all they replaced; returns how many there were.
create or replace function delete_answers(p_dataset bigint, p_ids bigint[])
returns int language plpgsql set enable_seqscan = off
as $$
declare v_records bigint[]; b standing; v_gone int;
begin
  v_records := array(
    select distinct record_id from assignments
    where dataset_id = p_dataset and id = any(p_ids) order by record_id);
  b := lock_places(p_dataset, v_records);
  perform from assignments where dataset_id = p_dataset and id = any(p_ids) order by id for update;
  update places p set discards = greatest(p.discards - n.faults, 0),
    rejected = p.rejected and p.discards - n.faults >= max_discards(p_dataset)
  from (
    select a.record_id, count(*)::int as faults from assignments a
    join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
    where a.dataset_id = p_dataset and a.id = any(p_ids) and a.slot is not null
      and a.status = 'discarded' and is_fault(r.reason) and not r.flags && array['excluded']
    group by a.record_id
  ) n where p.dataset_id = p_dataset and p.record_id = n.record_id;
  v_gone := forget_assignments(p_dataset, p_ids);
  perform reopen_polled(p_dataset, v_records);
  perform settle_places(p_dataset, v_records, b, 0, 0, 0, 0, 0);
  return v_gone;
end $$;

-- Records that ballots made elsewhere had completed and that no longer have enough of them: the
-- remaining ones fill places, and labelers here answer the rest. The result of a post stays.
create or replace function reopen_polled(p_dataset bigint, p_records bigint[])
returns void language plpgsql set enable_seqscan = off
as $$
declare p places; a record; v_ballots int; v_taken bigint;
begin
  for p in
    select * from places where dataset_id = p_dataset and record_id = any(p_records) and polled
    order by record_id
  loop
    select count(*), coalesce(bit_or(1::bigint << slot) filter (where slot is not null), 0)
    into v_ballots, v_taken from assignments
    where dataset_id = p_dataset and record_id = p.record_id and (counted or status = 'leased');
    continue when v_ballots >= p.wanted or p.until is not null or exists (
      select from assignments x where x.dataset_id = p_dataset and x.record_id = p.record_id
        and x.counted and x.post_id > 0);
    update places set polled = false, posted = exists (
      select from posts o where o.dataset_id = p_dataset and o.record_id = p.record_id and o.state = 'open')
    where dataset_id = p_dataset and record_id = p.record_id;
    for a in
      select x.id from assignments x
      join responses r on r.dataset_id = x.dataset_id and r.assignment_id = x.id
      where x.dataset_id = p_dataset and x.record_id = p.record_id and x.counted
        and x.post_id = 0 and x.repeat = 0 and r.platform = 'import'
      order by r.submitted_at, x.id
    loop
      update assignments set post_id = null, slot = lowest_free_slot(v_taken)
      where dataset_id = p_dataset and id = a.id;
      v_taken := v_taken | (1::bigint << lowest_free_slot(v_taken));
    end loop;
  end loop;
end $$;

-- Deletes one batch of the records that an import created, except those that are answered, held or
-- posted. Returns the last one processed (null at the end), and the ids of those that stay.
create or replace function undo_imported_records(p_dataset bigint, p_import bigint, p_after bigint,
  p_limit int, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare v_ids bigint[]; v_free bigint[]; v_kept text[];
begin
  v_ids := array(
    select record_id from outlines
    where dataset_id = p_dataset and record_id > p_after and import_id = p_import
    order by record_id limit p_limit);
  if cardinality(v_ids) = 0 then return json_build_object('last', null); end if;
  perform lock_places(p_dataset, v_ids);
  v_free := array(
    select i from unnest(v_ids) i
    where not exists (select from assignments a
        join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
        where a.dataset_id = p_dataset and a.record_id = i)
      and not exists (select from assignments a where a.dataset_id = p_dataset and a.record_id = i
        and (a.status = 'excluded' or a.status = 'leased' and coalesce(a.lease_until, p_now) >= p_now))
      and not exists (select from posts o where o.dataset_id = p_dataset and o.record_id = i));
  v_kept := array(
    select external_id from records
    where dataset_id = p_dataset and id = any(v_ids) and not id = any(v_free) order by id);
  perform forget_records(p_dataset, v_free);
  return json_build_object('last', v_ids[cardinality(v_ids)]::text,
    'deleted', cardinality(v_free), 'kept', v_kept);
end $$;
