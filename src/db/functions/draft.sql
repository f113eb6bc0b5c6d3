-- Stores a draft: in the response itself before it is submitted, beside it afterwards.
create or replace function save_draft(p_dataset bigint, p_id bigint, p_values jsonb, p_platform text,
  p_schema_version int)
returns void language sql volatile set enable_seqscan = off
as $$
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
$$;
