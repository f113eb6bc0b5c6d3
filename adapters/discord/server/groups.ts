/**
 * Roles and channels as access lists name them: found by their name for the admin who publishes, and
 * asked about a person.
 */
import type { ChatAdapter, Inside, Person } from '../../../src/chat/port/port.ts'
import { refusalOf } from '../send/failures.ts'
import { currentServer } from './current-server.ts'
import { channelEntry, type Entry, readEntry, roleEntry } from './entries.ts'
import { permissionsIn, viewChannel } from './permissions.ts'
import type { Servers } from './servers.ts'

export function openGroups(
  servers: Servers,
  log: Inside['log'],
): Required<Pick<ChatAdapter, 'findGroup' | 'memberOf' | 'countOf' | 'isThere' | 'isServer'>> {
  return {
    async findGroup(text) {
      try {
        return await findGroup(servers, text)
      } catch (error) {
        if (isHidden(error)) return { problem: notThere(text) }
        throw error
      }
    },

    /** A bot can write only to people it shares a server with. */
    async isThere(person) {
      if (!/^\d{1,20}$/.test(person.userId)) return false
      for (const { id } of await servers.all())
        if ((await servers.rolesHeld(person, id)) !== null) return true
      return false
    },

    async isServer(id) {
      return (await servers.all()).some((server) => server.id === id)
    },

    /** Of a role; Discord counts neither @everyone nor channels. */
    async countOf(text) {
      const entry = readEntry(text)
      if (entry?.kind !== 'role' || entry.server === undefined || entry.id === entry.server)
        return null
      return (await servers.memberCounts(entry.server))[entry.id] ?? null
    },

    async memberOf(person, text) {
      const [, server] = /^everyone of discord:(\d+)$/.exec(text) ?? []
      if (server !== undefined) return isInServer(servers, person, server)
      const entry = readEntry(text)
      if (entry === null) return false
      try {
        return await isInGroup(servers, person, entry)
      } catch (error) {
        if (!isHidden(error)) throw error
        const { code } = refusalOf(error) ?? {}
        log.warn(
          { event: 'discord.group_gone', group: text, code },
          'A role or channel of an access list is gone.',
        )
        return false
      }
    },
  }
}

async function findGroup(
  servers: Servers,
  text: string,
): Promise<{ entry: string } | { problem: string }> {
  const entry = readEntry(text)
  if (entry) {
    if (entry.server !== undefined) return { entry: text }
    const found = await findById(servers, entry)
    return found === null ? { problem: notThere(text) } : { entry: found }
  }
  const here = currentServer()
  const places = here ? [here] : (await servers.all()).map(({ id }) => id)
  const found: string[] = []
  for (const server of places) {
    const one = await findByName(servers, text, server)
    if (one !== null) found.push(one)
  }
  const [first, ...others] = found
  if (first === undefined) return { problem: notThere(text) }
  if (others.length === 0) return { entry: first }
  return { problem: `${text} could be of several servers. Publish from the one it is in.` }
}

/** `#channel` or `@role` of this server. */
async function findByName(servers: Servers, text: string, server: string): Promise<string | null> {
  const [sign, name] = [text.slice(0, 1), text.slice(1).trim().toLowerCase()]
  if (sign === '#') {
    const channels = await servers.channels(server)
    const channel = channels.find((one) => one.name?.toLowerCase() === name)
    return channel ? channelEntry(channel, server) : null
  }
  const roles = await servers.roles(server)
  const role = roles.find((one) => one.name.replace(/^@/, '').toLowerCase() === name)
  return role ? roleEntry(role, server) : null
}

/** A channel names its server; a role is searched for in every server. */
async function findById(servers: Servers, { id, kind }: Entry): Promise<string | null> {
  if (kind === 'channel') {
    const channel = await servers.channel(id)
    return channel.guild_id ? channelEntry(channel, channel.guild_id) : null
  }
  for (const server of await servers.all()) {
    const role = (await servers.roles(server.id)).find((one) => one.id === id)
    if (role) return roleEntry(role, server.id)
  }
  return null
}

/** Whether they are in that server; false for everyone once Parley left it. */
async function isInServer(servers: Servers, person: Person, server: string): Promise<boolean> {
  try {
    return (await servers.rolesHeld(person, server)) !== null
  } catch (error) {
    if (refusalOf(error)?.status !== 403) throw error
    return false
  }
}

async function isInGroup(servers: Servers, person: Person, entry: Entry): Promise<boolean> {
  const { kind, id, server } = entry
  if (kind === 'channel') return seesChannel(servers, person, id)
  if (server === undefined) return person.roles?.includes(id) ?? false
  const held = await servers.rolesHeld(person, server)
  // Everyone in a server has the role with the server's id (@everyone); member lists leave it out.
  return held !== null && (id === server || held.includes(id))
}

/** Whether they can see the channel, by its roles and overwrites. */
async function seesChannel(servers: Servers, person: Person, id: string): Promise<boolean> {
  const { userId, channelId } = person
  if (channelId === id) return true
  const { guild_id: server, permission_overwrites: overwrites = [] } = await servers.channel(id)
  if (server === undefined) return false
  const held = await servers.rolesHeld(person, server)
  if (held === null) return false
  const roles = await servers.roles(server)
  return (permissionsIn(overwrites, server, { roles, held, userId }) & viewChannel) !== 0n
}

/** Discord reports channels that Parley may not see as missing. */
function isHidden(error: unknown): boolean {
  const status = refusalOf(error)?.status
  return status === 403 || status === 404
}

function notThere(text: string): string {
  return text.startsWith('#') || text.startsWith('<#')
    ? `There is no channel ${text} that Parley can see. Check the name, and that Parley may view the channel.`
    : `There is no role ${text} in a server that Parley is in. Check the name.`
}
