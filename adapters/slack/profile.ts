/** Where somebody is and which language they read, from their Slack profile, where we may look. */
import type { Person } from '../../src/chat/port.ts'
import type { Outbox } from './send.ts'
import { inWorkspace } from './where.ts'

export type Profile = { zone: string | null; locale: string | null }

export function openProfiles(outbox: Outbox) {
  return {
    /** Null without the permission users:read: Slack is not asked what it would refuse. */
    profile: ({ workspace, userId }: Person): Promise<Profile | null> =>
      inWorkspace(workspace, async () => {
        const granted = await outbox.scopes()
        return granted.includes('users:read') ? outbox.profile(userId) : null
      }),
  }
}
