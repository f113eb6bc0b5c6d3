/** Where somebody is and which language they read, from their Slack profile, where we may look. */
import type { Person } from '../../../src/chat/port/port.ts'
import type { SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { inWorkspace } from './workspace.ts'

export type Profile = { zone: string | null; locale: string | null }

const nobody = new Set(['user_not_found', 'user_not_visible', 'users_not_found'])

export function openProfiles(api: SlackApi) {
  return {
    /** Without the permission users:read whoever is named is believed to be somebody. */
    isThere: ({ workspace, userId }: Person): Promise<boolean> =>
      inWorkspace(workspace, async () => {
        const granted = await api.scopes()
        if (!granted.includes('users:read')) return true
        try {
          return (await api.profile(userId)).isActive
        } catch (error) {
          if (nobody.has(slackCode(error) ?? '')) return false
          throw error
        }
      }),
    /** Null without the permission users:read: Slack is not asked what it would refuse. */
    profile: ({ workspace, userId }: Person): Promise<Profile | null> =>
      inWorkspace(workspace, async () => {
        const granted = await api.scopes()
        return granted.includes('users:read') ? api.profile(userId) : null
      }),
  }
}
