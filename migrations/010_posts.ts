/**
 * Public posts with their private ballots, and the messages that are repainted when rows change. A
 * ballot is an assignment without a place; the lock of the record's place still guards it, so that
 * a vote is either before the close or refused.
 */
import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table posts (
      id bigint generated always as identity primary key,
      dataset_id bigint not null references datasets on delete cascade,
      record_id bigint not null,
      platform text not null,
      workspace text not null,
      channel_id text not null,
      posted_by text not null,
      -- who may vote, as the dataset had it then: account age, votes a day, roles
      gates jsonb not null default '{}',
      -- whether the result names the models
      models boolean not null default false,
      state text not null default 'open' check (state in ('open', 'closed', 'withdrawn')),
      -- why it was withdrawn
      reason text,
      closes_at timestamptz not null,
      closed_at timestamptz,
      -- the ballots as they were counted at the close
      result jsonb,
      created_at timestamptz not null
    )`.execute(db)
  await sql`
    create unique index posts_open on posts (dataset_id, record_id) where state = 'open'`.execute(
    db,
  )
  await sql`create index posts_due on posts (closes_at) where state = 'open'`.execute(db)
  await sql`
    create table messages (
      id bigint generated always as identity primary key,
      -- what it shows: post:<id>, hub:<dataset>
      subject text not null,
      platform text not null,
      workspace text not null,
      channel text not null,
      message text not null,
      -- a change of what it shows makes wanted one more than what a painter took up last
      wanted int not null default 1,
      claimed int not null default 1,
      painted int not null default 1,
      due_at timestamptz not null,
      -- while somebody paints it nobody else does
      claimed_at timestamptz,
      painted_at timestamptz,
      attempt int not null default 0,
      -- of what was painted last: what is the same is not painted again
      digest text,
      -- what it shows changes no more, and it shows that
      final boolean not null default false,
      gone_at timestamptz,
      gone_reason text,
      created_at timestamptz not null,
      unique (platform, workspace, channel, message)
    )`.execute(db)
  await sql`create index messages_subject on messages (subject)`.execute(db)
  await sql`
    create index messages_wanted on messages (platform, workspace, due_at)
    where wanted > painted and gone_at is null`.execute(db)
  await sql`
    create index messages_living on messages (id) where not final and gone_at is null`.execute(db)
  await sql`create index assignments_post on assignments (post_id) where post_id is not null`.execute(
    db,
  )
  // Answered by a crowd: completed, however many places of its own it had.
  await sql`alter table places add column polled boolean not null default false`.execute(db)
  for (const [name, from, to] of changes) await change(db, name, from, to)
  await postFunctions(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop function open_ballot, end_post`.execute(db)
  for (const [name, from, to] of changes.toReversed()) await change(db, name, to, from)
  await sql`alter table places drop column polled`.execute(db)
  await sql`drop index assignments_post`.execute(db)
  await sql`drop table messages, posts`.execute(db)
}

async function postFunctions(db: Kysely<unknown>): Promise<void> {
  // The ballot of a labeler: their assignment of the record, an earlier private one included, whose
  // place is given back. Everybody's order is a shuffle of their own, the same whenever it is opened.
  await sql`
    create function open_ballot(p_post bigint, p_labeler bigint, p_max_shown int,
      p_suggestions boolean, p_cap int, p_now timestamptz)
    returns json language plpgsql set enable_seqscan = off as $$
    declare v posts; a assignments; c records; r responses; b standing; v_counted boolean;
    begin
      select * into v from posts where id = p_post;
      if not found then return json_build_object('outcome', 'not_found'); end if;
      b := lock_places(v.dataset_id, array[v.record_id]);
      select * into v from posts where id = p_post;
      if v.state <> 'open' or v.closes_at <= p_now then
        return json_build_object('outcome', 'post_closed');
      end if;
      select * into a from assignments where dataset_id = v.dataset_id
        and labeler_id is not distinct from p_labeler and record_id = v.record_id and repeat = 0
      for update;
      if a.status = 'excluded' then return json_build_object('outcome', 'excluded'); end if;
      if a.id is null then
        if p_cap is not null then
          -- one of a person's presses at a time, whatever they press at once; nothing waits after it
          perform pg_advisory_xact_lock(hashint8extended(p_labeler, 7020));
          if p_cap <= (select count(*) from assignments o
            where o.labeler_id = p_labeler and o.dataset_id = v.dataset_id
              and o.post_id is not null and o.created_at > p_now - interval '1 day')
          then return json_build_object('outcome', 'capped'); end if;
        end if;
        select * into c from records where dataset_id = v.dataset_id and id = v.record_id;
        insert into assignments (dataset_id, record_id, labeler_id, post_id, shown_order,
          suggestions_shown, shown_at, status, created_at)
        values (v.dataset_id, v.record_id, p_labeler, p_post,
          array(select o from unnest(c.shuffled) o
            order by md5(p_post || ' ' || p_labeler || ' ' || o), o limit p_max_shown),
          p_suggestions and c.suggestions <> '{}', p_now, 'leased', p_now)
        returning * into a;
      elsif a.post_id is distinct from p_post or a.status = 'expired' then
        select * into r from responses
        where dataset_id = v.dataset_id and assignment_id = a.id for update;
        v_counted := a.status = 'submitted'
          and not coalesce(r.flags, '{}') && array['excluded', 'same_person'];
        update assignments set post_id = p_post, slot = null, lease_until = null,
          counted = v_counted,
          status = case when a.status = 'expired' then 'leased' else a.status end,
          shown_at = case when a.status in ('expired', 'leased') then p_now else a.shown_at end
        where dataset_id = v.dataset_id and id = a.id;
        update responses set flags = array_remove(flags, 'surplus')
        where dataset_id = v.dataset_id and assignment_id = a.id and flags && array['surplus'];
        if a.slot is not null then
          update places set discards = greatest(discards
            - (a.status = 'discarded' and is_fault(r.reason))::int, 0)
          where dataset_id = v.dataset_id and record_id = v.record_id;
        end if;
        perform settle_places(v.dataset_id, array[v.record_id], b, p_labeler, 0,
          v_counted::int - a.counted::int, 0, 0);
      end if;
      return json_build_object('outcome', 'open', 'assignment', view_assignment(v.dataset_id, a.id));
    end $$`.execute(db)

  // Ends a post: from p_least votes on its record is completed, else it goes back to the queue with
  // the votes it has. Returns false where it had ended before.
  await sql`
    create function end_post(p_post bigint, p_state text, p_reason text, p_least int,
      p_now timestamptz)
    returns boolean language plpgsql set enable_seqscan = off as $$
    declare v posts; b standing; v_enough boolean;
    begin
      select * into v from posts where id = p_post;
      if not found then return false; end if;
      b := lock_places(v.dataset_id, array[v.record_id]);
      update posts set state = p_state, reason = p_reason, closed_at = p_now
      where id = p_post and state = 'open';
      if not found then return false; end if;
      v_enough := p_least <= (select count(*) from assignments where post_id = p_post and counted);
      update assignments set status = 'expired'
      where dataset_id = v.dataset_id and post_id = p_post and status = 'leased';
      update places set polled = polled or v_enough, posted = polled or v_enough
      where dataset_id = v.dataset_id and record_id = v.record_id;
      perform settle_places(v.dataset_id, array[v.record_id], b, 0, 0, 0, 0, 0);
      return true;
    end $$`.execute(db)
}

const postOver = (column: string) =>
  `${column} is not null and not exists (
        select from posts where id = ${column} and state = 'open' and closes_at > p_now)`

/** What the functions of migration 007 learn about ballots: the function, the words, the new words. */
const changes: readonly (readonly [string, string, string])[] = [
  ['standing_of', 'and counted >= wanted)', 'and (polled or counted >= wanted))'],
  [
    'assignment_json',
    `'","repeat":' || a.repeat`,
    `'","postId":' || coalesce('"' || a.post_id || '"', 'null') || ',"repeat":' || a.repeat`,
  ],
  [
    'submit_answer',
    'p.discards, p.rejected, p.needs_outputs into held',
    'p.discards, p.rejected, p.needs_outputs, p.polled into held',
  ],
  [
    'submit_answer',
    'and not held.needs_outputs;',
    'and not held.needs_outputs and not held.polled;',
  ],
  [
    'submit_answer',
    'case when held.slot is null then held.post_id is not null',
    `case when held.slot is null then held.post_id is not null
          and not coalesce(said.flags, '{}') && array['excluded', 'same_person']`,
  ],
  [
    'submit_answer',
    `if said.dataset = 'closed' then`,
    `if ${postOver('held.post_id')} then
        perform save_draft(p_dataset, p_id, p_values, p_platform, p_schema_version);
        return json_build_object('outcome', 'post_closed');
      end if;
      if said.dataset = 'closed' then`,
  ],
  [
    'discard_answer',
    '(p.rejected or p.counted < p.wanted)',
    '(p.rejected or (p.counted < p.wanted and not p.polled))',
  ],
  ['discard_answer', '(p.counted >= p.wanted)::int', '(p.polled or p.counted >= p.wanted)::int'],
  [
    'undo_answer',
    'if r.submitted_at < p_since then',
    `if ${postOver('a.post_id')} then
        return json_build_object('outcome', 'post_closed');
      end if;
      if a.post_id is null and r.submitted_at < p_since then`,
  ],
  [
    'undo_answer',
    `lease_until = case when v_status = 'leased'`,
    `lease_until = case when a.post_id is not null then null when v_status = 'leased'`,
  ],
  // Ballots that came from elsewhere are those of a post nobody here knows: number 0.
  [
    'import_answers',
    'if x.repeat = 0 and not x.flags',
    'if x.repeat = 0 and x.ballot is not true and not x.flags',
  ],
  [
    'import_answers',
    '(dataset_id, record_id, labeler_id, repeat, slot, shown_order,',
    '(dataset_id, record_id, labeler_id, repeat, post_id, slot, shown_order,',
  ],
  ['import_answers', 'x.repeat, v_slot,', 'x.repeat, case when x.ballot then 0 end, v_slot,'],
  [
    'import_answers',
    'rejected = p.rejected or x.rejected',
    `rejected = p.rejected or x.rejected,
          polled = p.polled or coalesce(x.polled, false),
          posted = p.posted or coalesce(x.polled, false)`,
  ],
  ['import_answers', 'flags text[])', 'flags text[], ballot boolean, polled boolean)'],
]

/** Changes one place of a function and leaves the rest to the migrations that wrote it. */
async function change(db: Kysely<unknown>, name: string, from: string, to: string): Promise<void> {
  const { rows } = await sql<{ source: string }>`
    select pg_get_functiondef(${name}::regproc) as source`.execute(db)
  const source = rows[0]?.source ?? ''
  if (!source.includes(from)) throw new Error(`${name} is not what this migration expects.`)
  await sql.raw(source.replace(from, () => to)).execute(db)
}
