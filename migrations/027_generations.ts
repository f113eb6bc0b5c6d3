/**
 * Outputs written by models. A generation is a job whose truth is here; each output is asked for and
 * stored once by record, model and sample, however often workers die.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table generations (
      id bigint generated always as identity primary key,
      dataset_id bigint not null references datasets on delete cascade,
      asked_by text not null,
      -- models, samples, parameters and limits; never a key
      options jsonb not null,
      state text not null default 'queued'
        check (state in ('queued', 'running', 'done', 'stopped', 'failed', 'cancelled')),
      -- grows with every worker that takes it up
      attempt int not null default 0,
      -- records came in that it may have passed already: another follows it
      again boolean not null default false,
      -- as many outputs as it may come to write, for showing how far it is
      wanted bigint not null default 0,
      -- what was stored, in the transaction that stored it
      added bigint not null default 0,
      cut bigint not null default 0,
      refused bigint not null default 0,
      empty bigint not null default 0,
      requests bigint not null default 0,
      broken_off bigint not null default 0,
      input_tokens bigint not null default 0,
      output_tokens bigint not null default 0,
      cost double precision not null default 0,
      -- records and requests that came to nothing, by reason, as its last worker counts them
      left_out jsonb not null default '{}',
      problem text,
      heartbeat_at timestamptz,
      created_at timestamptz not null,
      finished_at timestamptz
    )`.execute(db)
  // Two admins who start one at once meet here: one dataset has one that is not over.
  await sql`
    create unique index generations_live on generations (dataset_id)
    where state in ('queued', 'running')`.execute(db)
  await sql`create index generations_dataset on generations (dataset_id, id)`.execute(db)
  await sql`
    create table generation_followers (
      generation_id bigint not null references generations on delete cascade,
      person text not null,
      locale text,
      -- the message that shows them how far it is
      message jsonb,
      told_at timestamptz,
      primary key (generation_id, person)
    )`.execute(db)
  await sql`
    create index generation_followers_untold on generation_followers (generation_id)
    where told_at is null`.execute(db)
  await sql`
    create table generated_outputs (
      dataset_id bigint not null references datasets on delete cascade,
      record_id bigint not null,
      model text collate "C" not null,
      sample smallint not null,
      generation_id bigint not null,
      -- of the fields it was asked with: other fields ask for another output
      fields_hash text not null,
      attempts int not null default 1,
      -- when it was asked for; null once an answer came, or surely none will
      begun_at timestamptz,
      done_at timestamptz,
      kind text check (kind in ('whole', 'cut', 'refused', 'empty')),
      -- whether the record has it; what it has not is kept here
      added boolean not null default false,
      output jsonb,
      primary key (dataset_id, record_id, model, sample)
    )`.execute(db)
  await news(
    db,
    "'publish dataset', 'reopen dataset', 'close dataset', 'import records', 'generated outputs'",
  )
}

/** The acts of the audit that people are reminded of. */
async function news(db: Kysely<unknown>, acts: string): Promise<void> {
  await sql`drop index audit_news`.execute(db)
  await sql`
    create index audit_news on audit (id) where not announced and act in (${sql.raw(acts)})`.execute(
    db,
  )
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await news(db, "'publish dataset', 'reopen dataset', 'close dataset', 'import records'")
  await sql`drop table generated_outputs, generation_followers, generations`.execute(db)
}
