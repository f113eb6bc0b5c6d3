-- How a record's suggestions are dealt with a card: 'before' the answer, 'after' it, or 'held_out' for the share
-- of cards that measures how they sway people; null where there are none or they are never shown. The draw
-- depends on the record, the labeler and the dataset's seed alone. p_before: the usual, where the document
-- does not say.
create or replace function suggested_as(p_dataset bigint, p_external text, p_labeler bigint, p_suggestions jsonb,
  p_before boolean)
returns text language plpgsql stable set enable_seqscan = off
as $$
declare v_show text; v_share double precision; v_seed bigint;
begin
  if p_suggestions = '{}' then return null; end if;
  select document ->> 'suggestions', (document ->> 'suggestions_holdout')::double precision,
    coalesce((document ->> 'suggestions_seed')::bigint, 0)
  into v_show, v_share, v_seed from datasets where id = p_dataset;
  v_show := coalesce(v_show, case when p_before then 'before' else 'never' end);
  if v_show = 'never' then return null; end if;
  if v_share is not null
    and (hashtextextended(p_external || ' ' || p_labeler, v_seed) & 1048575) / 1048576.0 < v_share
  then return 'held_out'; end if;
  return v_show;
end $$;

-- The flags of an answer as it is given now: one that differs from the first, which was given before the
-- suggestion appeared, is flagged. What somebody makes of an output is no judgement. p_standing: the answer
-- that stands, where it is submitted.
create or replace function flags_after_reveal(p_dataset bigint, p_id bigint, p_suggested text, p_flags text[],
  p_values jsonb, p_standing jsonb)
returns text[] language plpgsql stable set enable_seqscan = off
as $$
declare v_first jsonb;
begin
  if p_suggested is distinct from 'after' then return p_flags; end if;
  select "values" into v_first from revisions
  where dataset_id = p_dataset and assignment_id = p_id and status = 'submitted'
  order by revision limit 1;
  v_first := coalesce(v_first, p_standing);
  if v_first is null or judged_values(v_first) = judged_values(p_values) then
    return array_remove(p_flags, 'edited_after_reveal');
  end if;
  return array_remove(p_flags, 'edited_after_reveal') || 'edited_after_reveal'::text;
end $$;

-- An answer without what its labeler made of the outputs.
create or replace function judged_values(p_values jsonb) returns jsonb language sql immutable
as $$
  select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(p_values)
  where key not like '%.edits'
$$;
