/** What admins set for one labeler: a pause, in a dataset or everywhere, and how many answers they may give. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table labeler_limits (
      labeler_id bigint not null references labelers on delete cascade,
      -- null: in every dataset
      dataset_id bigint references datasets on delete cascade,
      paused_at timestamptz,
      -- what the person was told
      reason text,
      -- the most answers of theirs
      quota int check (quota > 0),
      unique nulls not distinct (labeler_id, dataset_id)
    )`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop table labeler_limits`.execute(db)
}
