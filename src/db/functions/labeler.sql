-- A labeler's open assignments, answers and finished records. Each query reads in the order of one
-- index, so that Postgres uses no other: any other would need a sort.

-- A labeler's open assignments, last shown first.
create or replace function held_by(p_labeler bigint, p_limit int)
returns table (dataset_id bigint, id bigint, slot smallint, shown_at timestamptz)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
begin
  return query select h.* from (
    select a.dataset_id, a.id, a.slot, a.shown_at from assignments a
    where a.labeler_id = p_labeler and a.status = 'leased'
    order by a.dataset_id offset 0
  ) h order by h.shown_at desc nulls last limit p_limit;
end $$;

-- Their last answers and skips, newest first.
create or replace function last_answers(p_labeler bigint, p_limit int)
returns table (dataset_id bigint, assignment_id bigint, submitted_at timestamptz)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
begin
  return query select r.dataset_id, r.assignment_id, r.submitted_at from responses r
  where r.labeler_id = p_labeler and r.submitted_at is not null
  order by r.submitted_at desc limit p_limit;
end $$;

-- Whether they answered or skipped anything since then.
create or replace function has_answered_since(p_labeler bigint, p_since timestamptz) returns boolean
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
begin
  perform from responses r where r.labeler_id = p_labeler and r.submitted_at > p_since
  order by r.submitted_at limit 1;
  return found;
end $$;

-- Their tallies, one lookup per dataset, because tallies are keyed by dataset first.
create or replace function tallies_of(p_labeler bigint) returns setof tallies
language plpgsql set enable_seqscan = off
as $$
begin
  return query select t.* from datasets d cross join lateral (
    select * from tallies where dataset_id = d.id and labeler_id = p_labeler offset 0
  ) t;
end $$;

-- By dataset, how many records that still need answers a labeler has finished. A blank that they skipped
-- is not one of them: it comes again (next_blank).
create or replace function done_by(p_labeler bigint, p_datasets bigint[])
returns table (dataset_id bigint, done int)
language plpgsql
set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
  v_writing bigint[] := array(select d.id from datasets d
    where d.id = any(p_datasets) and d.document -> 'target' is not null);
begin
  return query select a.dataset_id, count(*)::int from (
    select m.dataset_id, m.record_id from assignments m
    where (m.labeler_id, m.record_id) > (p_labeler, 0)
      and (m.labeler_id, m.record_id) <= (p_labeler, 9223372036854775807)
      and m.status in ('submitted', 'discarded', 'excluded')
      and not (m.status = 'discarded' and m.dataset_id = any(v_writing))
    offset 0
  ) a cross join lateral (
    select record_status(places) as status from places
    where places.dataset_id = a.dataset_id and record_id = a.record_id offset 0
  ) p
  where a.dataset_id = any(p_datasets) and p.status = 'pending'
  group by a.dataset_id;
end $$;

-- An assignment with its dataset and the labeler who made a gesture on it; the caller checks that it is
-- theirs. Also the document of another schema version, if a button was drawn from one. No row without
-- the dataset; null assignment and labeler if there is none.
create or replace function own_assignment(p_dataset bigint, p_id bigint, p_platform text,
  p_workspace text, p_user text, p_schema_version int)
returns table (assignment json, id bigint, name text, status text, document json, schema_version int,
  guidelines_version int, drawn json, row_version text, labeler_id bigint, consent_version int)
language plpgsql set enable_seqscan = off
as $$
begin
  select d.id, d.name, d.status, d.document, d.schema_version, d.guidelines_version, d.xmin::text
  into id, name, status, document, schema_version, guidelines_version, row_version
  from datasets d where d.id = p_dataset;
  if not found then return; end if;
  if p_schema_version <> schema_version then
    drawn := (select v.document from dataset_versions v
      where v.dataset_id = p_dataset and v.schema_version = p_schema_version);
  end if;
  select l.id, l.consent_version into labeler_id, consent_version from labelers l
  where l.id = (select i.labeler_id from identities i
      where i.platform = p_platform and i.workspace = p_workspace and i.user_id = p_user)
    and l.forgotten_at is null;
  assignment := view_assignment(p_dataset, p_id);
  return next;
end $$;

-- Why nothing new is dealt to a labeler in a dataset: an admin paused them ('paused'), or they gave as many
-- answers as they may ('quota'); else null.
create or replace function limit_of(p_dataset bigint, p_labeler bigint) returns text
language plpgsql stable set enable_seqscan = off
as $$
declare v_paused boolean; v_quota int;
begin
  select bool_or(paused_at is not null), min(quota) into v_paused, v_quota from labeler_limits
  where labeler_id = p_labeler and (dataset_id = p_dataset or dataset_id is null);
  if v_paused then return 'paused'; end if;
  if v_quota is null then return null; end if;
  perform from tallies
  where dataset_id = p_dataset and labeler_id = p_labeler and submitted >= v_quota;
  return case when found then 'quota' end;
end $$;
