/**
 * What records bring to chat templates beside roles and texts, as src/records/holds.ts reads it: an
 * export asks whether there is any before it writes its first row. Records from before this have plain
 * messages only; their metadata may hold tools.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table outlines add column holds smallint`.execute(db)
  await sql`
    update outlines o set holds = case when r.metadata ? 'tools' then 2 else 0 end
      | case when r.metadata ? 'chat_template_kwargs' then 4 else 0 end
    from records r
    where r.dataset_id = o.dataset_id and r.id = o.record_id
      and r.metadata ?| array['tools', 'chat_template_kwargs']
      and r.metadata->'tools' is distinct from '[]'`.execute(db)
  await sql`
    create index outlines_holds on outlines (dataset_id, holds) where holds is not null
  `.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop index outlines_holds`.execute(db)
  await sql`alter table outlines drop column holds`.execute(db)
}
