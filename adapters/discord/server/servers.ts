/**
 * Servers, roles and channels as Discord reports them. An answer is reused for a minute, so that an
 * admin's change takes effect within one.
 */
import { LRUCache } from 'lru-cache'
import type { Person } from '../../../src/chat/port/port.ts'
import { refusalOf } from '../send/failures.ts'
import type { Rest } from '../send/rest.ts'
import type { Overwrite, Role } from './permissions.ts'

export type Server = { id: string; name: string }

export type ServerChannel = {
  id: string
  type: number
  name?: string
  guild_id?: string
  parent_id?: string | null
  permission_overwrites?: Overwrite[]
  thread_metadata?: { archived?: boolean; locked?: boolean }
}

export type Servers = {
  /** Those that Parley is in. */
  all(): Promise<Server[]>
  roles(server: string): Promise<Role[]>
  channels(server: string): Promise<ServerChannel[]>
  channel(id: string): Promise<ServerChannel>
  /** How many people have a role, by its id; @everyone is not among them. */
  memberCounts(server: string): Promise<Record<string, number>>
  /** The ids of their roles now; null when they are not in that server. */
  rolesHeld(person: Person, server: string): Promise<readonly string[] | null>
}

const reusedForMs = 60_000

export function openServers(rest: Rest, now: () => Date): Servers {
  const cache = new LRUCache<string, { at: number; value: Promise<unknown> }>({ max: 500 })

  /** One request for however many ask within a minute. */
  const once = <Result>(path: string, at: Record<string, string>): Promise<Result> => {
    const key = `${path} ${Object.values(at).join(' ')}`
    const known = cache.get(key)
    const asked = now().getTime()
    if (known && asked - known.at < reusedForMs) return known.value as Promise<Result>
    const value = rest<Result>({ method: 'GET', path, at })
    cache.set(key, { at: asked, value })
    value.catch(() => cache.delete(key))
    return value
  }

  return {
    all: () => rest<Server[]>({ method: 'GET', path: '/users/@me/guilds' }),
    roles: (guild) => once('/guilds/:guild/roles', { guild }),
    channels: (guild) => once('/guilds/:guild/channels', { guild }),
    channel: (channel) => once('/channels/:channel', { channel }),
    // docs.discord.com/developers/resources/guild#get-guild-role-member-counts
    memberCounts: (guild) => once('/guilds/:guild/roles/member-counts', { guild }),
    async rolesHeld(person, guild) {
      // The gesture's own payload names the person's roles.
      if (person.guildId === guild && person.roles) return person.roles
      try {
        const at = { guild, user: person.userId }
        const path = '/guilds/:guild/members/:user'
        return (await rest<{ roles: string[] }>({ method: 'GET', path, at })).roles
      } catch (error) {
        if (refusalOf(error)?.status === 404) return null
        throw error
      }
    },
  }
}
