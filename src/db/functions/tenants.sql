-- The workspaces and servers that a document's access names, as `slack:T1` and `discord:9`; `slack:*` is
-- the home of the platform, meant by whatever names no place. The same as tenantsOf of the datasets room.
create or replace function tenants_of(p_document json) returns text[]
language sql immutable
as $$
  with named as (
    select p.platform || ':' || coalesce(
      case p.platform
        when 'slack' then coalesce(
          substring(btrim(one.entry) from '^(?:everyone of )?(?:slack:)?([TE][A-Z0-9]+)(?::.*)?$'),
          substring(btrim(one.entry) from '^(?:slack:)?([A-Z0-9]+):[UW][A-Z0-9]+$'))
        else coalesce(
          substring(btrim(one.entry) from '^everyone of (?:discord:)?([0-9]{1,20})$'),
          substring(btrim(one.entry) from '^(?:discord:)?([0-9]+):[0-9]{1,20}$'),
          substring(btrim(one.entry) from '^<(?:#|@&)[0-9]+:([0-9]+)(?:[|][^>]*)?>$'))
      end, '*') as tenant
    from (values ('slack'), ('discord')) p (platform)
    cross join lateral json_array_elements_text(
      case when json_typeof(p_document -> 'access' -> p.platform) = 'array'
        then p_document -> 'access' -> p.platform else '[]'::json end) one (entry)
  )
  select coalesce((select array_agg(distinct tenant) from named), array['discord:*', 'slack:*'])
$$;

-- Whether somebody is an admin of one of the dataset's tenants, asking from this workspace or server
-- (null: from a private message of Discord's). A role without a workspace is one of the home.
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
