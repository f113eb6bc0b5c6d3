/** Links that the bot sends to sign in with, each used once, and the sessions of browsers. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sign_in_links (
      -- of the token: what is stored opens nothing
      hash bytea primary key,
      platform text not null,
      workspace text not null,
      user_id text not null,
      -- the server in which the command was typed, where the platform has some
      guild_id text,
      locale text,
      goes_to text not null,
      expires_at timestamptz not null,
      used_at timestamptz
    )`.execute(db)
  await sql`create index sign_in_links_expires on sign_in_links (expires_at)`.execute(db)
  await sql`
    create table web_sessions (
      id bigint generated always as identity primary key,
      hash bytea not null unique,
      -- the token before: good until the newer one was seen, and a moment longer
      previous_hash bytea unique,
      rotated_at timestamptz not null,
      -- when the newest token was first seen
      confirmed_at timestamptz,
      created_at timestamptz not null,
      seen_at timestamptz not null,
      expires_at timestamptz not null,
      locale text,
      platform text,
      workspace text,
      user_id text,
      guild_id text,
      key_hash bytea,
      -- a person or a key
      check ((platform is null) <> (key_hash is null)),
      check ((platform is null) = (workspace is null) and (platform is null) = (user_id is null))
    )`.execute(db)
  await sql`
    create index web_sessions_person on web_sessions (platform, workspace, user_id)`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table web_sessions`.execute(db)
  await sql`drop table sign_in_links`.execute(db)
}
