-- A record's status, decided only here. Lists, progress, exports, open work and every count read it.
create or replace function record_status(p places) returns text language sql immutable
as $$
  select case when p.rejected then 'rejected'
    when p.polled or p.counted >= p.wanted then 'completed'
    when p.needs_outputs then 'needs_outputs'
    else 'pending' end
$$;

-- Totals by dataset: sums over labelers, so that it reads as many rows as there are labelers; and the
-- records that need outputs, which few datasets have.
create or replace function dataset_counts(p_datasets bigint[])
returns table (dataset_id bigint, records float8, needs_outputs float8, completed float8,
  rejected float8, submitted float8, counted float8, discarded float8, seconds float8, labelers int)
language plpgsql set enable_seqscan = off
as $$
begin
  return query select d.id, t.records, w.waiting, t.completed, t.rejected, t.submitted, t.counted,
    t.discarded, t.seconds, t.labelers
  from unnest(p_datasets) d(id)
  cross join lateral (
    select coalesce(sum(s.records), 0)::float8 as records,
      coalesce(sum(s.completed), 0)::float8 as completed,
      coalesce(sum(s.rejected), 0)::float8 as rejected,
      coalesce(sum(s.submitted), 0)::float8 as submitted,
      coalesce(sum(s.counted), 0)::float8 as counted,
      coalesce(sum(s.discarded), 0)::float8 as discarded,
      coalesce(sum(s.seconds), 0)::float8 as seconds,
      (count(*) filter (where s.submitted > 0))::int as labelers
    from tallies s where s.dataset_id = d.id
  ) t cross join lateral (
    select count(*)::float8 as waiting from places p
    where p.dataset_id = d.id and p.needs_outputs and record_status(p) = 'needs_outputs'
  ) w;
end $$;

-- Records as a condition sees them, in their order; their answers only where it asks for these, as JSON.
create or replace function condition_records(p_dataset bigint, p_records bigint[], p_answers boolean)
returns table (id bigint, external_id text, status text, priority int, metadata jsonb, responses text)
language plpgsql stable set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  return query
  select r.id, r.external_id, record_status(p), p.priority::int, r.metadata,
    '[' || coalesce(g.answers, '') || ']'
  from unnest(p_records) u(id)
  join records r on r.dataset_id = p_dataset and r.id = u.id
  join places p on p.dataset_id = p_dataset and p.record_id = r.id
  cross join lateral (
    select string_agg('{"labeler":"","repeat":' || a.repeat || ',"status":"' || s.status
      || '","counted":' || a.counted || ',"flags":' || array_to_json(s.flags)::text
      || ',"values":' || s."values"::text || '}', ',' order by s.submitted_at, a.id) as answers
    from assignments a
    join responses s on s.dataset_id = a.dataset_id and s.assignment_id = a.id
    where p_answers and a.record_id = r.id and a.dataset_id is not distinct from p_dataset and a.counted
  ) g
  order by r.id;
end $$;
