/**
 * The home of each platform: the workspace that is meant where an access list names none. Where one
 * workspace of Slack is known, it is that; documents of several keep what they meant by naming each.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table homes (platform text primary key, workspace text not null)`.execute(db)
  const { rows } = await sql<{ workspace: string }>`
    select workspace from (
      select workspace, installed_at as at from workspaces where platform = 'slack'
      union all select workspace, null from identities where platform = 'slack'
      union all select workspace, null from roles where platform = 'slack'
    ) known where workspace <> ''
    group by workspace order by min(at) nulls last, count(*) desc, workspace`.execute(db)
  const [home] = rows
  if (!home) return
  await sql`insert into homes (platform, workspace) values ('slack', ${home.workspace})`.execute(db)
  if (rows.length > 1)
    await nameAll(
      db,
      rows.map(({ workspace }) => workspace),
    )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table homes`.execute(db)
}

/** What named no workspace was meant for each of them. */
async function nameAll(db: Kysely<unknown>, workspaces: readonly string[]): Promise<void> {
  const { rows: discord } = await sql<object>`
    select from identities where platform = 'discord'
    union all select from workspaces where platform = 'discord' limit 1`.execute(db)
  const everyone = {
    slack: workspaces.map((workspace) => `everyone of slack:${workspace}`),
    ...(discord.length > 0 ? { discord: ['everyone'] } : {}),
  }
  for (const table of ['datasets', 'dataset_versions']) {
    const key =
      table === 'datasets'
        ? sql`id, 0 as version`
        : sql`dataset_id as id, schema_version as version`
    const { rows } = await sql<{ id: string; version: number; document: { access: unknown } }>`
      select ${key}, document from ${sql.table(table)}
      where document -> 'access' is not null`.execute(db)
    for (const { id, version, document } of rows) {
      const { access } = document
      const named = access === 'everyone' ? everyone : withWorkspaces(access, workspaces)
      const where =
        table === 'datasets'
          ? sql`id = ${id}`
          : sql`dataset_id = ${id} and schema_version = ${version}`
      await sql`
        update ${sql.table(table)}
        set document = ${JSON.stringify({ ...document, access: named })}
        where ${where}`.execute(db)
    }
  }
}

/** `U123`, `<@U123>` and channels become one entry for each workspace. */
function withWorkspaces(access: unknown, workspaces: readonly string[]): unknown {
  if (typeof access !== 'object' || access === null || !('slack' in access)) return access
  const { slack } = access
  if (!Array.isArray(slack)) return access
  const named = slack.flatMap((entry: unknown) => {
    const text = String(entry).trim()
    const person = /^(?:slack:)?([UW][A-Z0-9]+)$|^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text)
    const id = person?.[1] ?? person?.[2]
    if (id !== undefined) return workspaces.map((workspace) => `${workspace}:${id}`)
    const isGroup = /^<(#|!subteam\^)|^[CGS][A-Z0-9]{6,}$/.test(text)
    return isGroup ? workspaces.map((workspace) => `${workspace}:${text}`) : [text]
  })
  return { ...access, slack: named }
}
