/** Who is in a channel or a user group, listed once for all who ask within a minute. */
import { LRUCache } from 'lru-cache'
import type { Inside, Person } from '../../../src/chat/port/port.ts'
import type { SlackApi } from '../send/api.ts'
import { inWorkspace } from './current.ts'
import { eachOfPages } from './pages.ts'

/** A list this old is used again, so that a hundred people who begin together cost one listing. */
const reusedForMs = 60_000

export function openMemberLists(api: SlackApi, now: Inside['now']) {
  const lists = new LRUCache<string, { at: number; members: Promise<ReadonlySet<string>> }>({
    max: 500,
  })

  /** The user ids in the channel or user group. */
  const userIds = (workspace: string, id: string): Promise<ReadonlySet<string>> => {
    const at = now().getTime()
    const key = `${workspace} ${id}`
    const known = lists.get(key)
    if (known && at - known.at < reusedForMs) return known.members
    const members = inWorkspace(workspace, () => listMembers(api, id))
    lists.set(key, { at, members })
    members.catch(() => lists.delete(key))
    return members
  }

  return {
    userIds,
    /** Everybody in it but Parley itself. */
    async people(workspace: string, id: string): Promise<Person[]> {
      const members = await userIds(workspace, id)
      const { user_id: self } = await inWorkspace(workspace, () => api.whoAmI())
      return [...members]
        .filter((userId) => userId !== self)
        .map((userId) => ({ platform: 'slack', workspace, userId }))
    },
  }
}

async function listMembers(api: SlackApi, id: string): Promise<ReadonlySet<string>> {
  if (id.startsWith('S')) return new Set(await api.userGroupMembers(id))
  const members = new Set<string>()
  const listed = eachOfPages(async (cursor) => {
    const { members: items, next } = await api.channelMembers(id, cursor)
    return { items, next }
  })
  for await (const member of listed) members.add(member)
  return members
}
