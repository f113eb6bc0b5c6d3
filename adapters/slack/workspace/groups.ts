/** Access lists: channels and user groups an admin names when publishing, and who is in them. */
import type { Inside, Person } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import { ParleyError } from '../../../src/errors.ts'
import type { HowToAllow } from '../install/scopes.ts'
import type { SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { workspaceAskedFrom } from './asked-from.ts'
import { inWorkspace } from './current.ts'
import { findEntry, idOfEntry, isGone, whyNotFound } from './entries.ts'
import { openMemberLists } from './members.ts'

export function openGroups(
  api: SlackApi,
  { now, log }: Pick<Inside, 'now' | 'log'>,
  howToAllow: HowToAllow,
) {
  const lists = openMemberLists(api, now)
  return {
    /** Finds what `#ml`, `@evals`, `C0123` or Slack's own mention names. */
    async findGroup(
      text: string,
    ): Promise<{ entry: string; workspace?: string } | { problem: string }> {
      const workspace = await workspaceAskedFrom(api)
      if (workspace === null)
        return { problem: `${text} could be of any workspace. Publish from the Slack it is in.` }
      try {
        const found = await inWorkspace(workspace, () => findEntry(api, text))
        return 'problem' in found ? found : { ...found, workspace }
      } catch (error) {
        const problem = await inWorkspace(workspace, () => whyNotFound(text, error, howToAllow))
        if (problem === null) throw error
        return { problem }
      }
    },

    async membersOf(entry: string): Promise<Person[]> {
      const workspace = await workspaceAskedFrom(api)
      const id = idOfEntry(entry)
      return workspace === null || id === null ? [] : lists.people(workspace, id)
    },

    async countOf(entry: string, named?: string): Promise<number | null> {
      const workspace = named ?? (await workspaceAskedFrom(api))
      const id = idOfEntry(entry)
      return workspace === null || id === null ? null : (await lists.people(workspace, id)).length
    },

    /** Whether they are in the channel or the group; a deleted channel admits nobody. */
    async memberOf(person: Person, entry: string): Promise<boolean> {
      const id = idOfEntry(entry)
      if (id === null) return false
      try {
        return (await lists.userIds(person.workspace, id)).has(person.userId)
      } catch (error) {
        const code = slackCode(error)
        if (isGone(error)) {
          log.warn(
            { event: 'slack.group_gone', group: entry, code },
            'A channel or group of an access list is gone.',
          )
          return false
        }
        if (code === 'missing_scope')
          throw new ParleyError('forbidden', spoken().groupHidden, { cause: error })
        throw error
      }
    },
  }
}
