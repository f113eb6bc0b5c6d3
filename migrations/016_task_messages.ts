/**
 * Messages in private that show a task, and which one: so that one whose change was lost, after the
 * answer was there, is mended like any other message.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table messages
      -- the task it shows, or showed last; of posts and hubs there is none
      add column dataset_id bigint references datasets on delete cascade,
      add column assignment_id bigint,
      -- the language it was drawn in
      add column locale text`.execute(db)
  await sql`drop index messages_living`.execute(db)
  await sql`
    create index messages_living on messages (id)
    where not final and gone_at is null and assignment_id is null`.execute(db)
  await sql`
    create index messages_tasks on messages (dataset_id, assignment_id)
    where assignment_id is not null`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`delete from messages where assignment_id is not null`.execute(db)
  await sql`drop index messages_tasks, messages_living`.execute(db)
  await sql`
    create index messages_living on messages (id) where not final and gone_at is null`.execute(db)
  await sql`alter table messages
    drop column dataset_id, drop column assignment_id, drop column locale`.execute(db)
}
