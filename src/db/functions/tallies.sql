-- Sums of one labeler's work in one dataset.
create or replace function add_to_tally(p_dataset bigint, p_labeler bigint, p_submitted int, p_counted int,
  p_discarded int, p_completed int, p_rejected int, p_seconds double precision)
returns void language plpgsql
as $$
begin
  insert into tallies as t (dataset_id, labeler_id, submitted, counted, discarded, completed, rejected, seconds)
  values (p_dataset, p_labeler, p_submitted, p_counted, p_discarded, p_completed, p_rejected, coalesce(p_seconds, 0))
  on conflict (dataset_id, labeler_id) do update set
    submitted = t.submitted + excluded.submitted, counted = t.counted + excluded.counted,
    discarded = t.discarded + excluded.discarded, completed = t.completed + excluded.completed,
    rejected = t.rejected + excluded.rejected, seconds = t.seconds + excluded.seconds;
end $$;
