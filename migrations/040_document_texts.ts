/** The YAML a dataset was last written in on a page, with its comments. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table document_texts (
      dataset_id bigint primary key references datasets on delete cascade,
      text text not null
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table document_texts`.execute(db)
}
