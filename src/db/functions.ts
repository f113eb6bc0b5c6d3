/**
 * The functions that live in the database, each once as text in src/db/functions. A file is applied
 * again when its text differs from the one in the database: all in one transaction, so that a process
 * that is still serving calls either the old functions or the new ones.
 *
 * Such a process must get along with the new ones. So a function is replaced under the same
 * signature only; one that takes or returns something else gets a new name, and the old one stays
 * for a release, until a migration drops it.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

const folder = new URL('./functions/', import.meta.url)

export type FunctionFile = { name: string; text: string; hash: string; functions: string[] }

/** Every file of functions, by name. */
export async function readFunctionFiles(): Promise<FunctionFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8')
      const found = text.matchAll(/^create or replace function (\w+)\(/gm)
      return {
        name: name.replace(/\.sql$/, ''),
        text,
        hash: createHash('sha256').update(text).digest('hex').slice(0, 16),
        functions: [...found].map(([, name]) => name ?? ''),
      }
    }),
  )
}

/** Applies what changed, within the caller's transaction; returns the names of those files. */
export async function applyFunctions(db: Kysely<Database>): Promise<string[]> {
  const { rows } = await sql<{ name: string; hash: string }>`
    select name, hash from function_files`.execute(db)
  const known = new Map(rows.map(({ name, hash }) => [name, hash]))
  const changed = (await readFunctionFiles()).filter(({ name, hash }) => known.get(name) !== hash)
  if (changed.length === 0) return []
  // They call each other across files, so no order would satisfy the check. A test looks at the bodies
  // instead.
  await sql`set local check_function_bodies = off`.execute(db)
  for (const { name, text, hash, functions } of changed) {
    await sql.raw(text).execute(db)
    await sql`
      insert into function_files (name, hash, functions) values (${name}, ${hash}, ${functions})
      on conflict (name) do update set hash = excluded.hash, functions = excluded.functions
    `.execute(db)
  }
  return changed.map(({ name }) => name)
}
