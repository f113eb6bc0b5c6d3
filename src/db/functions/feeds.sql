-- What happens after the undo window. Feeds: which records are to be looked at, what they hold, and how a
-- record that was fed is taken back. Events: the same for the endpoints that hear of them.

-- This record is to be looked at from then on; what is due earlier stays so.
create or replace function note_feed(p_dataset bigint, p_record bigint, p_due timestamptz) returns void
language sql volatile set enable_seqscan = off
as $$
  insert into feed_turns as t (dataset_id, record_id, due_at) values (p_dataset, p_record, p_due)
  on conflict (dataset_id, record_id) do update set due_at = least(t.due_at, excluded.due_at), problem = null
$$;

-- When an answer can no longer be undone (undoMinutes of src/responses/undo.ts, the same by a test).
create or replace function feed_after(p_at timestamptz) returns timestamptz language sql immutable
as $$
  select p_at + interval '10 minutes'
$$;

-- The same for records that were just settled, at once; nothing where the dataset has no feeds.
create or replace function note_feeds(p_dataset bigint, p_records bigint[]) returns void
language plpgsql set enable_seqscan = off
as $$
begin
  perform from datasets where id = p_dataset and has_feeds;
  if not found then return; end if;
  perform note_feed(p_dataset, r, 'epoch') from unnest(p_records) r order by r;
end $$;

-- The same for every record that is completed or was fed before.
create or replace function note_all_feeds(p_dataset bigint) returns void
language sql volatile set enable_seqscan = off
as $$
  insert into feed_turns as t (dataset_id, record_id, due_at)
  select p_dataset, record_id, 'epoch' from (
    select record_id from places
    where dataset_id = p_dataset and record_status(places) = 'completed'
    union select record_id from fed where dataset_id = p_dataset
  ) all_of_them order by record_id
  on conflict (dataset_id, record_id) do update set due_at = 'epoch', problem = null
$$;

-- Records as a feed reads them: their texts, the answers that count (as JSON, built as text: functions that
-- build it look up every type each time), and who must not see them. Those with known answers are checks
-- on people, and nothing of them is news. Every table is read by its keys, row by row: hashed or merged,
-- Postgres would read a whole dataset for a few records.
create or replace function feed_sources(p_dataset bigint, p_records bigint[])
returns table (id bigint, external_id text, status text, fields jsonb, outputs jsonb, metadata jsonb,
  responses text, excluded text[])
language plpgsql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
as $$
begin
  return query
  select r.id, r.external_id, record_status(p), r.fields, r.outputs, r.metadata,
    '[' || coalesce(g.answers, '') || ']', coalesce(g.excluded, '{}')
  from records r
  join places p on p.dataset_id = p_dataset and p.record_id = r.id
  cross join lateral (
    select array_agg(m.labeler_id::text order by m.labeler_id)
        filter (where m.status = 'excluded') as excluded,
      string_agg('{"assignment":"' || m.id || '","labelerId":"' || m.labeler_id || '","labeler":'
        || to_json(y.pseudonym)::text || ',"repeat":0,"status":"submitted","counted":true,"flags":'
        || array_to_json(s.flags)::text || ',"values":' || s."values"::text || ',"submitted_at":'
        || coalesce(to_json(s.submitted_at)::text, 'null') || '}', ','
        order by s.submitted_at, m.id) filter (where m.counted) as answers
    from (
      select a.id, a.labeler_id, a.status, a.counted from assignments a
      where a.record_id = r.id and a.dataset_id is not distinct from p_dataset
        and (a.counted and a.repeat = 0 or a.status = 'excluded') offset 0
    ) m
    left join responses s on s.dataset_id = p_dataset and s.assignment_id = m.id
    left join pseudonyms y on y.dataset_id = p_dataset and y.labeler_id = m.labeler_id
  ) g
  where r.dataset_id = p_dataset and r.id = any(p_records) and not exists (
    select from outlines o
    where o.dataset_id = p_dataset and o.record_id = r.id and o.gold is not null);
end $$;

-- Which rows have these external ids, one look each: in the order of the one index that has both columns,
-- so that Postgres has no other way to it. By the key alone it would read a whole dataset, by what it last
-- knew of it.
create or replace function record_ids(p_dataset bigint, p_external text[])
returns table (external_id text, id bigint)
language plpgsql stable
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
begin
  return query select r.external_id, r.id from unnest(p_external) v(given) cross join lateral (
    select c.external_id, c.id from records c
    where (c.dataset_id, c.external_id) >= (p_dataset, v.given)
      and (c.dataset_id, c.external_id) <= (p_dataset, v.given)
    order by c.dataset_id, c.external_id limit 1
  ) r;
end $$;

-- Takes a record back that nobody has answered: 'gone', 'held' while somebody has it before them, or
-- 'answered', and nothing done.
create or replace function withdraw_record(p_dataset bigint, p_record bigint, p_now timestamptz)
returns text language plpgsql set enable_seqscan = off
as $$
begin
  perform from places where dataset_id = p_dataset and record_id = p_record for update;
  if not found then return 'gone'; end if;
  perform from responses
  where record_id = p_record and dataset_id is not distinct from p_dataset and status <> 'draft';
  if found then return 'answered'; end if;
  perform from posts where record_id = p_record and dataset_id is not distinct from p_dataset;
  if found then return 'answered'; end if;
  perform from assignments
  where record_id = p_record and dataset_id is not distinct from p_dataset and status = 'leased'
    and coalesce(lease_until, p_now) >= p_now;
  if found then return 'held'; end if;
  perform delete_record(p_dataset, p_record);
  perform note_feeds(p_dataset, array[p_record]);
  return 'gone';
end $$;

-- A record whose source was taken back after somebody had answered it: it keeps its answers, and nobody else
-- gets it. It counts as skipped more often than skips can be undone, so that only requeue_place reopens it.
create or replace function reject_withdrawn(p_dataset bigint, p_record bigint) returns void
language plpgsql set enable_seqscan = off
as $$
declare b standing;
begin
  b := lock_places(p_dataset, array[p_record]);
  update places set rejected = true, discards = 30000
  where dataset_id = p_dataset and record_id = p_record and not posted
    and record_status(places) in ('pending', 'needs_outputs');
  if found then perform settle_places(p_dataset, array[p_record], b, 0, 0, 0, 0, 0); end if;
end $$;

-- Something is to be looked at from then on, for the endpoints of its dataset.
create or replace function note_event(p_dataset bigint, p_subject text, p_id bigint, p_due timestamptz)
returns void language sql volatile set enable_seqscan = off
as $$
  insert into event_turns as t (dataset_id, subject, subject_id, due_at)
  values (p_dataset, p_subject, p_id, p_due)
  on conflict (dataset_id, subject, subject_id) do update set
    due_at = least(t.due_at, excluded.due_at), problem = null
$$;

-- The same at once, for any number; nothing where no endpoint hears of the dataset.
create or replace function note_events(p_dataset bigint, p_subject text, p_ids bigint[]) returns void
language plpgsql set enable_seqscan = off
as $$
begin
  perform from datasets where id = p_dataset and has_endpoints;
  if not found then return; end if;
  perform note_event(p_dataset, p_subject, i, 'epoch') from unnest(p_ids) i order by i;
end $$;

-- Records as their events tell them, with every answer and skip (as JSON, built as text), read like
-- feed_sources. What is given again or to a record with a known answer is a check, and no news; a ballot is
-- one once its post is closed: until then its voter may change it.
create or replace function event_sources(p_dataset bigint, p_records bigint[])
returns table (id bigint, external_id text, status text, metadata jsonb, outputs text[], answers text)
language plpgsql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
as $$
begin
  return query
  select r.id, r.external_id, record_status(p), r.metadata,
    array(select o ->> 'id' from jsonb_array_elements(r.outputs) with ordinality u(o, n) order by n),
    '[' || coalesce(g.answers, '') || ']'
  from records r
  join places p on p.dataset_id = p_dataset and p.record_id = r.id
  cross join lateral (
    select string_agg('{"id":"' || m.id || '","ballot":' || (m.post_id is not null)::text
        || ',"labeler":' || to_json(y.pseudonym)::text || ',"platform":' || to_json(s.platform)::text
        || ',"status":"' || s.status || '","reason":' || coalesce(to_json(s.reason)::text, 'null')
        || ',"revision":' || s.revision || ',"counted":' || m.counted::text
        || ',"flags":' || array_to_json(s.flags)::text || ',"values":' || s."values"::text
        || ',"seconds":' || coalesce(round(s.seconds::numeric, 3)::text, 'null')
        || ',"submitted_at":' || coalesce(to_json(s.submitted_at)::text, 'null') || '}', ','
        order by s.submitted_at, m.id) as answers
    from (
      select a.id, a.labeler_id, a.counted, a.post_id from assignments a
      where a.record_id = r.id and a.dataset_id is not distinct from p_dataset
        and a.repeat = 0 and a.status in ('submitted', 'discarded') offset 0
    ) m
    join responses s on s.dataset_id = p_dataset and s.assignment_id = m.id
    join pseudonyms y on y.dataset_id = p_dataset and y.labeler_id = m.labeler_id
    where s.status <> 'draft' and not exists (
      select from posts o where o.id = m.post_id and o.state = 'open')
  ) g
  where r.dataset_id = p_dataset and r.id = any(p_records) and not exists (
    select from outlines o
    where o.dataset_id = p_dataset and o.record_id = r.id and o.gold is not null);
end $$;
