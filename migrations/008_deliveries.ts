/** Messages Parley sends of its own accord, each with what became of it; and workspaces with their tokens. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table deliveries (
      id bigint generated always as identity primary key,
      -- what the message is, for whom: telling it twice is telling it once
      key text not null unique,
      -- sent again when nobody knows whether it arrived: a card may stand twice, a notice may not
      kind text not null check (kind in ('card', 'notice')),
      platform text not null,
      workspace text not null,
      -- a person's id or a channel's
      recipient text not null,
      is_channel boolean not null default false,
      -- the reply of a notice, the assignment of a card
      content jsonb not null,
      state text not null default 'queued'
        check (state in ('queued', 'sending', 'sent', 'unknown', 'failed')),
      attempt int not null default 0,
      due_at timestamptz not null,
      claimed_at timestamptz,
      -- where the platform put it
      delivered jsonb,
      problem text,
      created_at timestamptz not null,
      finished_at timestamptz
    )`.execute(db)
  await sql`
    create index deliveries_open on deliveries (platform, workspace, due_at, id)
    where state in ('queued', 'sending')`.execute(db)
  await sql`
    create table workspaces (
      platform text not null,
      workspace text not null,
      name text,
      -- sealed with a key of its own, bound to the workspace; null where one token is configured
      token text,
      refresh_token text,
      expires_at timestamptz,
      scopes text[] not null default '{}',
      bot_user_id text,
      installed_by text,
      installed_at timestamptz,
      -- since when it takes nothing from us, and why
      dead_at timestamptz,
      dead_reason text,
      primary key (platform, workspace)
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table workspaces, deliveries`.execute(db)
}
