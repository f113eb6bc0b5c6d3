/**
 * The database's functions live as text in src/db/functions and are applied again when a file changes
 * (src/db/functions.ts). Here: which text stands in the database, and, for the way back, the functions
 * as the migrations before this one had left them. No later migration writes a function.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table function_files (
      name text primary key,
      -- of its text
      hash text not null,
      -- what it defines
      functions text[] not null
    )`.execute(db)
  await sql`
    create table functions_before (
      signature text primary key,
      definition text not null
    )`.execute(db)
  await sql`
    insert into functions_before (signature, definition)
    select p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    from pg_proc p
    where p.pronamespace = current_schema()::regnamespace and p.prokind = 'f' and not exists (
      select from pg_depend d
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  const { rows: newer } = await sql<{ signature: string }>`
    select p.oid::regprocedure::text as signature
    from pg_proc p
    where p.pronamespace = current_schema()::regnamespace
      and p.proname in (select unnest(functions) from function_files)
      and p.oid::regprocedure::text not in (select signature from functions_before)`.execute(db)
  for (const { signature } of newer) await sql.raw(`drop function ${signature}`).execute(db)
  const { rows: before } = await sql<{ definition: string }>`
    select definition from functions_before order by signature`.execute(db)
  await sql`set local check_function_bodies = off`.execute(db)
  for (const { definition } of before) await sql.raw(definition).execute(db)
  await sql`set local check_function_bodies = on`.execute(db)
  await sql`drop table functions_before, function_files`.execute(db)
}
