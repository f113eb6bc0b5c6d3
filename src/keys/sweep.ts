/** Deletes expired counts of requests and expired responses to repeatable requests. */
import type { Parley } from '../parley.ts'

const usesKeptMs = 5 * 60_000
/** How long a request with an Idempotency-Key can be repeated. */
export const answersKeptMs = 24 * 60 * 60_000

export async function sweepKeys(parley: Parley): Promise<void> {
  const now = parley.now().getTime()
  await parley.db
    .deleteFrom('apiUses')
    .where('windowAt', '<', new Date(now - usesKeptMs))
    .execute()
  await parley.db
    .deleteFrom('apiAnswers')
    .where('createdAt', '<', new Date(now - answersKeptMs))
    .execute()
}
