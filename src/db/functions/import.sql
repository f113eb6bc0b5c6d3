-- Imports answers, whole records at a time, with rising revisions. Existing answers stay; a later
-- revision replaces an earlier one. Answers from our own exports are stored unchanged. Answers made
-- elsewhere all count: they fill their record's free places, and those beyond are ballots, like those
-- of a post (of an unknown post: number 0).
create or replace function import_answers(p_dataset bigint, p_answers json, p_now timestamptz)
returns text[] language plpgsql set enable_seqscan = off
as $$
declare
  x record; a assignments; r responses; b standing; v_records bigint[]; v_slot int;
  v_taken bigint; v_shuffled text[]; v_outcomes text[] := '{}'; v_news boolean;
  v_labelers bigint[] := '{}'; v_submitted int[] := '{}'; v_counted int[] := '{}';
  v_discarded int[] := '{}'; v_seconds double precision[] := '{}';
  -- free places of each record, and the decision about each answer
  v_writes boolean := (select document -> 'target' is not null from datasets where id = p_dataset);
  v_room int[]; v_at int; v_held int; v_counts boolean; v_ballot boolean; v_flags text[];
begin
  v_records := array(
    select distinct (e ->> 'record_id')::bigint from json_array_elements(p_answers) e);
  b := lock_places(p_dataset, v_records);
  v_room := array(
    select coalesce((select wanted - counted from places
        where dataset_id = p_dataset and record_id = w.record_id), 0)
    from unnest(v_records) with ordinality w(record_id, n) order by w.n);
  for x in
    select * from json_to_recordset(p_answers) as u(n int, record_id bigint, labeler_id bigint,
      rejected boolean, repeat smallint, status text, reason text, revision int,
      counted boolean, "values" jsonb, platform text, shown_order text[], expanded text[],
      suggestions boolean, suggested text, rendering text, shown_at timestamptz, seconds double precision,
      submitted_at timestamptz, schema_version int, guidelines_version int, flags text[], ballot boolean, polled boolean,
      elsewhere boolean, import_id bigint)
    order by n
  loop
    -- compared as rows, so that only the index of a labeler's records fits: a record may have many ballots
    select * into a from assignments
    where (labeler_id, record_id, repeat) >= (x.labeler_id, x.record_id, x.repeat)
      and (labeler_id, record_id, repeat) <= (x.labeler_id, x.record_id, x.repeat)
      and dataset_id is not distinct from p_dataset
    for update;
    v_at := array_position(v_records, x.record_id);
    v_ballot := coalesce(x.ballot, false);
    v_flags := x.flags;
    v_counts := x.counted;
    if a.id is null then
      v_slot := null;
      if coalesce(x.elsewhere, false) and x.repeat = 0 and x.status = 'submitted' then
        v_counts := true;
        v_ballot := v_room[v_at] <= 0;
      end if;
      if x.repeat = 0 and not v_ballot and not x.flags && array['gold', 'repeat', 'same_person'] then
        v_taken := (select taken from places
          where dataset_id = p_dataset and record_id = x.record_id);
        v_shuffled := (select shuffled from records
          where dataset_id = p_dataset and id = x.record_id);
        -- the slot that produces this order, so that later ones stay balanced
        v_slot := greatest(coalesce(array_position(v_shuffled, x.shown_order[1]), 1) - 1, 0);
        if v_counts and v_taken & (1::bigint << v_slot) <> 0 and v_taken <> -1 then
          v_slot := lowest_free_slot(v_taken);
        end if;
      end if;
      insert into assignments (dataset_id, record_id, labeler_id, repeat, post_id, slot, shown_order,
        expanded, suggestions_shown, suggested, shown_at, status, created_at)
      values (p_dataset, x.record_id, x.labeler_id, x.repeat, case when v_ballot then 0 end, v_slot, x.shown_order, x.expanded,
        x.suggestions, x.suggested, x.shown_at, 'expired', coalesce(x.shown_at, x.submitted_at, p_now))
      returning * into a;
    end if;
    v_held := a.slot;
    select * into r from responses where dataset_id = p_dataset and assignment_id = a.id for update;
    if found and x.revision <= r.revision then
      if x.revision = r.revision then v_outcomes := v_outcomes || 'unchanged'::text; continue; end if;
      insert into revisions (dataset_id, assignment_id, record_id, labeler_id, revision, status,
        reason, "values", platform, seconds, submitted_at, schema_version, guidelines_version, flags,
        rendering)
      values (p_dataset, a.id, x.record_id, x.labeler_id, x.revision, x.status, x.reason,
        x."values", x.platform, x.seconds, x.submitted_at, x.schema_version,
        x.guidelines_version, x.flags, x.rendering)
      on conflict do nothing;
      v_outcomes := v_outcomes || case when found then 'created' else 'unchanged' end;
      continue;
    end if;
    if coalesce(x.elsewhere, false) and x.repeat = 0 then
      -- Labelers known here: excluded, linked with another, or given this record as a check.
      v_flags := array(select flag from unnest(r.flags) flag where flag in ('excluded', 'same_person'))
        || array_remove(x.flags, 'surplus');
      v_counts := x.status = 'submitted' and (a.slot is not null or a.post_id is not null)
        and not v_flags && array['excluded', 'same_person'];
      if v_counts and a.slot is not null and not a.counted and v_room[v_at] <= 0 then
        update assignments set slot = null, post_id = 0 where dataset_id = p_dataset and id = a.id
        returning * into a;
        v_ballot := true;
      end if;
    end if;
    if v_counts and a.slot is not null and not a.counted then
      v_room[v_at] := v_room[v_at] - 1;
    end if;
    v_news := r.assignment_id is null;
    if v_news and x.import_id is not null then
      insert into imported_answers (import_id, assignment_id) values (x.import_id, a.id)
      on conflict do nothing;
    end if;
    if not v_news then perform keep_revision(p_dataset, a.id); end if;
    insert into responses as s (dataset_id, assignment_id, record_id, labeler_id, revision,
      status, reason, "values", platform, seconds, submitted_at, schema_version,
      guidelines_version, flags, rendering, written)
    values (p_dataset, a.id, x.record_id, x.labeler_id, x.revision, x.status, x.reason,
      x."values", x.platform, x.seconds, x.submitted_at, x.schema_version,
      x.guidelines_version, v_flags, x.rendering,
      case when v_writes then prompt_key(x."values" ->> 'prompt') end)
    on conflict (dataset_id, assignment_id) do update set
      revision = excluded.revision, status = excluded.status, reason = excluded.reason,
      "values" = excluded."values", platform = excluded.platform, seconds = excluded.seconds,
      submitted_at = excluded.submitted_at, schema_version = excluded.schema_version,
      guidelines_version = excluded.guidelines_version, flags = excluded.flags,
      rendering = excluded.rendering, written = excluded.written, draft = null, undo_to = null;
    update assignments set counted = v_counts,
      status = case when x.status <> 'draft' then x.status
        when a.status = 'leased' then 'leased' else 'expired' end
    where dataset_id = p_dataset and id = a.id;
    update places p set
      taken = case when v_counts and a.slot is not null
        then p.taken | (1::bigint << a.slot) else p.taken end,
      discards = greatest(p.discards + case when v_held is null then 0 else
        (x.status = 'discarded' and is_fault(x.reason))::int
        - (coalesce(r.status, '') = 'discarded' and is_fault(r.reason))::int end, 0),
      rejected = p.rejected or x.rejected,
      -- an answer made elsewhere is a ballot only if all places are filled
      polled = p.polled or coalesce(x.polled, false) or (v_ballot and coalesce(x.elsewhere, false)),
      posted = p.posted or coalesce(x.polled, false) or (v_ballot and coalesce(x.elsewhere, false))
    where p.dataset_id = p_dataset and p.record_id = x.record_id;
    v_labelers := v_labelers || x.labeler_id;
    v_submitted := v_submitted || ((x.status = 'submitted')::int - (coalesce(r.status, '') = 'submitted')::int);
    v_counted := v_counted || (v_counts::int - a.counted::int);
    v_discarded := v_discarded || ((x.status = 'discarded')::int - (coalesce(r.status, '') = 'discarded')::int);
    v_seconds := v_seconds || (case when x.status = 'submitted' then coalesce(x.seconds, 0) else 0 end
      - case when r.status = 'submitted' then coalesce(r.seconds, 0) else 0 end);
    v_outcomes := v_outcomes || case when v_news then 'created' else 'updated' end;
  end loop;
  perform settle_places(p_dataset, v_records, b, 0, 0, 0, 0, 0);
  insert into tallies as t (dataset_id, labeler_id, submitted, counted, discarded, seconds)
  select p_dataset, u.labeler_id, sum(u.submitted), sum(u.counted), sum(u.discarded), sum(u.seconds)
  from unnest(v_labelers, v_submitted, v_counted, v_discarded, v_seconds)
    u(labeler_id, submitted, counted, discarded, seconds)
  group by u.labeler_id order by u.labeler_id
  on conflict (dataset_id, labeler_id) do update set
    submitted = t.submitted + excluded.submitted, counted = t.counted + excluded.counted,
    discarded = t.discarded + excluded.discarded, seconds = t.seconds + excluded.seconds;
  return v_outcomes;
end $$;
