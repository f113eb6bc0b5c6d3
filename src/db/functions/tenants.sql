-- The workspaces and servers that a document's access names, as `slack:T1` and `discord:9`; `slack:*` is
-- the platform's home, which entries without a place mean. The same as tenantsOf in the datasets room.
-- Each platform defines its notation: src/db/platforms.ts writes it to the table.
create or replace function tenants_of(p_document json) returns text[]
language sql stable
as $$
  with named as (
    select p.name || ':' || coalesce((
      select substring(btrim(one.entry) from known.pattern)
      from unnest(p.place_patterns) with ordinality known (pattern, turn)
      where btrim(one.entry) ~ known.pattern order by known.turn limit 1), '*') as tenant
    from platforms p
    cross join lateral json_array_elements_text(
      case when json_typeof(p_document -> 'access' -> p.name) = 'array'
        then p_document -> 'access' -> p.name else '[]'::json end) one (entry)
  )
  select coalesce((select array_agg(distinct tenant) from named),
    (select array_agg(p.name || ':*' order by p.name) from platforms p))
$$;

-- Whether a person in this workspace or server (null: a Discord direct message) is an admin of one of
-- the dataset's tenants. A role without a workspace belongs to the home.
create or replace function administers(
  p_document json, p_platform text, p_workspace text, p_user text
) returns boolean
language sql stable
as $$
  select exists (
    select from roles r left join homes h on h.platform = r.platform
    where r.platform = p_platform and r.user_id = p_user and r.role = 'admin'
      and (p_workspace is null or r.workspace = p_workspace
        or r.workspace = '' and coalesce(h.workspace = p_workspace, true))
      and tenants_of(p_document) && case
        when r.workspace = '' then array[p_platform || ':*', p_platform || ':' || h.workspace]
        when coalesce(h.workspace = r.workspace, true)
          then array[p_platform || ':*', p_platform || ':' || r.workspace]
        else array[p_platform || ':' || r.workspace] end)
$$;
