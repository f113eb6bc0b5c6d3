/** Where the answers to a question are posted: below the message that asks it. */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'
import type { Battle } from './battle.ts'

/** `awaited` while the question is on its way; null where it never came to stand: then in the channel. */
export async function threadOf(
  parley: Parley,
  { id, thread }: Battle,
): Promise<string | 'awaited' | null> {
  if (thread !== null) return thread
  // Both at one moment: it may have come to stand since the battle was read.
  const { rows } = await sql<{ thread: string | null; isUnderWay: boolean }>`
    select thread, exists (select from deliveries d where d.key = 'question:' || battles.id
      and d.state in ('queued', 'sending')) as is_under_way
    from battles where id = ${id}`.execute(parley.db)
  const [now] = rows
  return now?.thread ?? (now?.isUnderWay ? 'awaited' : null)
}

/** Notes which message shows the question of this subject. */
export async function keepThread(parley: Parley, subject: string, message: string): Promise<void> {
  const id = subject.slice(subject.indexOf(':') + 1)
  await parley.db
    .updateTable('battles')
    .set({ thread: message })
    .where('id', '=', id)
    .where('thread', 'is', null)
    .execute()
}
