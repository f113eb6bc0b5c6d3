/**
 * Roles and channels as access lists name them: found by their name for the admin who publishes, and
 * asked about a person. What a gesture told of the person's roles is believed; where it told nothing
 * (in a direct message, or of somebody absent) Discord is asked.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { LRUCache } from 'lru-cache'
import type { ChatAdapter, Inside, Person } from '../../../src/chat/port/port.ts'
import { type Rest, refusalOf } from '../send/rest.ts'
import { type Overwrite, permissionsIn, type Role, viewChannel } from './permissions.ts'

/** In which server something is going on; null for a direct message. */
const storage = new AsyncLocalStorage<string | null>()

export function inGuild<Result>(guild: string | null, work: () => Result): Result {
  return storage.run(guild, work)
}

/** The server something is going on in; null in a direct message and at the terminal. */
export function guildHere(): string | null {
  return storage.getStore() ?? null
}

type Guild = { id: string; name: string }
type Channel = {
  id: string
  name?: string
  guild_id?: string
  permission_overwrites?: Overwrite[]
}

/** What a channel and its roles allow is used this long: an admin's change counts within a minute. */
const reusedForMs = 60_000

export function openGroups(
  rest: Rest,
  { now, log }: Pick<Inside, 'now' | 'log'>,
): Required<Pick<ChatAdapter, 'findGroup' | 'memberOf' | 'countOf' | 'isThere' | 'isServer'>> {
  const kept = new LRUCache<string, { at: number; value: Promise<unknown> }>({ max: 500 })

  /** One question for however many ask it within a minute. */
  const once = <Result>(key: string, ask: () => Promise<Result>): Promise<Result> => {
    const at = now().getTime()
    const known = kept.get(key)
    if (known && at - known.at < reusedForMs) return known.value as Promise<Result>
    const value = ask()
    kept.set(key, { at, value })
    value.catch(() => kept.delete(key))
    return value
  }

  const rolesOf = (guild: string) =>
    once(`roles ${guild}`, () =>
      rest<Role[]>({ method: 'GET', path: '/guilds/:guild/roles', at: { guild } }),
    )
  /** docs.discord.com/developers/resources/guild#get-guild-role-member-counts: without @everyone. */
  const countsOf = (guild: string) =>
    once(`counts ${guild}`, () =>
      rest<Record<string, number>>({
        method: 'GET',
        path: '/guilds/:guild/roles/member-counts',
        at: { guild },
      }),
    )
  const channelsOf = (guild: string) =>
    once(`channels ${guild}`, () =>
      rest<Channel[]>({ method: 'GET', path: '/guilds/:guild/channels', at: { guild } }),
    )
  const channelOf = (channel: string) =>
    once(`channel ${channel}`, () =>
      rest<Channel>({ method: 'GET', path: '/channels/:channel', at: { channel } }),
    )
  const guilds = () => rest<Guild[]>({ method: 'GET', path: '/users/@me/guilds' })

  /** Their roles now; null when they are not in that server. */
  const rolesHeld = async (person: Person, guild: string): Promise<readonly string[] | null> => {
    if (person.guildId === guild && person.roles) return person.roles
    try {
      const at = { guild, user: person.userId }
      const path = '/guilds/:guild/members/:user'
      return (await rest<{ roles: string[] }>({ method: 'GET', path, at })).roles
    } catch (error) {
      if (refusalOf(error)?.status === 404) return null
      throw error
    }
  }

  /** Whether they are on that server; on one that Parley left, nobody is. */
  const isIn = async (person: Person, guild: string): Promise<boolean> => {
    try {
      return (await rolesHeld(person, guild)) !== null
    } catch (error) {
      if (refusalOf(error)?.status !== 403) throw error
      return false
    }
  }

  /** Whether they see the channel, as Discord works it out of roles and overwrites. */
  const sees = async (person: Person, id: string): Promise<boolean> => {
    if (person.channelId === id) return true
    const channel = await channelOf(id)
    const guild = channel.guild_id
    if (guild === undefined) return false
    const held = await rolesHeld(person, guild)
    return held !== null && maySee(channel, guild, await rolesOf(guild), held, person.userId)
  }

  const findIn = async (text: string, guild: string): Promise<string | null> => {
    const [sign, name] = [text.slice(0, 1), text.slice(1).trim().toLowerCase()]
    if (sign === '#') {
      const found = (await channelsOf(guild)).find((one) => one.name?.toLowerCase() === name)
      return found ? `<#${found.id}:${guild}|${found.name ?? ''}>` : null
    }
    const found = (await rolesOf(guild)).find(
      (one) => one.name.replace(/^@/, '').toLowerCase() === name,
    )
    return found ? roleEntry(found, guild) : null
  }

  const findById = async (id: string, isRole: boolean): Promise<string | null> => {
    if (!isRole) {
      const channel = await channelOf(id)
      return channel.guild_id ? `<#${id}:${channel.guild_id}|${channel.name ?? ''}>` : null
    }
    for (const guild of await guilds()) {
      const found = (await rolesOf(guild.id)).find((one) => one.id === id)
      if (found) return roleEntry(found, guild.id)
    }
    return null
  }

  const find = async (text: string): Promise<{ entry: string } | { problem: string }> => {
    const [, mark, id, named] = /^<(#|@&)(\d+)(?::(\d+))?(?:\|[^>]*)?>$/.exec(text) ?? []
    if (id !== undefined && named !== undefined) return { entry: text }
    if (id !== undefined) {
      const entry = await findById(id, mark === '@&')
      return entry === null ? { problem: notThere(text) } : { entry }
    }
    const here = storage.getStore()
    if (here) {
      const entry = await findIn(text, here)
      if (entry !== null) return { entry }
    }
    const entries: string[] = []
    for (const guild of here ? [] : await guilds()) {
      const entry = await findIn(text, guild.id)
      if (entry !== null) entries.push(entry)
    }
    const [entry, ...others] = entries
    if (entry === undefined) return { problem: notThere(text) }
    if (others.length === 0) return { entry }
    return { problem: `${text} could be of several servers. Publish from the one it is in.` }
  }

  return {
    async findGroup(text) {
      try {
        return await find(text)
      } catch (error) {
        const status = refusalOf(error)?.status
        if (status === 403 || status === 404) return { problem: notThere(text) }
        throw error
      }
    },

    /** Only who shares a server with a bot can be written to by it. */
    async isThere(person) {
      if (!/^\d{1,20}$/.test(person.userId)) return false
      for (const { id } of await guilds()) if ((await rolesHeld(person, id)) !== null) return true
      return false
    },

    async isServer(id) {
      return (await guilds()).some((guild) => guild.id === id)
    },

    /** Of a role; @everyone and channels are counted nowhere. */
    async countOf(entry) {
      const [, id = '', guild] = /^<@&(\d+):(\d+)(?:\|[^>]*)?>$/.exec(entry) ?? []
      if (guild === undefined || id === guild) return null
      return (await countsOf(guild))[id] ?? null
    },

    async memberOf(person, entry) {
      const [, server] = /^everyone of discord:(\d+)$/.exec(entry) ?? []
      if (server !== undefined) return isIn(person, server)
      const [, mark, id = '', guild] = /^<(#|@&)(\d+)(?::(\d+))?(?:\|[^>]*)?>$/.exec(entry) ?? []
      if (mark === undefined) return false
      try {
        if (mark === '#') return await sees(person, id)
        if (guild === undefined) return person.roles?.includes(id) ?? false
        const held = await rolesHeld(person, guild)
        // Everybody in a server has the role that is named like it, and no list says so.
        return held !== null && (id === guild || held.includes(id))
      } catch (error) {
        const refusal = refusalOf(error)
        if (refusal?.status !== 403 && refusal?.status !== 404) throw error
        log.warn(
          { group: entry, code: refusal.code },
          'A role or channel of an access list is gone.',
        )
        return false
      }
    },
  }
}

function roleEntry({ id, name }: Role, guild: string): string {
  return `<@&${id}:${guild}|@${name.replace(/^@/, '').replaceAll(/[<>|]/g, '')}>`
}

function notThere(text: string): string {
  return text.startsWith('#') || text.startsWith('<#')
    ? `There is no channel ${text} that Parley can see. Check the name, and that Parley may view the channel.`
    : `There is no role ${text} in a server that Parley is in. Check the name.`
}

function maySee(
  channel: Channel,
  guild: string,
  roles: readonly Role[],
  held: readonly string[],
  userId: string,
): boolean {
  const overwrites = channel.permission_overwrites ?? []
  return (permissionsIn(overwrites, guild, { roles, held, userId }) & viewChannel) !== 0n
}
