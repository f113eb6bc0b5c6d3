/** Invitations, reminders and what people want of them; the goal of a batch beside the tally it counts in. */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // What a message may be is the code's to say (src/outbound/deliver.ts), and grows with it.
  await sql`alter table deliveries drop constraint if exists deliveries_kind_check`.execute(db)
  await sql`
    alter table deliveries
      -- a person who waits comes before a digest
      add column priority int not null default 5,
      -- datasets take turns, so that a large campaign does not silence a small one
      add column dataset_id bigint not null default 0,
      -- when the call to the platform began: before it nothing can have arrived
      add column calling_at timestamptz`.execute(db)
  await sql`
    create index deliveries_turn on deliveries (platform, workspace, dataset_id, priority, due_at, id)
    where state = 'queued'`.execute(db)
  await sql`
    create table invitations (
      id bigint generated always as identity primary key,
      dataset_id bigint not null references datasets on delete cascade,
      platform text not null,
      workspace text not null,
      user_id text not null,
      -- how many records; null for as many as they like
      count int,
      due_at timestamptz,
      state text not null default 'offered' check (state in ('offered', 'started', 'done', 'ended')),
      invited_by text not null,
      created_at timestamptz not null,
      started_at timestamptz,
      ended_at timestamptz
    )`.execute(db)
  await sql`
    create unique index invitations_open on invitations (dataset_id, platform, workspace, user_id)
    where state in ('offered', 'started')`.execute(db)
  await sql`
    create index invitations_person on invitations (platform, workspace, user_id)
    where state in ('offered', 'started')`.execute(db)
  await sql`
    alter table tallies
      -- an invitation that is being worked on, and what was submitted and skipped when it began
      add column goal int,
      add column goal_from bigint,
      add column goal_invitation bigint`.execute(db)
  await sql`
    create table preferences (
      labeler_id bigint primary key references labelers on delete cascade,
      -- where reminders go: to their identity there, which stands in one table only
      platform text not null,
      workspace text not null,
      -- what the person chose, by kind; what is absent is as the dataset or the platform has it
      kinds jsonb not null default '{}',
      -- wall time of the digest, and the days it may come on (Monday is 1)
      digest_at text not null default '09:30',
      days int[] not null default '{1,2,3,4,5}',
      -- the zone the person chose; a profile's zone stands with the labeler and gives way to it
      zone text,
      zone_checked_at timestamptz,
      silent_until timestamptz,
      -- reminders in a row that led to nothing
      ignored int not null default 0
    )`.execute(db)
  await sql`
    create table reminders (
      id bigint generated always as identity primary key,
      -- what for whom on which day of theirs: reminding twice is reminding once
      key text not null unique,
      kind text not null check (kind in ('new_work', 'nudge', 'deadline', 'digest', 'results')),
      labeler_id bigint not null references labelers on delete cascade,
      dataset_id bigint references datasets on delete cascade,
      invitation_id bigint references invitations on delete cascade,
      -- the truth is the time on the person's wall; due_at is what it comes to by today's rules
      wall text not null,
      zone text not null,
      due_at timestamptz not null,
      state text not null default 'waiting'
        check (state in ('waiting', 'queued', 'sent', 'skipped')),
      -- why nothing was sent
      reason text,
      answer text,
      sent_at timestamptz,
      created_at timestamptz not null
    )`.execute(db)
  await sql`
    create index reminders_due on reminders (due_at, id) where state = 'waiting'`.execute(db)
  await sql`create index reminders_labeler on reminders (labeler_id, sent_at)`.execute(db)
  await sql`
    create table channel_digests (
      dataset_id bigint not null references datasets on delete cascade,
      platform text not null,
      workspace text not null,
      channel_id text not null,
      zone text not null,
      due_at timestamptz not null,
      primary key (dataset_id, platform, workspace, channel_id)
    )`.execute(db)
  await sql`create index channel_digests_due on channel_digests (due_at)`.execute(db)
  await sql`alter table audit add column announced boolean not null default false`.execute(db)
  // What was done before there were reminders is no news.
  await sql`update audit set announced = true`.execute(db)
  await sql`
    create index audit_news on audit (id) where not announced
      and act in ('publish dataset', 'reopen dataset', 'close dataset', 'import records')
  `.execute(db)
  await inAssignmentJson(db, tallyBefore, tallyWithGoal)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await inAssignmentJson(db, tallyWithGoal, tallyBefore)
  await sql`drop index audit_news`.execute(db)
  await sql`alter table audit drop column announced`.execute(db)
  await sql`drop table channel_digests, reminders, preferences`.execute(db)
  await sql`alter table tallies drop column goal, drop column goal_from, drop column goal_invitation
  `.execute(db)
  await sql`drop table invitations`.execute(db)
  await sql`drop index deliveries_turn`.execute(db)
  await sql`alter table deliveries drop column priority, drop column dataset_id,
    drop column calling_at`.execute(db)
  // What was told since of things that are gone now.
  await sql`delete from deliveries where kind not in ('card', 'notice')`.execute(db)
  await sql`
    alter table deliveries add constraint deliveries_kind_check
      check (kind in ('card', 'notice'))`.execute(db)
}

const tallyBefore = `',"tally":{"submitted":'`
const tallyWithGoal = `',"tally":{"goal":' || coalesce(t.goal::text, 'null')
        || ',"goalFrom":' || coalesce(t.goal_from, 0) || ',"submitted":'`

/** Changes one place of the function and leaves the rest to the migrations that wrote it. */
async function inAssignmentJson(db: Kysely<unknown>, from: string, to: string): Promise<void> {
  const { rows } = await sql<{ source: string }>`
    select pg_get_functiondef('assignment_json'::regproc) as source`.execute(db)
  const source = rows[0]?.source ?? ''
  if (!source.includes(from)) throw new Error('assignment_json is not what this migration expects.')
  await sql.raw(source.replace(from, to)).execute(db)
}
