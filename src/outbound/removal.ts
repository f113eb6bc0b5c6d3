/**
 * A workspace that removed Parley, or added it again: nothing is sent to a workspace from which Parley
 * was removed.
 */
import type { Place } from '../deliveries/ledger.ts'
import type { Platform } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'

/** Parley was added to a workspace again: what is due there is sent. */
export async function joinWorkspace(parley: Parley, place: Place): Promise<void> {
  await parley.db
    .updateTable('workspaces')
    .set({ deadAt: null, deadReason: null })
    .where('platform', '=', place.platform)
    .where('workspace', '=', place.workspace)
    .where('deadAt', 'is not', null)
    .execute()
}

/** With a configured token, every start tries again whether it works. */
export async function forgetRemovals(parley: Parley, platform: Platform): Promise<void> {
  await parley.db
    .updateTable('workspaces')
    .set({ deadAt: null, deadReason: null })
    .where('platform', '=', platform)
    .where('deadAt', 'is not', null)
    .execute()
}

/** Whether Parley was removed there. */
export async function isRemoved(parley: Parley, { platform, workspace }: Place): Promise<boolean> {
  const row = await parley.db
    .selectFrom('workspaces')
    .select('deadAt')
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('deadAt', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}
