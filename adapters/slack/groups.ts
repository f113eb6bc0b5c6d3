/**
 * Channels and user groups as access lists name them: found by their name for the admin who
 * publishes, and listed to tell whether a person is in one.
 */
import { LRUCache } from 'lru-cache'
import type { Channel, Inside, Person } from '../../src/chat/port/port.ts'
import { spoken } from '../../src/chat/words/words.ts'
import { ParleyError, unavailable } from '../../src/errors.ts'
import type { OptionalScope } from './install/installations.ts'
import { here, inWorkspace } from './receive/workspace.ts'
import type { SlackApi } from './send/api.ts'
import { slackCode } from './send/failures.ts'

/** A list this old is used again, so that a hundred people who begin together cost one listing. */
const reusedForMs = 60_000

/** Says how an admin gives Parley more permissions. */
export type HowToAllow = (scopes: readonly OptionalScope[]) => Promise<string>

export function openGroups(
  api: SlackApi,
  { now, log }: Pick<Inside, 'now' | 'log'>,
  howToAllow: HowToAllow,
) {
  const lists = new LRUCache<string, { at: number; members: Promise<ReadonlySet<string>> }>({
    max: 500,
  })

  const listOnce = (workspace: string, id: string): Promise<ReadonlySet<string>> => {
    const at = now().getTime()
    const key = `${workspace} ${id}`
    const known = lists.get(key)
    if (known && at - known.at < reusedForMs) return known.members
    const members = inWorkspace(workspace, () => listMembers(api, id))
    lists.set(key, { at, members })
    members.catch(() => lists.delete(key))
    return members
  }

  /** Everybody in the channel or the group but Parley itself. */
  const listPeople = async (workspace: string, entry: string): Promise<Person[]> => {
    const id = idOf(entry)
    if (id === null) return []
    const members = await listOnce(workspace, id)
    const { user_id: self } = await inWorkspace(workspace, () => api.whoAmI())
    return [...members]
      .filter((userId) => userId !== self)
      .map((userId) => ({ platform: 'slack', workspace, userId }))
  }

  return {
    /** Finds what `#ml`, `@evals`, `C0123` or Slack's own mention names. */
    async findGroup(
      text: string,
    ): Promise<{ entry: string; workspace?: string } | { problem: string }> {
      const workspace = await workspaceAsked(api)
      if (workspace === null)
        return { problem: `${text} could be of any workspace. Publish from the Slack it is in.` }
      try {
        const found = await inWorkspace(workspace, () => find(api, text))
        return 'problem' in found ? found : { ...found, workspace }
      } catch (error) {
        const problem = await inWorkspace(workspace, () => whyNotFound(text, error, howToAllow))
        if (problem === null) throw error
        return { problem }
      }
    },

    /** The channel an admin names for a message: by `#ml`, its id, or Slack's own mention. */
    async findChannel(text: string, named?: string): Promise<Channel | { problem: string }> {
      const workspace = named ? await workspaceNamed(api, named) : await workspaceAsked(api)
      if (workspace === null && named) return { problem: spoken().noWorkspace(named) }
      if (workspace === null)
        return { problem: `${text} could be in any workspace. Write slack:TEAM:CHANNEL.` }
      if (/^D[A-Z0-9]{6,}$/.test(text)) return { problem: spoken().directIsNoChannel }
      const name = /^[#<]|^[CG][A-Z0-9]{6,}$/.test(text) ? text : `#${text}`
      try {
        const found = await inWorkspace(workspace, () => find(api, name))
        if ('problem' in found) return found
        const channelId = idOf(found.entry) ?? ''
        return { platform: 'slack', workspace, channelId }
      } catch (error) {
        // Without the permission to look one up, an id is taken at its word.
        const id = idOf(name)
        if (slackCode(error) === 'missing_scope' && id !== null)
          return { platform: 'slack', workspace, channelId: id }
        const problem = await inWorkspace(workspace, () => whyNotFound(text, error, howToAllow))
        if (problem === null) throw error
        return { problem }
      }
    },

    async membersOf(entry: string): Promise<Person[]> {
      const workspace = await workspaceAsked(api)
      return workspace === null ? [] : listPeople(workspace, entry)
    },

    async countOf(entry: string, named?: string): Promise<number | null> {
      const workspace = named ?? (await workspaceAsked(api))
      if (workspace === null || idOf(entry) === null) return null
      return (await listPeople(workspace, entry)).length
    },

    /** Whether they are in the channel or the group; a channel that is gone lets nobody in. */
    async memberOf(person: Person, entry: string): Promise<boolean> {
      const id = idOf(entry)
      if (id === null) return false
      try {
        return (await listOnce(person.workspace, id)).has(person.userId)
      } catch (error) {
        const code = slackCode(error)
        if (code !== null && gone.has(code)) {
          log.warn({ group: entry, code }, 'A channel or group of an access list is gone.')
          return false
        }
        if (code === 'missing_scope')
          throw new ParleyError('forbidden', spoken().groupHidden, { cause: error })
        throw error
      }
    },
  }
}

/** Where the admin is who asks; from a terminal it is the one workspace there is. */
async function workspaceAsked(api: SlackApi): Promise<string | null> {
  const told = whereabouts()
  if (told !== null) return told
  return api.whoAmI().then(
    ({ team_id }) => team_id ?? null,
    () => null,
  )
}

/** A workspace by its id, where Parley is installed in it; null elsewhere. */
async function workspaceNamed(api: SlackApi, named: string): Promise<string | null> {
  const me = await inWorkspace(named, () => api.whoAmI()).catch((error: unknown) => {
    if (slackCode(error) !== null) return null
    throw unavailable('Slack', error)
  })
  // An installation for a whole organization goes by the organization's id.
  return me && [me.team_id, me.enterprise_id].includes(named) ? named : null
}

function whereabouts(): string | null {
  try {
    return here()
  } catch {
    return null
  }
}

async function find(api: SlackApi, text: string): Promise<{ entry: string } | { problem: string }> {
  const id = idOf(text)
  if (id === null) return text.startsWith('#') ? findChannel(api, text) : findTeam(api, text)
  if (id.startsWith('S')) return findTeam(api, id)
  return { entry: channelEntry(await api.channelInfo(id)) }
}

type Named = { id: string; name: string }

async function listMembers(api: SlackApi, id: string): Promise<ReadonlySet<string>> {
  if (id.startsWith('S')) return new Set(await api.userGroupMembers(id))
  const members = new Set<string>()
  let cursor: string | undefined
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await api.channelMembers(id, cursor)
    for (const member of page.members) members.add(member)
    cursor = page.next
    if (!cursor) break
  }
  return members
}

/** Public channels first: private ones need a permission of their own, and Parley in them. */
async function findChannel(
  api: SlackApi,
  text: string,
): Promise<{ entry: string } | { problem: string }> {
  const name = text.slice(1).toLowerCase()
  for (const kind of ['public_channel', 'private_channel'] as const) {
    let cursor: string | undefined
    for (let pages = 0; pages < mostPages; pages++) {
      const page = await api.listChannels(kind, cursor)
      const found = page.channels.find((channel) => channel.name === name)
      if (found) return { entry: channelEntry(found) }
      cursor = page.next
      if (!cursor) break
    }
  }
  return {
    problem: `There is no channel ${text} that Parley can see. Check the name; a private channel has to invite @Parley first.`,
  }
}

async function findTeam(
  api: SlackApi,
  text: string,
): Promise<{ entry: string } | { problem: string }> {
  const name = text.replace(/^@/, '').toLowerCase()
  const teams = await api.listUserGroups()
  const found = teams.find(({ id, handle }) => id === text || handle.toLowerCase() === name)
  if (found) return { entry: `<!subteam^${found.id}|@${found.handle}>` }
  return {
    problem: `There is no user group ${text} in this workspace. Check the name. If ${text} is a person, the app does not escape names yet: tick "Escape channels, users, and links" in the settings of its commands.`,
  }
}

const mostPages = 100

function channelEntry({ id, name }: Named): string {
  return name ? `<#${id}|${name}>` : id
}

function idOf(entry: string): string | null {
  const mention = /^<(?:#|!subteam\^)([CGS][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(entry)?.[1]
  return mention ?? (/^[CGS][A-Z0-9]{6,}$/.test(entry) ? entry : null)
}

/** What to tell the admin who publishes, or null when it is no question of this group. */
async function whyNotFound(
  text: string,
  error: unknown,
  howToAllow: HowToAllow,
): Promise<string | null> {
  const code = slackCode(error)
  if (code !== null && gone.has(code))
    return `There is no ${text} that Parley can see. Check the id; a private channel has to invite @Parley first.`
  if (code !== 'missing_scope') return null
  const isTeam = /^@|^<!subteam|^S/.test(text)
  const scopes = isTeam ? (['usergroups:read'] as const) : channelScopes
  return spoken().groupScope(text, scopes.join(', '), await howToAllow(scopes))
}

const channelScopes = ['channels:read', 'groups:read'] as const

const gone = new Set([
  ...['channel_not_found', 'is_archived', 'not_in_channel', 'no_such_subteam'],
  ...['subteam_not_found', 'not_found', 'method_not_supported_for_channel_type'],
])
