/**
 * Private messages that show a task. Parley remembers which task each one shows, so that the sweep finds
 * messages whose task was answered but whose update was lost.
 * 1. An adapter notes what a message shows as soon as the platform accepted it, or should show if it did
 *    not (`note`). Nobody waits for that: notes that come together are written together.
 * 2. A lost update is painted again after a moment. What nobody could note (a crash between the answer
 *    and the update) is found by the sweep: the task is done, and the message still shows it.
 * 3. A message without a task is remembered for an hour, so that an older note of another process does
 *    not bring it back. A message that was not touched for a week is forgotten.
 */
import { sql } from 'kysely'
import { findAssignment, parseAssignmentId } from '../assignments/assignment.ts'
import { cardOf } from '../chat/cards/card.ts'
import { withPage } from '../chat/cards/page-link.ts'
import { isDone, lastReceipt, receiptOf } from '../chat/cards/receipt.ts'
import type { Delivered, Person, Platform, Reply } from '../chat/port/port.ts'
import type { Place } from '../deliveries/ledger.ts'
import type { Parley } from '../parley.ts'
import { ringRepaint } from './messages.ts'

export type TaskMessages = {
  /** Notes what a person's message shows; with `isLost`, what it should show, but the platform refused it. */
  note(at: Delivered, reply: Reply, isLost?: boolean): void
  /** Resolves when all notes are stored. */
  settled(): Promise<void>
}

type Noted = {
  at: Delivered
  /** The task it shows; null if it shows none. */
  task: { datasetId: string; id: string } | null
  /** The task waits for an answer. */
  isOpen: boolean
  isLost: boolean
  since: Date
}

export function openTaskMessages(parley: Parley): TaskMessages {
  let waiting = new Map<string, Noted>()
  let writing: Promise<void> | null = null
  const write = async () => {
    await new Promise((resolve) => setTimeout(resolve, gatherMs))
    while (waiting.size > 0) {
      const noted = [...waiting.values()]
      waiting = new Map()
      await writeNoted(parley, noted).catch((error: unknown) => {
        parley.log.warn(
          { event: 'message.note_failed', err: error },
          'Which tasks messages show could not be written down.',
        )
      })
    }
    // No note may come between this check and the reset: it would never be written.
    writing = null
  }
  return {
    note(at, reply, isLost = false) {
      const key = JSON.stringify([at.platform, at.workspace, at.channel, at.message])
      waiting.set(key, { at, ...taskOf(reply), isLost, since: parley.now() })
      writing ??= write()
    },
    settled: async () => {
      while (writing) await writing
    },
  }
}

/** Notes that come within this time are written together. */
const gatherMs = 100
/** A lost update is repeated after this; a press in the meantime comes first. */
const mendMs = 5_000
/** What the sweep finds may just be on its way. */
const doubtMs = 30_000

function taskOf(reply: Reply): Pick<Noted, 'task' | 'isOpen'> {
  switch (reply.type) {
    case 'task':
    case 'form': {
      const { assignmentId, editing, ballot } = reply.card
      if (editing || ballot) return { task: null, isOpen: false }
      return { task: parseAssignmentId(assignmentId), isOpen: true }
    }
    case 'receipt':
      return { task: parseAssignmentId(reply.saved.assignmentId), isOpen: false }
    default:
      return { task: null, isOpen: false }
  }
}

async function writeNoted(parley: Parley, noted: readonly Noted[]): Promise<void> {
  const rows = noted.map(({ at, task, isOpen, isLost, since }) => ({
    ...at,
    dataset_id: task?.datasetId ?? null,
    assignment_id: task?.id ?? null,
    is_lost: isLost,
    final: !isOpen && !isLost,
    since,
  }))
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n (platform text,
    workspace text, channel text, message text, locale text, dataset_id bigint,
    assignment_id bigint, is_lost boolean, final boolean, since timestamptz)`
  const dueAt = new Date(parley.now().getTime() + mendMs)
  // Of two notes about a message the later one holds, in whatever order they are written. A painter at
  // work loses the message by this, and what it still paints is painted over.
  const { rows: lost } = await sql<{
    platform: Platform
    workspace: string
  }>`/* note_task_messages */
    with ended as (
      update messages m set final = true, wanted = claimed, painted = claimed, claimed_at = null,
        painted_at = n.since
      from ${given}
      where n.assignment_id is null and m.assignment_id is not null and m.painted_at <= n.since
        and (m.platform, m.workspace, m.channel, m.message)
          = (n.platform, n.workspace, n.channel, n.message)
    ), noted as (
      insert into messages as m (subject, platform, workspace, channel, message, locale, dataset_id,
        assignment_id, wanted, final, due_at, painted_at, created_at)
      select 'task:' || n.dataset_id || '-' || n.assignment_id, n.platform, n.workspace, n.channel,
        n.message, n.locale, n.dataset_id, n.assignment_id, 1 + n.is_lost::int, n.final,
        ${dueAt}, n.since, n.since
      from ${given}
      -- a person who was forgotten in the meantime leaves no address behind
      cross join lateral (
        select labeler_id from assignments
        where dataset_id = n.dataset_id and id = n.assignment_id offset 0
      ) a cross join lateral (
        select from labelers where id = a.labeler_id and forgotten_at is null offset 0
      ) l
      on conflict (platform, workspace, channel, message) do update
        set subject = excluded.subject, locale = excluded.locale,
          dataset_id = excluded.dataset_id, assignment_id = excluded.assignment_id,
          wanted = m.claimed + excluded.wanted - 1, painted = m.claimed, claimed_at = null,
          attempt = 0, digest = null, final = excluded.final, due_at = excluded.due_at,
          painted_at = excluded.painted_at, gone_at = null, gone_reason = null
        where m.painted_at <= excluded.painted_at
      returning m.platform, m.workspace, m.wanted > m.painted as is_lost
    )
    select distinct platform, workspace from noted where is_lost`.execute(parley.db)
  for (const place of lost) await ringRepaint(parley, place, dueAt)
}

/** What the message of a task shows: the task, or once it is done the saved answer. */
export async function buildTask(
  parley: Parley,
  assignmentId: string,
  on?: Place,
): Promise<{ reply: Reply; final: boolean } | null> {
  const key = parseAssignmentId(assignmentId)
  const owner =
    key &&
    (await parley.db
      .selectFrom('assignments')
      .select('labelerId')
      .where('datasetId', '=', key.datasetId)
      .where('id', '=', key.id)
      .executeTakeFirst())
  if (!owner) return null
  const labeler = { id: owner.labelerId }
  const found = await findAssignment(parley, labeler, assignmentId)
  if (!found || found.status === 'excluded') return null
  if (isDone(found))
    return { reply: { type: 'receipt', saved: receiptOf(found), goesOn: true }, final: true }
  const undo = await lastReceipt(parley, labeler, found)
  const card = cardOf(found, found.dataset)
  const reply: Reply = undo
    ? { type: 'task', card, notice: undo.summary, undo }
    : { type: 'task', card }
  const by = on && (await personThere(parley, owner.labelerId, on))
  return { reply: by ? withPage(parley, by, reply) : reply, final: false }
}

/** Who a labeler is on a platform: they may be several people who were linked. */
async function personThere(
  { db }: Parley,
  labelerId: string,
  { platform, workspace }: Place,
): Promise<Person | null> {
  const found = await db
    .selectFrom('identities')
    .select(['workspace', 'userId'])
    .where('labelerId', '=', labelerId)
    .where('platform', '=', platform)
    .where('workspace', 'in', [workspace, ''])
    .executeTakeFirst()
  return found ? { platform, ...found } : null
}

/** Asks for a repaint of messages whose task is done, and forgets messages without a task. */
export async function sweepTaskMessages(parley: Parley): Promise<void> {
  const now = parley.now()
  const before = (ms: number) => new Date(now.getTime() - ms)
  const dueAt = new Date(now.getTime() + doubtMs)
  const { rows } = await sql<{ platform: Platform; workspace: string }>`/* sweep_task_messages */
    with drifted as (
      update messages m set wanted = m.claimed + 1, due_at = ${dueAt}
      where m.assignment_id is not null and not m.final and m.gone_at is null
        and m.wanted <= m.claimed and m.painted_at < ${before(doubtMs)}
        and (select a.status in ('submitted', 'discarded') from assignments a
          where a.dataset_id = m.dataset_id and a.id = m.assignment_id)
      returning m.platform, m.workspace
    )
    select distinct platform, workspace from drifted`.execute(parley.db)
  for (const place of rows) await ringRepaint(parley, place, dueAt)
  await parley.db
    .deleteFrom('messages')
    .where('assignmentId', 'is not', null)
    .where(({ and, eb, or }) =>
      or([
        eb('paintedAt', '<', before(week)),
        and([
          eb('paintedAt', '<', before(3_600_000)),
          or([eb('final', '=', true), eb('goneAt', 'is not', null)]),
        ]),
      ]),
    )
    .execute()
}

const week = 7 * 86_400_000
