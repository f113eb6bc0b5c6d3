/**
 * The claim and everything that changes a record's counts, as functions: one call is one round trip.
 * Locks are taken in one order everywhere: the record's place, then assignments, then responses,
 * then tallies by labeler; only then the labeler's own turn, and from there on nothing waits. The
 * place's lock guards all assignments of its record. Every function takes the time as a parameter.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Closed places leave dead index entries that the claim must step over until they are vacuumed.
  await sql`
    alter table places set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500)
  `.execute(db)

  // Blocks of k of n outputs: over n slots every output is shown k times, once in every place. With
  // k = n this is the seeded order rotated by the slot.
  await sql`
    create function shown_order(shuffled text[], slot int, max_shown int) returns text[]
    language plpgsql immutable as $$
    declare
      n int := cardinality(shuffled); k int := least(n, max_shown); v_start int; v_shown text[] := '{}';
    begin
      if n = 0 then return v_shown; end if;
      v_start := coalesce(slot, 0) * k + coalesce(slot, 0) / (n / gcd(n, k));
      for j in 0 .. k - 1 loop
        v_shown := v_shown || shuffled[1 + (v_start + j) % n];
      end loop;
      return v_shown;
    end $$`.execute(db)

  // A place that becomes free goes to the end of the line, where every cursor still meets it.
  await sql`
    create function next_position(p_record bigint) returns bigint language sql volatile as $$
      select (nextval('position_blocks') << 32) | (hashint8extended(p_record, 0) & 4294967295)
    $$`.execute(db)

  await sql`
    create function lowest_free_slot(p_taken bigint) returns int language plpgsql immutable as $$
    declare v_slot int := 0;
    begin
      while p_taken & (1::bigint << v_slot) <> 0 loop v_slot := v_slot + 1; end loop;
      return v_slot;
    end $$`.execute(db)

  // Two assignments may share a slot after a late answer: its bit stays while either needs it.
  await sql`
    create function without_slot(p_taken bigint, p_dataset bigint, p_record bigint, p_id bigint, p_slot int)
    returns bigint language sql stable as $$
      select case when exists (
        select from assignments a
        where a.dataset_id = p_dataset and a.record_id = p_record and a.id <> p_id
          and a.slot = p_slot and (a.counted or a.status = 'leased'))
      then p_taken else p_taken & ~(1::bigint << p_slot) end
    $$`.execute(db)

  // Put together as text: json_build_object looks up the type of every argument anew.
  await sql`
    create function assignment_json(a assignments, r records, s responses, t tallies) returns json
    language plpgsql stable as $$
    begin
      return ('{"datasetId":"' || a.dataset_id || '","id":"' || a.id
        || '","recordId":"' || a.record_id || '","labelerId":"' || a.labeler_id
        || '","repeat":' || a.repeat || ',"slot":' || coalesce(a.slot::text, 'null')
        || ',"shownOrder":' || array_to_json(a.shown_order)
        || ',"suggestionsShown":' || a.suggestions_shown::text
        || ',"shownAt":' || coalesce(to_json(a.shown_at)::text, 'null')
        || ',"status":"' || a.status || '","counted":' || a.counted::text
        || ',"leaseUntil":' || coalesce(to_json(a.lease_until)::text, 'null')
        || ',"record":{"externalId":' || to_json(r.external_id) || ',"fields":' || r.fields
        || ',"outputs":' || r.outputs || ',"suggestions":' || r.suggestions
        || ',"metadata":' || r.metadata || '},"response":'
        || case when s.assignment_id is null then 'null' else json_build_object(
          'status', s.status, 'values', s."values", 'draft', s.draft, 'reason', s.reason,
          'revision', s.revision, 'submittedAt', s.submitted_at, 'seconds', s.seconds,
          'schemaVersion', s.schema_version, 'flags', s.flags)::text end
        || ',"tally":{"submitted":' || coalesce(t.submitted, 0)
        || ',"discarded":' || coalesce(t.discarded, 0)
        || ',"seconds":' || coalesce(t.seconds, 0) || '}}')::json;
    end $$`.execute(db)

  await sql`
    create function view_assignment(p_dataset bigint, p_id bigint) returns json
    language sql stable as $$
      select assignment_json(a, r, s, t)
      from assignments a
      join records r on r.dataset_id = a.dataset_id and r.id = a.record_id
      left join responses s on s.dataset_id = a.dataset_id and s.assignment_id = a.id
      left join tallies t on t.dataset_id = a.dataset_id and t.labeler_id = a.labeler_id
      where a.dataset_id = p_dataset and a.id = p_id
    $$`.execute(db)

  await sql`
    create type standing as (completed int, rejected int, open bigint[])`.execute(db)
  await claimFunctions(db)
  await answerFunctions(db)
  await settleFunctions(db)
  await sessionFunctions(db)
}

/** From nothing to a lease, and from a lease that ran out back to a free place. */
async function claimFunctions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function expire_leases(p_dataset bigint, p_limit int, p_now timestamptz) returns int
    language plpgsql set enable_seqscan = off as $$
    declare a record; p places; n int := 0;
    begin
      for a in
        select id, record_id, slot from assignments
        where dataset_id = p_dataset and status = 'leased' and lease_until < p_now
        order by lease_until limit p_limit
      loop
        if a.slot is not null then
          select * into p from places
          where dataset_id = p_dataset and record_id = a.record_id for update skip locked;
          continue when not found;
        end if;
        update assignments set status = 'expired'
        where dataset_id = p_dataset and id = a.id and status = 'leased' and lease_until < p_now;
        continue when not found;
        n := n + 1;
        continue when a.slot is null;
        perform free_place(p, a.id, a.slot);
      end loop;
      return n;
    end $$`.execute(db)

  // The place is locked and the assignment no longer leased.
  await sql`
    create function free_place(p places, p_id bigint, p_slot int) returns void
    language sql volatile as $$
      update places set
        leased = p.leased - 1,
        taken = without_slot(p.taken, p.dataset_id, p.record_id, p_id, p_slot),
        position = case when p.open or p.rejected or p.posted or p.needs_outputs
            or p.wanted <= p.counted + p.leased - 1
          then p.position else next_position(p.record_id) end
      where dataset_id = p.dataset_id and record_id = p.record_id
    $$`.execute(db)

  // Walks one labeler over the open places of one dataset and lane, priorities from high to low:
  // ahead of their cursor, or (p_behind) again over what lies behind it, for places that were locked
  // by others or committed late when the cursor passed. Looks at windows of 256 places, at most
  // p_windows of them; 'more' says that it stopped early, 'busy' that a place of theirs was locked.
  await sql`
    create function walk_places(p_dataset bigint, p_labeler bigint, p_lane text, p_behind boolean,
      p_windows int, p_max_shown int, p_suggestions boolean, p_until timestamptz, p_now timestamptz,
      p_tally tallies, out o_found json, out o_state text)
    language plpgsql
    set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
    as $$
    declare
      v_priority smallint := 10; v_windows int := 0; me record; w record; edge record;
      mine assignments; card records; v_slot int; from_position bigint; from_record bigint; to_position bigint; to_record bigint; v_fresh boolean;
    begin
      o_state := 'end';
      loop
        -- The cursor is only ever touched in its labeler's own turn, and needs no lock of its own.
        select h.priority, c.position, c.record_id, c.lookback, c.lookback_record into me
        from (
          select p.priority from places p
          where p.dataset_id = p_dataset and p.lane = p_lane and p.open and p.priority < v_priority
          order by p.priority desc, p.position desc, p.record_id desc limit 1
        ) h left join cursors c on c.dataset_id = p_dataset and c.labeler_id = p_labeler
          and c.lane = p_lane and c.priority = h.priority;
        exit when not found;
        v_priority := me.priority;
        if me.position is null then
          insert into cursors (dataset_id, labeler_id, lane, priority)
          values (p_dataset, p_labeler, p_lane, v_priority);
          me.position := 0; me.record_id := 0; me.lookback := 0; me.lookback_record := 0;
        end if;
        if p_behind then
          from_position := me.lookback; from_record := me.lookback_record;
          to_position := me.position; to_record := me.record_id;
        else
          from_position := me.position; from_record := me.record_id;
          to_position := 9223372036854775807; to_record := to_position;
        end if;
        v_fresh := not p_behind or from_position = 0;
        loop
          select l.taken, w1.position, w1.record_id, r.found as record into w
          from (
            select p.position, p.record_id from places p
            where p.dataset_id = p_dataset and p.lane = p_lane and p.priority = v_priority and p.open
              and (p.position, p.record_id) > (from_position, from_record)
              and (p.position, p.record_id) <= (to_position, to_record)
            order by p.position, p.record_id limit 256
          ) w1 cross join lateral (
            select p.record_id, p.taken from places p
            where p.dataset_id = p_dataset and p.record_id = w1.record_id and p.open
              and not exists (select from assignments a where a.dataset_id = p_dataset
                and a.labeler_id = p_labeler and a.record_id = p.record_id)
            for update of p skip locked
          ) l cross join lateral (
            select c as found from records c
            where c.dataset_id = p_dataset and c.id = l.record_id offset 0
          ) r limit 1;
          if found then
            card := w.record;
            v_slot := lowest_free_slot(w.taken);
            with took as (
              update places set leased = leased + 1, taken = taken | (1::bigint << v_slot)
              where dataset_id = p_dataset and record_id = w.record_id
            ), moved as (
              update cursors set
                position = case when p_behind then position else w.position end,
                record_id = case when p_behind then record_id else w.record_id end,
                lookback = case when p_behind then w.position else lookback end,
                lookback_record = case when p_behind then w.record_id else lookback_record end
              where dataset_id = p_dataset and labeler_id = p_labeler and lane = p_lane
                and priority = v_priority
            )
            insert into assignments (dataset_id, record_id, labeler_id, slot, shown_order,
              suggestions_shown, shown_at, status, lease_until, created_at)
            values (p_dataset, w.record_id, p_labeler, v_slot,
              shown_order(card.shuffled, v_slot, p_max_shown),
              p_suggestions and card.suggestions <> '{}', p_now, 'leased', p_until, p_now)
            returning * into mine;
            o_found := assignment_json(mine, card, null, p_tally);
            o_state := 'taken';
            return;
          end if;
          -- nothing in this window: remember its edge, and whether somebody's lock hid a place
          select count(*) as places, max(position) as position,
            (array_agg(record_id order by position desc, record_id desc))[1] as record_id,
            bool_or(not exists (select from assignments a where a.dataset_id = p_dataset
              and a.labeler_id = p_labeler and a.record_id = w2.record_id)) as hidden
          into edge from (
            select p.position, p.record_id from places p
            where p.dataset_id = p_dataset and p.lane = p_lane and p.priority = v_priority and p.open
              and (p.position, p.record_id) > (from_position, from_record)
              and (p.position, p.record_id) <= (to_position, to_record)
            order by p.position, p.record_id limit 256
          ) w2;
          v_windows := v_windows + 1;
          if edge.hidden then o_state := 'busy'; end if;
          if edge.places > 0 then
            from_position := edge.position; from_record := edge.record_id;
          end if;
          if edge.places < 256 then
            exit when v_fresh;
            -- the wrap: once more from the start, which the persisted look-back had left behind
            v_fresh := true; from_position := 0; from_record := 0;
          elsif v_windows >= p_windows then
            o_state := 'more';
            exit;
          end if;
        end loop;
        if p_behind then
          if o_state <> 'more' then from_position := 0; from_record := 0; end if;
          if (me.lookback, me.lookback_record) <> (from_position, from_record) then
            update cursors set lookback = from_position, lookback_record = from_record
            where dataset_id = p_dataset and labeler_id = p_labeler and lane = p_lane and priority = v_priority;
          end if;
        elsif (me.position, me.record_id) <> (from_position, from_record) then
          update cursors set position = from_position, record_id = from_record
          where dataset_id = p_dataset and labeler_id = p_labeler and lane = p_lane and priority = v_priority;
        end if;
        exit when o_state = 'more';
      end loop;
    end $$`.execute(db)

  // p_minutes is the least lease; three times the labeler's own mean answer time here, if longer,
  // stands for three medians: the mean is kept exactly in their tally and costs one row.
  await sql`
    create function next_assignment(p_dataset bigint, p_labeler bigint, p_lane text, p_minutes int,
      p_max_shown int, p_suggestions boolean, p_after bigint, p_now timestamptz)
    returns json language plpgsql set enable_seqscan = off as $$
    declare
      x record; v_id bigint; v_found json; v_state text; v_until timestamptz; v_expired int;
      t tallies;
    begin
      -- one turn at a time for one person, whatever they press twice
      perform pg_advisory_xact_lock(hashint8extended(p_labeler, p_dataset));
      select d.status, l as tally, h.id as held into x
      from datasets d
      left join tallies l on l.dataset_id = d.id and l.labeler_id = p_labeler
      left join lateral (
        select b.id from assignments b
        where b.dataset_id = p_dataset and b.labeler_id = p_labeler and b.status = 'leased'
          and b.post_id is null and b.id is distinct from p_after
        -- nulls last, for which the index of what is due is no good: it would be read as a whole
        order by b.lease_until desc nulls last, b.id limit 1
      ) h on true
      where d.id = p_dataset;
      if not found or x.status not in ('ready', 'paused') then
        return json_build_object('state', 'not_ready');
      end if;
      t := x.tally;
      v_until := p_now + greatest(make_interval(mins => p_minutes),
        make_interval(secs => coalesce(3 * t.seconds / nullif(t.submitted, 0), 0)));
      if x.held is not null then
        v_id := x.held;
        update assignments set lease_until = greatest(lease_until, v_until)
        where dataset_id = p_dataset and id = v_id and status = 'leased';
        -- else it ran out this very moment, and is taken up again below
        if found then
          return json_build_object('state', 'held', 'assignment', view_assignment(p_dataset, v_id));
        end if;
        v_id := null;
      end if;
      if x.status <> 'ready' then return json_build_object('state', 'not_ready'); end if;

      select * into v_found, v_state from walk_places(p_dataset, p_labeler, p_lane, false, 16,
        p_max_shown, p_suggestions, v_until, p_now, t);
      if v_found is null then
        v_id := lease_again(p_dataset, p_labeler, p_after, v_until, p_now);
        if v_id is not null then v_found := view_assignment(p_dataset, v_id); end if;
      end if;
      if v_found is null then
        v_expired := expire_leases(p_dataset, 50, p_now);
        if v_expired > 0 then
          select * into v_found, v_state from walk_places(p_dataset, p_labeler, p_lane, false, 16,
            p_max_shown, p_suggestions, v_until, p_now, t);
        end if;
      end if;
      if v_found is null and v_state <> 'more' then
        select * into v_found, v_state from walk_places(p_dataset, p_labeler, p_lane, true, 16,
          p_max_shown, p_suggestions, v_until, p_now, t);
      end if;
      if v_found is not null then
        return json_build_object('state', 'taken', 'assignment', v_found);
      end if;
      -- as many as were allowed were due: there may be more
      if v_expired = 50 then v_state := 'more'; end if;
      return json_build_object('state', v_state);
    end $$`.execute(db)

  // One's own expired lease, while its record still has a free place: same id, same shown order.
  await sql`
    create function lease_again(p_dataset bigint, p_labeler bigint, p_after bigint, p_until timestamptz, p_now timestamptz)
    returns bigint language plpgsql
    set enable_seqscan = off set enable_bitmapscan = off as $$
    declare a record;
    begin
      select e.id, e.record_id, e.slot into a
      from assignments e join places p on p.dataset_id = e.dataset_id and p.record_id = e.record_id
      where e.dataset_id = p_dataset and e.labeler_id = p_labeler and e.status = 'expired'
        and e.slot is not null and e.id is distinct from p_after and p.open
      order by e.id limit 1 for update of p skip locked;
      if not found then return null; end if;
      update assignments set status = 'leased', lease_until = p_until, shown_at = p_now
      where dataset_id = p_dataset and id = a.id and status = 'expired';
      if not found then return null; end if;
      update places set leased = leased + 1, taken = taken | (1::bigint << a.slot)
      where dataset_id = p_dataset and record_id = a.record_id;
      return a.id;
    end $$`.execute(db)
}

/** What a labeler does with the record they hold. Each answers `{ outcome, … }`. */
async function answerFunctions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function keep_revision(p_dataset bigint, p_id bigint) returns void
    language sql volatile as $$
      insert into revisions (dataset_id, assignment_id, record_id, labeler_id, revision, status,
        reason, "values", platform, seconds, submitted_at, schema_version, guidelines_version, flags)
      select dataset_id, assignment_id, record_id, labeler_id, revision, status,
        reason, "values", platform, seconds, submitted_at, schema_version, guidelines_version, flags
      from responses where dataset_id = p_dataset and assignment_id = p_id
    $$`.execute(db)

  await sql`
    create function add_to_tally(p_dataset bigint, p_labeler bigint, p_submitted int, p_counted int,
      p_discarded int, p_completed int, p_rejected int, p_seconds double precision)
    returns void language plpgsql as $$
    begin
      insert into tallies as t (dataset_id, labeler_id, submitted, counted, discarded, completed, rejected, seconds)
      values (p_dataset, p_labeler, p_submitted, p_counted, p_discarded, p_completed, p_rejected, coalesce(p_seconds, 0))
      on conflict (dataset_id, labeler_id) do update set
        submitted = t.submitted + excluded.submitted, counted = t.counted + excluded.counted,
        discarded = t.discarded + excluded.discarded, completed = t.completed + excluded.completed,
        rejected = t.rejected + excluded.rejected, seconds = t.seconds + excluded.seconds;
    end $$`.execute(db)

  // The record's own fault, as opposed to the labeler's ('not my field').
  await sql`
    create function is_fault(p_reason text) returns boolean language sql immutable as $$
      select coalesce(p_reason in ('unclear', 'unsafe', 'broken'), false)
    $$`.execute(db)

  await sql`
    create function max_discards(p_dataset bigint) returns int language sql stable as $$
      select coalesce((document #>> '{distribution,max_discards}')::int, 3) from datasets where id = p_dataset
    $$`.execute(db)

  // Keeps what is typed: in the response while it is a draft, beside it once it was answered.
  await sql`
    create function save_draft(p_dataset bigint, p_id bigint, p_values jsonb, p_platform text,
      p_schema_version int)
    returns void language sql volatile as $$
      insert into responses as s (dataset_id, assignment_id, record_id, labeler_id, status, "values",
        platform, schema_version, guidelines_version)
      select a.dataset_id, a.id, a.record_id, a.labeler_id, 'draft', p_values, p_platform,
        p_schema_version, d.guidelines_version
      from assignments a join datasets d on d.id = a.dataset_id
      where a.dataset_id = p_dataset and a.id = p_id
      on conflict (dataset_id, assignment_id) do update set
        "values" = case when s.status = 'draft' then excluded."values" else s."values" end,
        schema_version = case when s.status = 'draft' then excluded.schema_version else s.schema_version end,
        draft = case when s.status = 'draft' then null else excluded."values" end
    $$`.execute(db)

  await sql`
    create function submit_answer(p_dataset bigint, p_id bigint, p_labeler bigint, p_values jsonb,
      p_platform text, p_schema_version int, p_interaction text, p_now timestamptz)
    returns json language plpgsql set enable_seqscan = off as $$
    declare
      held record; said record; v_counted boolean; v_late boolean; v_seconds double precision;
      v_flags text[]; v_discards int; v_completed boolean := false; v_labeler bigint;
    begin
      -- Locked in the order they are named. "is not distinct from" because an equality would let an
      -- index of all this labeler's answers be read, before the table has statistics.
      select a.record_id, a.slot, a.status, a.counted, a.shown_at, a.lease_until, a.post_id,
        p.wanted, p.counted as has, p.leased, p.taken, p.discards, p.rejected, p.needs_outputs into held
      from assignments a join places p on p.dataset_id = a.dataset_id and p.record_id = a.record_id
      where a.dataset_id = p_dataset and a.id = p_id
        and a.labeler_id is not distinct from p_labeler
      for update of p, a;
      if not found then
        select labeler_id into v_labeler from assignments where dataset_id = p_dataset and id = p_id;
        return json_build_object('outcome',
          case when v_labeler <> p_labeler then 'forbidden' else 'not_found' end);
      end if;
      select d.status as dataset, d.guidelines_version, s.status, s."values", s.reason, s.flags into said
      from datasets d
      left join responses s on s.dataset_id = d.id and s.assignment_id = p_id
      where d.id = p_dataset;
      if held.status = 'excluded' then return json_build_object('outcome', 'excluded'); end if;
      if p_interaction is not null then
        insert into handled (id, at) values ('answer:' || p_interaction, p_now) on conflict do nothing;
        if not found then return json_build_object('outcome', 'same', 'counted', held.counted); end if;
      end if;
      if held.status = 'submitted' and said."values" = p_values then
        update responses set draft = null
        where dataset_id = p_dataset and assignment_id = p_id and draft is not null;
        return json_build_object('outcome', 'same', 'counted', held.counted);
      end if;
      if said.dataset = 'closed' then
        perform save_draft(p_dataset, p_id, p_values, p_platform, p_schema_version);
        return json_build_object('outcome', 'closed');
      end if;
      if held.status = 'submitted' then
        perform keep_revision(p_dataset, p_id);
        update responses set revision = revision + 1, "values" = p_values, platform = p_platform,
          submitted_at = p_now, schema_version = p_schema_version,
          guidelines_version = said.guidelines_version, draft = null
        where dataset_id = p_dataset and assignment_id = p_id;
        return json_build_object('outcome', 'edited', 'counted', held.counted);
      end if;

      v_counted := case when held.slot is null then held.post_id is not null
        else held.has < held.wanted and not held.rejected
          and not 'excluded' = any (coalesce(said.flags, '{}')) end;
      v_completed := held.slot is not null and v_counted and held.has + 1 = held.wanted
        and not held.needs_outputs;
      v_discards := (held.status = 'discarded' and is_fault(said.reason))::int;
      v_late := coalesce(held.lease_until < p_now, false);
      v_seconds := greatest(extract(epoch from p_now - held.shown_at), 0);
      v_flags := array_remove(array_remove(coalesce(said.flags, '{}'), 'late'), 'surplus');
      if v_late then v_flags := v_flags || 'late'::text; end if;
      if not v_counted and held.slot is not null then v_flags := v_flags || 'surplus'::text; end if;
      if said.status = 'discarded' then perform keep_revision(p_dataset, p_id); end if;
      with placed as (
        update places set
          leased = leased - (held.status = 'leased')::int,
          counted = counted + v_counted::int,
          discards = greatest(discards - v_discards, 0),
          taken = case
            when v_counted then taken | (1::bigint << held.slot)
            when held.status = 'leased'
              then without_slot(taken, p_dataset, held.record_id, p_id, held.slot)
            else taken end
        where dataset_id = p_dataset and record_id = held.record_id and held.slot is not null
      ), answered as (
        update assignments set status = 'submitted', counted = v_counted
        where dataset_id = p_dataset and id = p_id
      ), tallied as (
        insert into tallies as t (dataset_id, labeler_id, submitted, counted, discarded, completed, seconds)
        values (p_dataset, p_labeler, 1, v_counted::int, -(held.status = 'discarded')::int,
          v_completed::int, coalesce(v_seconds, 0))
        on conflict (dataset_id, labeler_id) do update set
          submitted = t.submitted + 1, counted = t.counted + excluded.counted,
          discarded = t.discarded + excluded.discarded,
          completed = t.completed + excluded.completed, seconds = t.seconds + excluded.seconds
      )
      insert into responses as s (dataset_id, assignment_id, record_id, labeler_id, status, "values",
        platform, seconds, submitted_at, schema_version, guidelines_version, flags)
      values (p_dataset, p_id, held.record_id, p_labeler, 'submitted', p_values, p_platform, v_seconds,
        p_now, p_schema_version, said.guidelines_version, v_flags)
      on conflict (dataset_id, assignment_id) do update set
        status = 'submitted', reason = null, "values" = excluded."values",
        revision = s.revision + (s.status = 'discarded')::int,
        platform = excluded.platform, seconds = excluded.seconds,
        submitted_at = excluded.submitted_at, schema_version = excluded.schema_version,
        guidelines_version = excluded.guidelines_version, flags = excluded.flags, draft = null;
      return json_build_object('outcome', case when v_counted then 'counted' else 'surplus' end,
        'counted', v_counted, 'completed', v_completed);
    end $$`.execute(db)

  await sql`
    create function discard_answer(p_dataset bigint, p_id bigint, p_labeler bigint, p_reason text,
      p_platform text, p_schema_version int, p_now timestamptz)
    returns json language plpgsql set enable_seqscan = off as $$
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
      select status, guidelines_version, schema_version into d from datasets where id = p_dataset;
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
        v_rejected := (p.rejected or p.counted < p.wanted) and v_discards >= max_discards(p_dataset);
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
      v_seconds := greatest(extract(epoch from p_now - a.shown_at), 0);
      if r.status = 'discarded' then perform keep_revision(p_dataset, p_id); end if;
      insert into responses as s (dataset_id, assignment_id, record_id, labeler_id, status, reason,
        platform, seconds, submitted_at, schema_version, guidelines_version)
      values (p_dataset, p_id, a.record_id, p_labeler, 'discarded', p_reason, p_platform, v_seconds,
        p_now, coalesce(p_schema_version, d.schema_version), d.guidelines_version)
      on conflict (dataset_id, assignment_id) do update set
        status = 'discarded', reason = excluded.reason,
        revision = s.revision + (s.status = 'discarded')::int, platform = excluded.platform,
        seconds = excluded.seconds, submitted_at = excluded.submitted_at,
        schema_version = excluded.schema_version, guidelines_version = excluded.guidelines_version;
      perform add_to_tally(p_dataset, p_labeler, 0, 0, (a.status <> 'discarded')::int,
        coalesce((p.counted >= p.wanted)::int * (p.rejected::int - v_rejected::int), 0),
        coalesce(v_rejected::int - p.rejected::int, 0), 0);
      return json_build_object('outcome', 'discarded',
        'rejected', coalesce(v_rejected and not p.rejected, false));
    end $$`.execute(db)

  await sql`
    create function undo_answer(p_dataset bigint, p_id bigint, p_labeler bigint, p_minutes int,
      p_since timestamptz, p_now timestamptz)
    returns json language plpgsql set enable_seqscan = off as $$
    declare
      a assignments; r responses; b standing; p places; d record;
      v_status text; v_waiting boolean; v_discards int;
    begin
      select * into a from assignments where dataset_id = p_dataset and id = p_id;
      if not found then return json_build_object('outcome', 'not_found'); end if;
      if a.labeler_id <> p_labeler then return json_build_object('outcome', 'forbidden'); end if;
      b := lock_places(p_dataset, array[a.record_id]);
      select * into p from places where dataset_id = p_dataset and record_id = a.record_id;
      select * into a from assignments where dataset_id = p_dataset and id = p_id for update;
      select * into r from responses where dataset_id = p_dataset and assignment_id = p_id for update;
      if a.status not in ('submitted', 'discarded') then
        return json_build_object('outcome', 'same', 'assignment', view_assignment(p_dataset, p_id));
      end if;
      select status into d from datasets where id = p_dataset;
      if d.status = 'closed' then return json_build_object('outcome', 'closed'); end if;
      if r.submitted_at < p_since then return json_build_object('outcome', 'too_late'); end if;

      if a.slot is null then
        v_status := 'leased';
      elsif a.status = 'submitted' then
        v_waiting := exists (
          select from assignments o
          join responses s on s.dataset_id = o.dataset_id and s.assignment_id = o.id
          where o.dataset_id = p_dataset and o.record_id = a.record_id and o.slot is not null
            and o.id <> a.id and o.status = 'submitted' and not o.counted
            and not s.flags && array['excluded', 'same_person']);
        v_status := case when a.counted and not v_waiting and not p.rejected
          then 'leased' else 'expired' end;
      else
        v_discards := greatest(p.discards - is_fault(r.reason)::int, 0);
        update places set discards = v_discards,
          rejected = p.rejected and v_discards >= max_discards(p_dataset)
        where dataset_id = p_dataset and record_id = a.record_id
        returning * into p;
        v_status := case when p.open then 'leased' else 'expired' end;
      end if;
      perform keep_revision(p_dataset, p_id);
      update responses set status = 'draft', revision = revision + 1, reason = null,
        submitted_at = null, seconds = null, draft = null,
        flags = array_remove(array_remove(flags, 'late'), 'surplus')
      where dataset_id = p_dataset and assignment_id = p_id;
      update assignments set status = v_status, counted = false,
        shown_at = case when v_status = 'leased' then p_now else shown_at end,
        lease_until = case when v_status = 'leased'
          then p_now + make_interval(mins => p_minutes) else lease_until end
      where dataset_id = p_dataset and id = p_id;
      perform settle_places(p_dataset, array[a.record_id], b, p_labeler,
        -(a.status = 'submitted')::int, -a.counted::int, -(a.status = 'discarded')::int,
        case when a.status = 'submitted' then -coalesce(r.seconds, 0) else 0 end);
      return json_build_object('outcome', 'undone', 'assignment', view_assignment(p_dataset, p_id));
    end $$`.execute(db)
}

/** Submit and next in one call: the hot path of a labeling session. */
async function sessionFunctions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function submit_and_next(p_dataset bigint, p_id bigint, p_labeler bigint, p_values jsonb,
      p_platform text, p_schema_version int, p_interaction text, p_lane text, p_minutes int,
      p_max_shown int, p_suggestions boolean, p_now timestamptz)
    returns json language plpgsql set enable_seqscan = off as $$
    declare v_submitted json;
    begin
      v_submitted := submit_answer(p_dataset, p_id, p_labeler, p_values, p_platform,
        p_schema_version, p_interaction, p_now);
      if v_submitted ->> 'outcome' not in ('counted', 'surplus', 'edited', 'same') then
        return json_build_object('submitted', v_submitted, 'next', null);
      end if;
      return json_build_object('submitted', v_submitted, 'next', next_assignment(p_dataset,
        p_labeler, p_lane, p_minutes, p_max_shown, p_suggestions, null, p_now));
    end $$`.execute(db)

  // The answer to what was dealt a moment ago, without a look-up first: whoever calls knows the
  // dataset's row by its version, the labeler and the record. Unless all of that still holds,
  // 'changed' is answered and nothing is done.
  await sql`
    create function submit_dealt(p_version text, p_workspace text, p_user text, p_consent int,
      p_dataset bigint, p_id bigint, p_labeler bigint, p_values jsonb,
      p_platform text, p_schema_version int, p_interaction text, p_lane text, p_minutes int,
      p_max_shown int, p_suggestions boolean, p_now timestamptz)
    returns json language plpgsql set enable_seqscan = off as $$
    begin
      perform from identities i
      join labelers l on l.id = i.labeler_id
      join assignments a on a.labeler_id is not distinct from l.id
      join datasets d on d.id = a.dataset_id
      where i.platform = p_platform and i.workspace = p_workspace and i.user_id = p_user
        and l.id = p_labeler and l.forgotten_at is null and l.consent_version = p_consent
        and a.dataset_id = p_dataset and a.id = p_id and a.status = 'leased'
        and d.xmin::text = p_version;
      if not found then return json_build_object('submitted', json_build_object('outcome', 'changed')); end if;
      return submit_and_next(p_dataset, p_id, p_labeler, p_values, p_platform, p_schema_version,
        p_interaction, p_lane, p_minutes, p_max_shown, p_suggestions, p_now);
    end $$`.execute(db)
}

/** The rare changes: whole records are put right from their assignments, under their places' locks. */
async function settleFunctions(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function standing_of(p_dataset bigint, p_records bigint[]) returns standing
    language sql volatile as $$
      select row(
        (count(*) filter (where not rejected and not needs_outputs and counted >= wanted))::int,
        (count(*) filter (where rejected))::int,
        coalesce(array_agg(record_id) filter (where open), '{}'))::standing
      from places where dataset_id = p_dataset and record_id = any(p_records)
    $$`.execute(db)

  await sql`
    create function lock_places(p_dataset bigint, p_records bigint[]) returns standing
    language plpgsql as $$
    begin
      perform from places where dataset_id = p_dataset and record_id = any(p_records)
      order by record_id for update;
      return standing_of(p_dataset, p_records);
    end $$`.execute(db)

  // Fills free places with the oldest surplus answers, marks the newest counted ones surplus where
  // fewer are wanted, counts anew, moves what became free to the end of the line, and writes the
  // difference to the tallies (p_by gets what was done, and the records that changed their standing).
  await sql`
    create function settle_places(p_dataset bigint, p_records bigint[], p_before standing, p_by bigint,
      p_submitted int, p_counted int, p_discarded int, p_seconds double precision)
    returns void language plpgsql as $$
    declare v_after standing; v_labelers bigint[]; v_deltas int[];
    begin
      with answers as (
        select a.id, a.labeler_id, a.counted, p.wanted, p.rejected,
          row_number() over (partition by a.record_id
            order by a.counted desc, r.submitted_at, a.id) as place
        from places p
        join assignments a on a.dataset_id = p.dataset_id and a.record_id = p.record_id
        join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
        where p.dataset_id = p_dataset and p.record_id = any(p_records)
          and a.slot is not null and a.status = 'submitted'
          and (a.counted or not r.flags && array['excluded', 'same_person'])
      ), changes as (
        select id, labeler_id, not counted as counted from answers
        where counted <> (place <= wanted) and (counted or not rejected)
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
    end $$`.execute(db)

  // One batch of a change of min_submitted, records in order; the last one looked at, or null.
  await sql`
    create function want_answers(p_dataset bigint, p_wanted int, p_after bigint, p_limit int)
    returns bigint language plpgsql set enable_seqscan = off as $$
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
    end $$`.execute(db)

  // One batch of a purge: these records forget that this labeler's answers and skips ever counted.
  await sql`
    create function purge_answers(p_dataset bigint, p_labeler bigint, p_after bigint, p_limit int)
    returns bigint language plpgsql as $$
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
    end $$`.execute(db)

  // Answers that came from elsewhere, as they were given: whole records at a time, revisions rising.
  // What is here already stays; a later revision takes the place of an earlier one.
  await sql`
    create function import_answers(p_dataset bigint, p_answers json, p_now timestamptz)
    returns text[] language plpgsql set enable_seqscan = off as $$
    declare
      x record; a assignments; r responses; b standing; v_records bigint[]; v_slot int;
      v_taken bigint; v_shuffled text[]; v_outcomes text[] := '{}'; v_news boolean;
      v_labelers bigint[] := '{}'; v_submitted int[] := '{}'; v_counted int[] := '{}';
      v_discarded int[] := '{}'; v_seconds double precision[] := '{}';
    begin
      v_records := array(
        select distinct (e ->> 'record_id')::bigint from json_array_elements(p_answers) e);
      b := lock_places(p_dataset, v_records);
      for x in
        select * from json_to_recordset(p_answers) as u(n int, record_id bigint, labeler_id bigint,
          rejected boolean, repeat smallint, status text, reason text, revision int,
          counted boolean, "values" jsonb, platform text, shown_order text[], expanded text[],
          suggestions boolean, shown_at timestamptz, seconds double precision,
          submitted_at timestamptz, schema_version int, guidelines_version int, flags text[])
        order by n
      loop
        select * into a from assignments where dataset_id = p_dataset
          and labeler_id = x.labeler_id and record_id = x.record_id and repeat = x.repeat for update;
        if not found then
          v_slot := null;
          if x.repeat = 0 and not x.flags && array['gold', 'repeat', 'same_person'] then
            select p.taken, c.shuffled into v_taken, v_shuffled
            from places p join records c on c.dataset_id = p.dataset_id and c.id = p.record_id
            where p.dataset_id = p_dataset and p.record_id = x.record_id;
            -- the slot that deals this order, so that later ones stay balanced with it
            v_slot := greatest(coalesce(array_position(v_shuffled, x.shown_order[1]), 1) - 1, 0);
            if x.counted and v_taken & (1::bigint << v_slot) <> 0 then
              v_slot := lowest_free_slot(v_taken);
            end if;
          end if;
          insert into assignments (dataset_id, record_id, labeler_id, repeat, slot, shown_order,
            expanded, suggestions_shown, shown_at, status, created_at)
          values (p_dataset, x.record_id, x.labeler_id, x.repeat, v_slot, x.shown_order, x.expanded,
            x.suggestions, x.shown_at, 'expired', coalesce(x.shown_at, x.submitted_at, p_now))
          returning * into a;
        end if;
        select * into r from responses where dataset_id = p_dataset and assignment_id = a.id for update;
        if found and x.revision <= r.revision then
          if x.revision = r.revision then v_outcomes := v_outcomes || 'unchanged'::text; continue; end if;
          insert into revisions (dataset_id, assignment_id, record_id, labeler_id, revision, status,
            reason, "values", platform, seconds, submitted_at, schema_version, guidelines_version, flags)
          values (p_dataset, a.id, x.record_id, x.labeler_id, x.revision, x.status, x.reason,
            x."values", x.platform, x.seconds, x.submitted_at, x.schema_version,
            x.guidelines_version, x.flags)
          on conflict do nothing;
          v_outcomes := v_outcomes || case when found then 'created' else 'unchanged' end;
          continue;
        end if;
        v_news := r.assignment_id is null;
        if not v_news then perform keep_revision(p_dataset, a.id); end if;
        insert into responses as s (dataset_id, assignment_id, record_id, labeler_id, revision,
          status, reason, "values", platform, seconds, submitted_at, schema_version,
          guidelines_version, flags)
        values (p_dataset, a.id, x.record_id, x.labeler_id, x.revision, x.status, x.reason,
          x."values", x.platform, x.seconds, x.submitted_at, x.schema_version,
          x.guidelines_version, x.flags)
        on conflict (dataset_id, assignment_id) do update set
          revision = excluded.revision, status = excluded.status, reason = excluded.reason,
          "values" = excluded."values", platform = excluded.platform, seconds = excluded.seconds,
          submitted_at = excluded.submitted_at, schema_version = excluded.schema_version,
          guidelines_version = excluded.guidelines_version, flags = excluded.flags, draft = null;
        update assignments set counted = x.counted,
          status = case when x.status <> 'draft' then x.status
            when a.status = 'leased' then 'leased' else 'expired' end
        where dataset_id = p_dataset and id = a.id;
        update places p set
          taken = case when x.counted and a.slot is not null
            then p.taken | (1::bigint << a.slot) else p.taken end,
          discards = greatest(p.discards + case when a.slot is null then 0 else
            (x.status = 'discarded' and is_fault(x.reason))::int
            - (coalesce(r.status, '') = 'discarded' and is_fault(r.reason))::int end, 0),
          rejected = p.rejected or x.rejected
        where p.dataset_id = p_dataset and p.record_id = x.record_id;
        v_labelers := v_labelers || x.labeler_id;
        v_submitted := v_submitted || ((x.status = 'submitted')::int - (coalesce(r.status, '') = 'submitted')::int);
        v_counted := v_counted || (x.counted::int - a.counted::int);
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
    end $$`.execute(db)

  await sql`
    create function requeue_place(p_dataset bigint, p_record bigint) returns boolean
    language plpgsql set enable_seqscan = off as $$
    declare b standing;
    begin
      b := lock_places(p_dataset, array[p_record]);
      update places set rejected = false, discards = 0
      where dataset_id = p_dataset and record_id = p_record and rejected;
      if not found then return false; end if;
      perform settle_places(p_dataset, array[p_record], b, 0, 0, 0, 0, 0);
      return true;
    end $$`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`
    drop function submit_dealt, submit_and_next, import_answers, requeue_place, purge_answers, want_answers, settle_places, lock_places, standing_of,
      undo_answer, discard_answer, submit_answer, save_draft, max_discards, is_fault, add_to_tally,
      keep_revision, lease_again, next_assignment, walk_places, free_place, expire_leases,
      view_assignment, assignment_json, without_slot, lowest_free_slot, next_position, shown_order`.execute(
    db,
  )
  await sql`drop type standing`.execute(db)
  await sql`
    alter table places reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)
  `.execute(db)
}
