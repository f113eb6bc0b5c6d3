/** Labelers, the platform identities that are them, their roles, and their pseudonyms in exports. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table labelers (
      id bigint generated always as identity primary key,
      consent_version int,
      consented_at timestamptz,
      locale text,
      zone text,
      forgotten_at timestamptz,
      created_at timestamptz not null
    )`.execute(db)
  await sql`
    create table identities (
      platform text not null,
      workspace text not null,
      user_id text not null,
      labeler_id bigint not null references labelers,
      primary key (platform, workspace, user_id)
    )`.execute(db)
  await sql`create index identities_labeler on identities (labeler_id)`.execute(db)
  await sql`
    create table roles (
      platform text not null,
      workspace text not null,
      user_id text not null,
      role text not null check (role in ('admin', 'reviewer')),
      granted_by text not null,
      at timestamptz not null,
      primary key (platform, workspace, user_id, role)
    )`.execute(db)
  await sql`
    create table claim_codes (
      hash text primary key,
      expires_at timestamptz not null,
      used_at timestamptz
    )`.execute(db)
  await sql`
    create table pseudonyms (
      dataset_id bigint not null references datasets on delete cascade,
      labeler_id bigint not null references labelers,
      pseudonym text collate "C" not null,
      primary key (dataset_id, labeler_id),
      unique (dataset_id, pseudonym)
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table pseudonyms, claim_codes, roles, identities, labelers`.execute(db)
}
