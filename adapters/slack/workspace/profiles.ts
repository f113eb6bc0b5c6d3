/** A person's time zone, language, name and picture, from their Slack profile, where Parley may read it. */
import type { Person } from '../../../src/chat/port/port.ts'
import type { Profile, SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { inWorkspace } from './current.ts'

const unknownPerson = new Set(['user_not_found', 'user_not_visible', 'users_not_found'])

export function openProfiles(api: SlackApi) {
  return {
    /** Without the scope users:read, any id is taken to be a person's. */
    isThere: ({ workspace, userId }: Person): Promise<boolean> =>
      inWorkspace(workspace, async () => {
        const granted = await api.scopes()
        if (!granted.includes('users:read')) return true
        try {
          return (await api.profile(userId)).isActive
        } catch (error) {
          if (unknownPerson.has(slackCode(error) ?? '')) return false
          throw error
        }
      }),
    /** Null without the scope users:read, without asking Slack. */
    profile: ({ workspace, userId }: Person): Promise<Profile | null> =>
      inWorkspace(workspace, async () => {
        const granted = await api.scopes()
        return granted.includes('users:read') ? api.profile(userId) : null
      }),
  }
}
