/**
 * Messages whose content follows rows: what each shows (its subject), where it is, and whether it is
 * out of date. repaint.ts updates them.
 */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Delivered, Platform, Reply } from '../chat/port/port.ts'
import type { Parley } from '../parley.ts'

/** `post:12`, `hub:3`, `task:3-40`, `question:7`: the id of a post, a dataset, an assignment, a battle. */
export type Subject = `${'post' | 'hub' | 'task' | 'question'}:${string}`

/** How long a message rests after a repaint, however often its rows change. */
const restMs = { hub: 60_000, other: 5_000 } as const

/** Remembers a message that was sent, and what it showed. Idempotent. */
export async function keepMessage(
  parley: Parley,
  subject: Subject,
  { platform, workspace, channel, message }: Delivered,
  shown: Reply | null,
): Promise<void> {
  const now = parley.now()
  const dueAt = new Date(now.getTime() + restOf(subject))
  await parley.db
    .insertInto('messages')
    .values({
      ...{ subject, platform, workspace, channel, message },
      // Something may have changed while it was being sent: it is checked after its rest.
      ...{ wanted: 2, dueAt, paintedAt: now, createdAt: now },
      digest: shown && digestOf(shown),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  parley.afterCommit(() => ringRepaint(parley, { platform, workspace }, dueAt))
}

/**
 * Asks for a repaint because the rows behind a message changed; call it after the commit. A hundred
 * changes before the next repaint cost one write.
 */
export async function wantRepaint(
  parley: Parley,
  subject: string,
  { atOnce = false }: { atOnce?: boolean } = {},
): Promise<void> {
  const now = parley.now()
  const rest = restOf(subject) / 1000
  const { rows } = await sql<{ platform: Platform; workspace: string; dueAt: Date }>`
    update messages set wanted = claimed + 1,
      -- a platform that asked to wait is not asked sooner
      due_at = case when attempt > 0 and claimed_at is null then greatest(due_at, ${now})
        when ${atOnce} then ${now}::timestamptz
        else greatest(${now}::timestamptz, painted_at + make_interval(secs => ${rest})) end
    where subject = ${subject} and gone_at is null
      and (wanted <= claimed or (${atOnce} and attempt = 0 and due_at > ${now}))
    returning platform, workspace, due_at`.execute(parley.db)
  for (const { dueAt, ...place } of rows) await ringRepaint(parley, place, dueAt)
}

export async function ringRepaint(
  parley: Parley,
  { platform, workspace }: { platform: Platform; workspace: string },
  dueAt: Date,
): Promise<void> {
  const turn = String(Math.ceil(dueAt.getTime() / 1000))
  const delayMs = Math.max(0, dueAt.getTime() - parley.now().getTime())
  await parley.queue.ring('repaint', { platform, workspace, turn }, { delayMs })
}

export function restOf(subject: string): number {
  return subject.startsWith('hub:') ? restMs.hub : restMs.other
}

/** Equal for replies that look the same. */
export function digestOf(reply: Reply): string {
  return createHash('sha256').update(JSON.stringify(reply)).digest('base64url')
}
