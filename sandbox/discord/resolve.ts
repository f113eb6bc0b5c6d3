/** People, roles and channels a select was given, as Discord sends them along. */
import type { JsonObject } from '../json.ts'
import { kind } from './components.ts'
import { memberJson, roleJson, userJson } from './payloads.ts'
import { channelPermissions } from './permissions.ts'
import { findPerson, type User, type World } from './world.ts'

/** `resolved` of an interaction: by kind, by id. */
export function resolvedOf(
  world: World,
  user: User,
  guildId: string | null,
  values: readonly string[],
): Record<string, JsonObject> {
  const resolved: Record<string, JsonObject> = {}
  const guild = world.guilds.get(guildId ?? '')
  const keep = (key: string, id: string, value: JsonObject) => {
    resolved[key] = { ...resolved[key], [id]: value }
  }
  for (const id of values) {
    const person = world.users.get(id)
    const member = guild?.members.get(id)
    const role = guild?.roles.get(id)
    const channel = world.channels.get(id)
    if (person) keep('users', id, userJson(person))
    if (member) {
      const { user: _, ...rest } = memberJson(world, member)
      keep('members', id, rest)
    }
    if (role) keep('roles', id, roleJson(role))
    if (channel) {
      const permissions = String(channelPermissions(world, channel, user.id))
      const appPermissions = String(channelPermissions(world, channel, world.app.id))
      const { name } = channel
      keep('channels', id, { id, name, type: 0, permissions, app_permissions: appPermissions })
    }
  }
  return resolved
}

/** The id of the person, role or channel of this name; what such a select lets one search for. */
export function idNamed(
  world: World,
  guildId: string | null,
  type: number,
  name: string,
): string | null {
  const guild = world.guilds.get(guildId ?? '')
  const bare = name.replace(/^[@#]/, '')
  const person = findPerson(world, bare)
  const role = [...(guild?.roles.values() ?? [])].find((one) => one.name === bare)
  const channel = [...world.channels.values()].find(
    (one) => one.guildId === guildId && one.name === bare,
  )
  switch (type) {
    case kind.userSelect:
      return person?.id ?? null
    case kind.roleSelect:
      return role?.id ?? null
    case kind.mentionableSelect:
      return person?.id ?? role?.id ?? null
    case kind.channelSelect:
      return channel?.id ?? null
    default:
      return null
  }
}
