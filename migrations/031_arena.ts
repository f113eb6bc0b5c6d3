/**
 * The arena: where it is open, what was asked there, and how often each two models met. A battle's
 * answers are an ordinary record and its votes the ballots of a post, whose order everybody sees alike.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table arenas (
      platform text not null,
      workspace text not null,
      channel_id text not null,
      dataset_id bigint not null references datasets on delete cascade,
      opened_by text not null,
      opened_at timestamptz not null,
      -- one a channel: a question typed there has one meaning
      primary key (platform, workspace, channel_id)
    )`.execute(db)
  await sql`create index arenas_dataset on arenas (dataset_id)`.execute(db)
  await sql`
    create table arena_consents (
      dataset_id bigint not null references datasets on delete cascade,
      labeler_id bigint not null,
      -- the models and servers that were named; others are asked for anew
      agreed text not null,
      agreed_at timestamptz not null,
      primary key (dataset_id, labeler_id)
    )`.execute(db)
  await sql`
    create table arena_sums (
      dataset_id bigint primary key references datasets on delete cascade,
      tokens double precision not null default 0,
      money double precision not null default 0,
      -- of battles under way, as they are expected
      aside_tokens double precision not null default 0,
      aside_money double precision not null default 0
    )`.execute(db)
  await sql`
    create table arena_pairs (
      dataset_id bigint not null references datasets on delete cascade,
      first text collate "C" not null,
      second text collate "C" not null,
      battles int not null default 0,
      first_wins int not null default 0,
      second_wins int not null default 0,
      ties int not null default 0,
      primary key (dataset_id, first, second)
    )`.execute(db)
  await sql`
    create table battles (
      id bigint generated always as identity primary key,
      dataset_id bigint not null references datasets on delete cascade,
      -- who asked; null once they are forgotten
      labeler_id bigint,
      platform text not null,
      workspace text not null,
      channel_id text not null,
      -- the message it is answered under; null until the question stands there
      thread text,
      -- the turn before it in the same conversation
      follows bigint,
      -- the chosen path, ending with the question; null once it was deleted
      prompt jsonb,
      model_a text collate "C" not null,
      model_b text collate "C" not null,
      answer_a jsonb,
      answer_b jsonb,
      state text not null default 'asked' check (state in ('asked', 'answered', 'void', 'deleted')),
      void_reason text check (void_reason in ('failed', 'named', 'unsent')),
      problem text,
      record_id bigint,
      post_id bigint,
      -- when its asker had voted: from then on the names are no secret
      revealed_at timestamptz,
      expected_tokens double precision not null default 0,
      expected_money double precision not null default 0,
      attempt int not null default 0,
      heartbeat_at timestamptz,
      created_at timestamptz not null,
      finished_at timestamptz
    )`.execute(db)
  await sql`create index battles_asker on battles (dataset_id, labeler_id, created_at)`.execute(db)
  await sql`create index battles_day on battles (dataset_id, created_at)`.execute(db)
  await sql`create index battles_waiting on battles (id) where state = 'asked'`.execute(db)
  await sql`create unique index battles_post on battles (post_id) where post_id is not null`.execute(
    db,
  )
  // A conversation goes on once from each of its turns, whoever presses how often.
  await sql`
    create unique index battles_follows on battles (follows)
    where follows is not null and state in ('asked', 'answered')`.execute(db)
  await sql`alter table posts add column shown_order text[]`.execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table posts drop column shown_order`.execute(db)
  await sql`drop table battles, arena_pairs, arena_sums, arena_consents, arenas`.execute(db)
}
