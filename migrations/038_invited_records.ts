/** The records that an invitation names; one without any is for whatever is next. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table invited_records (
      invitation_id bigint not null references invitations on delete cascade,
      -- in which order they are handed out
      ordinal int not null,
      record_id bigint not null,
      -- it was handed out in this batch; what was not, and cannot be any more, shortens the batch
      dealt boolean not null default false,
      primary key (invitation_id, ordinal)
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table invited_records`.execute(db)
}
