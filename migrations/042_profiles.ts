/** Names and pictures, for admins, of people who agreed to that. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table profiles (
      platform text not null,
      workspace text not null,
      user_id text not null,
      -- the workspace or server that told it; '' where none was named
      place text not null,
      name text,
      -- where the platform keeps it
      picture text,
      -- a small copy, drawn anew from what is there; null until somebody looks
      image bytea,
      image_at timestamptz,
      read_at timestamptz not null,
      primary key (platform, workspace, user_id),
      -- who is forgotten loses it with their identity
      foreign key (platform, workspace, user_id) references identities on delete cascade
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table profiles`.execute(db)
}
