-- Skips a record and frees its place for another labeler. Enough skips for the record's own fault reject it.
create or replace function discard_answer(p_dataset bigint, p_id bigint, p_labeler bigint, p_reason text,
  p_platform text, p_schema_version int, p_now timestamptz)
returns json language plpgsql set enable_seqscan = off
as $$
declare
  a assignments; p places; r responses; d record;
  v_fault int; v_discards int; v_rejected boolean; v_seconds double precision; v_freed int;
begin
  select * into a from assignments where dataset_id = p_dataset and id = p_id;
  if not found then return json_build_object('outcome', 'not_found'); end if;
  if a.labeler_id <> p_labeler then return json_build_object('outcome', 'forbidden'); end if;
  if a.slot is not null then
    select * into p from places where dataset_id = p_dataset and record_id = a.record_id for update;
  end if;
  select * into a from assignments where dataset_id = p_dataset and id = p_id for update;
  if a.labeler_id is distinct from p_labeler then
    return json_build_object('outcome', 'forbidden');
  end if;
  select status, guidelines_version, schema_version, has_endpoints into d from datasets where id = p_dataset;
  select * into r from responses where dataset_id = p_dataset and assignment_id = p_id for update;
  if a.status = 'excluded' then return json_build_object('outcome', 'excluded'); end if;
  if a.status = 'discarded' and r.reason = p_reason then
    return json_build_object('outcome', 'same');
  end if;
  if a.status = 'submitted' then return json_build_object('outcome', 'answered'); end if;
  if d.status = 'closed' then return json_build_object('outcome', 'closed'); end if;

  if a.slot is not null then
    v_fault := is_fault(p_reason)::int - (a.status = 'discarded' and is_fault(r.reason))::int;
    v_discards := greatest(p.discards + v_fault, 0);
    v_rejected := (p.rejected or (p.counted < p.wanted and not p.polled)) and v_discards >= max_discards(p_dataset);
    v_freed := (a.status = 'leased')::int;
    update assignments set status = 'discarded' where dataset_id = p_dataset and id = p_id;
    update places set
      leased = p.leased - v_freed, discards = v_discards, rejected = v_rejected,
      taken = case when v_freed = 1
        then without_slot(p.taken, p_dataset, a.record_id, a.id, a.slot) else p.taken end,
      position = case when p.open or v_rejected or p.posted or p.needs_outputs
          or p.wanted <= p.counted + p.leased - v_freed
        then p.position else next_position(a.record_id) end
    where dataset_id = p_dataset and record_id = a.record_id;
  else
    update assignments set status = 'discarded' where dataset_id = p_dataset and id = p_id;
  end if;
  if d.has_endpoints and (v_rejected or p.rejected) then
    perform note_event(p_dataset, 'record', a.record_id, feed_after(p_now));
  end if;
  v_seconds := greatest(extract(epoch from p_now - a.shown_at), 0);
  if r.status = 'discarded' then perform keep_revision(p_dataset, p_id); end if;
  insert into responses as s (dataset_id, assignment_id, record_id, labeler_id, status, reason,
    platform, seconds, submitted_at, schema_version, guidelines_version, rendering)
  values (p_dataset, p_id, a.record_id, p_labeler, 'discarded', p_reason, p_platform, v_seconds,
    p_now, coalesce(p_schema_version, d.schema_version), d.guidelines_version,
    rendering_shown(a.rendering))
  on conflict (dataset_id, assignment_id) do update set
    status = 'discarded', reason = excluded.reason,
    revision = s.revision + (s.status = 'discarded')::int, platform = excluded.platform,
    seconds = excluded.seconds, submitted_at = excluded.submitted_at,
    schema_version = excluded.schema_version, guidelines_version = excluded.guidelines_version,
    rendering = excluded.rendering;
  perform add_to_tally(p_dataset, p_labeler, 0, 0, (a.status <> 'discarded')::int,
    coalesce((p.polled or p.counted >= p.wanted)::int * (p.rejected::int - v_rejected::int), 0),
    coalesce(v_rejected::int - p.rejected::int, 0), 0);
  return json_build_object('outcome', 'discarded',
    'rejected', coalesce(v_rejected and not p.rejected, false));
end $$;

-- The record's own fault, as opposed to the labeler's ('not my field').
create or replace function is_fault(p_reason text) returns boolean language sql immutable
as $$
  select coalesce(p_reason in ('unclear', 'unsafe', 'broken'), false)
$$;

-- How many skips for its own fault reject a record of this dataset; blank records are never rejected.
create or replace function max_discards(p_dataset bigint) returns int language sql stable set enable_seqscan = off
as $$
  select case when document -> 'target' is not null then 2147483647
    else coalesce((document #>> '{distribution,max_discards}')::int, 3) end
  from datasets where id = p_dataset
$$;

-- The skip of an excluded labeler no longer counts against the record.
create or replace function take_back_fault(p_dataset bigint, p_record bigint) returns void
language plpgsql set enable_seqscan = off
as $$
begin
  update places set discards = greatest(discards - 1, 0),
    rejected = rejected and discards - 1 >= max_discards(p_dataset)
  where dataset_id = p_dataset and record_id = p_record;
end $$;
