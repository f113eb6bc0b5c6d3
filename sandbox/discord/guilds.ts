/** One guild as tests see it: its people, roles and channels, and what admins do to the app. */

import type { Town } from './interactions.ts'
import { deleteMessage } from './messages.ts'
import { channelJson, memberJson, roleJson } from './payloads.ts'
import { type Person, personOf } from './people.ts'
import { bits, everyone, type Permission } from './permissions.ts'
import { readable } from './screen.ts'
import {
  addChannel,
  addUser,
  type Channel,
  changed,
  channelsOf,
  findPerson,
  type Guild,
  note,
  type Role,
  snowflake,
  type User,
  type World,
} from './world.ts'

export type PersonDetails = {
  locale?: string
  /** Names of roles; new ones are made. */
  roles?: string[]
  /** When the account was made; a year ago unless told. */
  createdAt?: Date
  /** When they joined the guild; a month ago unless told. */
  joinedAt?: Date
  dmClosed?: boolean
  /** Whether they use a phone; some things are different there. */
  phone?: boolean
  /** The guild's owner, who may do everything. */
  owner?: boolean
}

/** A person of this guild, a role, or everyone: whom a permission is about. */
export type Whom = { person: string } | { role: string } | 'everyone' | 'bot'

export type GuildHouse = {
  guild: { id: string; name: string }
  /** The person of this name; somebody new when there is none, and a member in any case. */
  person(name: string, details?: PersonDetails): Person
  /** The channel of this name; a new one when there is none. */
  channel(
    name: string,
    options?: { kind?: 'text' | 'voice' | 'announcement' },
  ): { id: string; name: string }
  /** The role of this name; a new one when there is none. */
  role(
    name: string,
    options?: { permissions?: Permission[]; people?: string[] },
  ): { id: string; name: string }
  giveRole(person: string, role: string): void
  takeRole(person: string, role: string): void
  /** Denies permissions in a channel, to the bot unless told whom. */
  forbid(channel: string, permissions: Permission[], whom?: Whom): void
  allow(channel: string, permissions: Permission[], whom?: Whom): void
  /** What an admin sets under Integrations: who may use a command here. */
  overwriteCommand(command: string, whom: Whom, permission: boolean): void
  deleteChannel(name: string): void
  /** Deletes the newest message that reads so. */
  deleteMessage(containing: string): void
  /** Somebody leaves the guild. */
  leave(person: string): void
  /** The app is removed from the guild, or comes back. */
  remove(): void
  add(): void
}

export function makeGuild(
  world: World,
  made: { name: string; locale: string; channels: string[]; installed?: boolean },
): Guild {
  const id = snowflake(world.now() - 90 * 24 * 3_600_000)
  const guild: Guild = {
    id,
    name: made.name,
    ownerId: '',
    locale: made.locale,
    installed: made.installed ?? true,
    joinedAt: world.now(),
    roles: new Map([[id, { id, name: '@everyone', permissions: everyone, position: 0 }]]),
    members: new Map(),
    commandOverwrites: new Map(),
  }
  world.guilds.set(id, guild)
  if (guild.installed) join(world, guild, world.app.id)
  for (const name of made.channels) addChannel(world, { name, kind: 'text', guildId: id })
  return guild
}

function join(world: World, guild: Guild, userId: string, joinedAt = world.now()): void {
  guild.members.set(userId, { userId, roles: [], joinedAt })
}

export function openGuild(town: Town, guild: Guild): GuildHouse {
  const { world, gateway } = town
  const month = 30 * 24 * 3_600_000

  function known(name: string): User {
    const user = findPerson(world, name)
    if (!user) throw new Error(`Nobody here is called ${name}.`)
    return user
  }

  function named(name: string): Channel {
    const wanted = name.replace(/^#/, '')
    const found = channelsOf(world, guild).find((one) => one.name === wanted || one.id === name)
    if (!found) throw new Error(`There is no channel #${wanted} in ${guild.name}.`)
    return found
  }

  function tell(event: string, data: Parameters<typeof gateway.dispatch>[1]): void {
    gateway.dispatch(event, data, 1 << 0)
  }

  function roleOf(name: string, permissions: Permission[] = []): Role {
    const found = [...guild.roles.values()].find((one) => one.name === name)
    if (found) return found
    const id = snowflake(world.now())
    const role = { id, name, permissions: bits(permissions), position: guild.roles.size }
    guild.roles.set(id, role)
    tell('GUILD_ROLE_CREATE', { guild_id: guild.id, role: roleJson(role) })
    return role
  }

  function whoIs(whom: Whom): { id: string; type: 0 | 1 } {
    if (whom === 'everyone') return { id: guild.id, type: 0 }
    if (whom === 'bot') return { id: world.app.id, type: 1 }
    if ('role' in whom) return { id: roleOf(whom.role).id, type: 0 }
    return { id: known(whom.person).id, type: 1 }
  }

  function overwrite(name: string, whom: Whom, change: { allow?: bigint; deny?: bigint }): void {
    const channel = named(name)
    const { id, type } = whoIs(whom)
    const before = channel.overwrites.find((one) => one.id === id && one.type === type)
    const { allow = 0n, deny = 0n } = change
    const over = before ?? { id, type, allow: 0n, deny: 0n }
    over.allow = (over.allow & ~deny) | allow
    over.deny = (over.deny & ~allow) | deny
    if (!before) channel.overwrites.push(over)
    tell('CHANNEL_UPDATE', channelJson(world, channel))
    changed(world)
  }

  function setRoles(name: string, change: (roles: string[]) => string[]): void {
    const member = guild.members.get(known(name).id)
    if (!member) throw new Error(`${name} is no member of ${guild.name}.`)
    member.roles = [...new Set(change(member.roles))]
    // Members are told only to bots with that privileged intent.
    gateway.dispatch(
      'GUILD_MEMBER_UPDATE',
      { guild_id: guild.id, ...memberJson(world, member) },
      1 << 1,
    )
    changed(world)
  }

  return {
    guild: { id: guild.id, name: guild.name },
    person(name, details = {}) {
      const { locale, createdAt, dmClosed, phone } = details
      const user =
        findPerson(world, name) ??
        addUser(world, {
          name,
          ...(locale !== undefined && { locale }),
          ...(createdAt !== undefined && { createdAt: createdAt.getTime() }),
        })
      if (locale !== undefined) user.locale = locale
      if (dmClosed !== undefined) user.dmClosed = dmClosed
      if (phone !== undefined) user.isPhone = phone
      if (!guild.members.has(user.id)) {
        join(world, guild, user.id, details.joinedAt?.getTime() ?? world.now() - month)
      }
      if (details.owner) guild.ownerId = user.id
      if (details.roles) {
        const ids = details.roles.map((role) => roleOf(role).id)
        setRoles(name, (roles) => [...roles, ...ids])
      }
      return personOf(town, user, guild.id)
    },
    channel(name, { kind = 'text' } = {}) {
      const wanted = name.replace(/^#/, '')
      const found = channelsOf(world, guild).find(
        (one) => one.name === wanted && (kind === 'text' || one.kind === kind),
      )
      if (found) return { id: found.id, name: found.name }
      const added = addChannel(world, { name: wanted, kind, guildId: guild.id })
      tell('CHANNEL_CREATE', channelJson(world, added))
      return { id: added.id, name: added.name }
    },
    role(name, { permissions, people = [] } = {}) {
      const role = roleOf(name, permissions)
      if (permissions) role.permissions = bits(permissions)
      for (const person of people) setRoles(person, (roles) => [...roles, role.id])
      return { id: role.id, name: role.name }
    },
    giveRole(person, name) {
      const role = roleOf(name)
      setRoles(person, (roles) => [...roles, role.id])
    },
    takeRole(person, name) {
      const role = roleOf(name)
      setRoles(person, (roles) => roles.filter((id) => id !== role.id))
    },
    forbid: (channel, permissions, whom = 'bot') =>
      overwrite(channel, whom, { deny: bits(permissions) }),
    allow: (channel, permissions, whom = 'bot') =>
      overwrite(channel, whom, { allow: bits(permissions) }),
    overwriteCommand(name, whom, permission) {
      const command = world.commands.find((one) => one.body['name'] === name.replace(/^\//, ''))
      if (!command) throw new Error(`No command is called ${name}.`)
      const { id, type } = whoIs(whom)
      const list = (guild.commandOverwrites.get(command.id) ?? []).filter((one) => one.id !== id)
      guild.commandOverwrites.set(command.id, [
        ...list,
        { id, type: type === 0 ? 1 : 2, permission },
      ])
      changed(world)
    },
    deleteChannel(name) {
      const channel = named(name)
      world.channels.delete(channel.id)
      for (const message of channel.messages) world.messages.delete(message.id)
      tell('CHANNEL_DELETE', channelJson(world, channel))
      note(world, guild.name, `deletes #${channel.name}`)
      changed(world)
    },
    deleteMessage(containing) {
      const wanted = containing.toLowerCase()
      const message = [...world.messages.values()].findLast((one) =>
        readable(world, one).join('\n').toLowerCase().includes(wanted),
      )
      if (!message) throw new Error(`There is no message "${containing}".`)
      deleteMessage(world, town.tell, message)
    },
    leave(name) {
      guild.members.delete(known(name).id)
      note(world, name, `leaves ${guild.name}`)
      changed(world)
    },
    remove() {
      guild.installed = false
      guild.members.delete(world.app.id)
      world.commands = world.commands.filter((one) => one.guildId !== guild.id)
      gateway.tellGuild('DELETE', guild)
      note(world, guild.name, `removes ${world.app.name}`)
      changed(world)
    },
    add() {
      guild.installed = true
      guild.joinedAt = world.now()
      join(world, guild, world.app.id)
      gateway.tellGuild('CREATE', guild)
      changed(world)
    },
  }
}
