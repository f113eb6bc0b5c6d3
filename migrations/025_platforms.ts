/**
 * The platforms there are, for the functions that have to know them: what the registry holds is written
 * here whenever a process starts (src/db/platforms.ts).
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table platforms (
      name text primary key check (name ~ '^[a-z][a-z0-9]*$'),
      -- regular expressions; the first that matches an entry of an access list finds its workspace
      place_patterns text[] not null
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table platforms`.execute(db)
}
