/** Finds where to post the answers to a question: in the thread of the message that asks it. */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'
import type { Battle } from './battle.ts'

/** `awaited` while the question is being sent; null if it was never posted, and then the channel itself is used. */
export async function threadOf(
  parley: Parley,
  { id, thread }: Battle,
): Promise<string | 'awaited' | null> {
  if (thread !== null) return thread
  // Read in one statement: it may have been posted since the battle was read.
  const { rows } = await sql<{ thread: string | null; isUnderWay: boolean }>`
    select thread, exists (select from deliveries d where d.key = 'question:' || battles.id
      and d.state in ('queued', 'sending')) as is_under_way
    from battles where id = ${id}`.execute(parley.db)
  const [now] = rows
  return now?.thread ?? (now?.isUnderWay ? 'awaited' : null)
}

/** Stores which message shows this subject's question. */
export async function keepThread(parley: Parley, subject: string, message: string): Promise<void> {
  const id = subject.slice(subject.indexOf(':') + 1)
  await parley.db
    .updateTable('battles')
    .set({ thread: message })
    .where('id', '=', id)
    .where('thread', 'is', null)
    .execute()
}
