/** Writes the platforms that are registered where functions of the database read them. */
import { type Kysely, sql } from 'kysely'
import { allTraits } from '../platforms/registry.ts'
import type { Database } from './schema.ts'

/** Adds and renews rows; one of a platform that only another process has stays. */
export async function applyPlatforms(db: Kysely<Database>): Promise<void> {
  for (const { name, place } of allTraits())
    await sql`
      insert into platforms (name, place_patterns) values (${name}, ${[...place.patterns]})
      on conflict (name) do update set place_patterns = excluded.place_patterns
      where platforms.place_patterns is distinct from excluded.place_patterns`.execute(db)
}
