/** Ids that were seen: a replayed request or a redelivered event is noticed, by whichever process gets it. */
import type { Parley } from '../parley.ts'

/** Long past the five minutes a signature is valid, and past a platform's last redelivery. */
const keptMs = 24 * 60 * 60 * 1000

/** True the first time an id is seen, false ever after. */
export async function firstSight(parley: Parley, id: string): Promise<boolean> {
  const row = await parley.db
    .insertInto('handled')
    .values({ id, at: parley.now() })
    .onConflict((c) => c.doNothing())
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
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
