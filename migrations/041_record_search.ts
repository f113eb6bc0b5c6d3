/**
 * What a search of records reads, beside the records, so that neither an import nor an answer pays for it:
 * a job writes it later (src/search). Its indexes are made by src/db/search-index.ts, because one of them
 * depends on an extension.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Narrow: texts are moved out of the row, so that a page of results reads few blocks.
  await sql`
    create table record_search (
      dataset_id bigint not null references datasets on delete cascade,
      record_id bigint not null,
      -- the words of prompt, outputs and answers, and keys for filters (src/search/keys.ts)
      words tsvector,
      -- the first characters of the same texts, for parts of words
      said text,
      -- 1 - disagreement; null while fewer than two answers can be compared
      agreement real,
      -- when the newest answer was given
      answered_at timestamptz,
      -- what it was made of; empty: to be read again
      mark text not null default '',
      primary key (dataset_id, record_id)
    ) with (toast_tuple_target = 128)`.execute(db)
  await sql`
    create index record_search_agreement on record_search (dataset_id, agreement, record_id)
    where agreement < 1`.execute(db)
  await sql`
    create index record_search_stale on record_search (dataset_id, record_id) where mark = ''`.execute(
    db,
  )
  await sql`
    create index record_search_answered on record_search (answered_at)
    where answered_at is not null`.execute(db)
  await sql`
    create table search_progress (
      -- 0: of all datasets together
      dataset_id bigint primary key,
      -- records up to here were read once
      walked bigint not null default 0,
      -- the slow walk that finds whatever changed without a trace
      checked bigint not null default 0,
      checked_at timestamptz,
      -- answers and imports until then were looked at
      looked_until timestamptz
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table search_progress, record_search`.execute(db)
  await sql`drop schema if exists parley_search cascade`.execute(db)
}
