-- Searches of records. Every step reads a bounded part of a dataset, however large it is.

-- Records that hold these words and keys, and this part of a text where one is given, in the order of
-- their ids after p_after. The index knows every record by the blocks it is in (src/search/keys.ts): of a
-- common word only one small block is read, and the blocks grow eightfold as long as too few are found.
-- With p_span only so many ids are looked at. Returns the ids, and how far it looked where
-- more may follow.
create or replace function find_records(p_dataset bigint, p_words tsquery, p_part text, p_after bigint,
  p_span bigint, p_limit int)
returns json language plpgsql stable set enable_seqscan = off
as $$
declare
  v_ids bigint[] := '{}'; v_more bigint[]; v_from bigint; v_end bigint; v_bits int := 10;
  v_last bigint; v_until bigint; v_key tsquery; v_left int;
begin
  v_last := (select s.record_id from record_search s where s.dataset_id = p_dataset
    order by s.record_id desc limit 1);
  v_from := (select s.record_id from record_search s
    where s.dataset_id = p_dataset and s.record_id > p_after order by s.record_id limit 1);
  v_until := least(v_last, v_from + p_span);
  while v_from <= v_until loop
    v_left := p_limit - cardinality(v_ids);
    exit when v_left <= 0;
    if v_bits <= 22 then
      v_key := quote_literal('#' || v_bits || '.' || p_dataset || '.' || (v_from >> v_bits))::tsquery;
      v_end := (((v_from >> v_bits) + 1) << v_bits) - 1;
    else
      v_key := quote_literal('#d' || p_dataset)::tsquery;
      v_end := v_last;
    end if;
    v_end := least(v_end, v_until);
    if p_words is not null then v_key := v_key && p_words; end if;
    if p_part is null then
      v_more := array(
        with hits as materialized (
          select s.dataset_id, s.record_id from record_search s where s.words @@ v_key)
        select h.record_id from hits h
        where h.dataset_id = p_dataset and h.record_id between v_from and v_end
        order by h.record_id limit v_left);
    else
      v_more := array(
        with hits as materialized (
          select s.dataset_id, s.record_id from record_search s
          where s.words @@ v_key and s.said ilike p_part)
        select h.record_id from hits h
        where h.dataset_id = p_dataset and h.record_id between v_from and v_end
        order by h.record_id limit v_left);
    end if;
    v_ids := v_ids || v_more;
    v_from := v_end + 1;
    v_bits := v_bits + 3;
  end loop;
  return json_build_object(
    'ids', array_to_json(v_ids::text[]),
    'looked', case when cardinality(v_ids) >= p_limit then v_ids[p_limit]::text
      when v_until < v_last then v_until::text end);
end $$;

-- The records people disagree about most, after this agreement and id; of the next p_look of them those
-- that hold these words and keys. Returns their ids, and how far it looked where more may follow.
create or replace function most_disputed(p_dataset bigint, p_words tsquery, p_part text, p_agreement real,
  p_after bigint, p_look int, p_limit int)
returns json language plpgsql stable
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare v_ids bigint[] := '{}'; v_looked int := 0; s record;
begin
  for s in
    select q.record_id, q.agreement, (p_words is null or coalesce(q.words @@ p_words, false))
      and (p_part is null or coalesce(q.said ilike p_part, false)) as holds
    from record_search q
    where q.dataset_id = p_dataset and q.agreement < 1
      and (q.agreement, q.record_id) > (p_agreement, p_after)
    order by q.agreement, q.record_id limit p_look
  loop
    v_looked := v_looked + 1;
    if s.holds then v_ids := v_ids || s.record_id; end if;
    exit when cardinality(v_ids) >= p_limit;
  end loop;
  return json_build_object('ids', array_to_json(v_ids::text[]),
    'looked', case when cardinality(v_ids) >= p_limit or v_looked = p_look
      then json_build_object('agreement', s.agreement::text, 'id', s.record_id::text) end);
end $$;

-- Of these records, those that are not, or no longer, what a search has of them; with the mark of what they
-- are now. Where one is gone, so is its row.
create or replace function unread_records(p_dataset bigint, p_records bigint[])
returns table (id bigint, mark text) language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  delete from record_search q where q.dataset_id = p_dataset and q.record_id = any(p_records)
    and not exists (select from records r where r.dataset_id = p_dataset and r.id = q.record_id);
  return query
  select x.id, x.mark from (
    select r.id, concat_ws(' ', extract(epoch from r.updated_at), record_status(p), p.counted,
      md5(k.gold::text), s.answers, s.revisions, s.flags) as mark
    from unnest(p_records) u(id)
    join records r on r.dataset_id = p_dataset and r.id = u.id
    join places p on p.dataset_id = p_dataset and p.record_id = u.id
    left join outlines k on k.dataset_id = p_dataset and k.record_id = u.id
    cross join lateral (
      select count(*) as answers, sum(o.revision) as revisions,
        bit_xor(hashtextextended(o.labeler_id || o.status || o.flags::text, o.assignment_id)) as flags
      from responses o
      where o.record_id = u.id and o.dataset_id is not distinct from p_dataset and o.status <> 'draft'
    ) s
  ) x
  left join record_search q on q.dataset_id = p_dataset and q.record_id = x.id
  where q.mark is distinct from x.mark
  order by x.id;
end $$;

-- Records whose answers were given or changed since then, newest of each person first.
create or replace function answered_since(p_since timestamptz, p_each int)
returns table (dataset_id bigint, record_id bigint) language plpgsql stable
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
begin
  return query select r.dataset_id, r.record_id from labelers l cross join lateral (
    select o.dataset_id, o.record_id from responses o
    where o.labeler_id = l.id and o.submitted_at > p_since
    order by o.submitted_at desc limit p_each
  ) r;
end $$;

-- These records are to be read again for searches.
create or replace function reread_records(p_dataset bigint, p_records bigint[]) returns void
language sql volatile set enable_seqscan = off
as $$
  update record_search set mark = ''
  where dataset_id = p_dataset and record_id = any(p_records) and mark <> ''
$$;

-- What a search has of these records is wiped until they are read again.
create or replace function wipe_search(p_dataset bigint, p_records bigint[]) returns void
language sql volatile set enable_seqscan = off
as $$
  update record_search set words = null, said = null, agreement = null, answered_at = null, mark = ''
  where dataset_id = p_dataset and record_id = any(p_records)
$$;
