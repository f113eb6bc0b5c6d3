/**
 * The index that searches of records use. Parts of words need the extension `pg_trgm`: it is created where
 * the role may, in a schema of its own, and used wherever an admin of the database has put it. Without it
 * the index holds whole words only. Run at every start, so that it is made good once the extension comes.
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from './schema.ts'

/** Within the caller's transaction. */
export async function applySearchIndex(db: Kysely<Database>): Promise<void> {
  await sql`
    do $$
    declare v_schema text;
    begin
      select n.nspname into v_schema from pg_extension e
      join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_trgm';
      if v_schema is null and has_database_privilege(current_database(), 'create')
        and exists (select from pg_available_extensions where name = 'pg_trgm') then
        begin
          create schema if not exists parley_search;
          create extension pg_trgm schema parley_search;
          v_schema := 'parley_search';
        exception when others then
          raise notice 'Records are searched by whole words: %', sqlerrm;
        end;
      end if;
      if to_regclass('record_search_parts') is not null then return; end if;
      if v_schema is null then
        create index if not exists record_search_words on record_search using gin (words);
        return;
      end if;
      execute format(
        'create index record_search_parts on record_search using gin (words, said %I.gin_trgm_ops)',
        v_schema);
      drop index if exists record_search_words;
    end $$`.execute(db)
}
