/** Writes down who did what, and to which dataset if it was one. */
import type { Parley } from '../parley.ts'

export async function writeAudit(
  parley: Parley,
  entry: { actor: string; act: string; dataset?: string; detail?: { [key: string]: unknown } },
): Promise<void> {
  await parley.db
    .insertInto('audit')
    .values({
      at: parley.now(),
      actor: entry.actor,
      act: entry.act,
      dataset: entry.dataset ?? null,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute()
}
