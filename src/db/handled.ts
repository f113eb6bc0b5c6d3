/** Ids that were seen: a replayed request or a redelivered event is noticed, by whichever process gets it. */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'

/** Long past the five minutes a signature is valid, and past a platform's last redelivery. */
const keptMs = 24 * 60 * 60 * 1000

/**
 * True the first time an id is seen, false ever after. Ids that arrive while a statement is running
 * share the next one, so that a rush costs few of them.
 */
export function openFirstSight(parley: Parley): (id: string) => Promise<boolean> {
  let waiting: { id: string; tell: (outcome: Promise<boolean>) => void }[] = []
  let running = false
  const run = async () => {
    running = true
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      const seen = insertUnseen(
        parley,
        batch.map(({ id }) => id),
      )
      // The same id twice in one batch: the first of them is the first.
      for (const { id, tell } of batch) tell(seen.then((unseen) => unseen.delete(id)))
      await seen.catch(() => null)
    }
    running = false
  }
  return (id) =>
    new Promise((resolve) => {
      waiting.push({ id, tell: resolve })
      if (!running) run()
    })
}

/** Which of the ids are new; they are not from now on. */
async function insertUnseen(parley: Parley, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`/* insert_unseen */
    insert into handled (id, at) select unnest(${[...ids]}::text[]), ${parley.now()}
    on conflict do nothing returning id`.execute(parley.db)
  return new Set(rows.map(({ id }) => id))
}

/** Whether an id was seen before; marks nothing. */
export async function wasSeen(parley: Parley, id: string): Promise<boolean> {
  const row = await parley.db
    .selectFrom('handled')
    .select('id')
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}

/** Forgets what is too old to come again. */
export async function forgetHandled(parley: Parley): Promise<void> {
  const before = new Date(parley.now().getTime() - keptMs)
  await parley.db.deleteFrom('handled').where('at', '<', before).execute()
}
