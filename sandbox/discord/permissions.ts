/** Who may do what: roles and channel overwrites, as Discord computes them. */
import type { Channel, Guild, World } from './world.ts'
import { guildOf } from './world.ts'

/** docs.discord.com/developers/topics/permissions, those a bot like ours meets. */
export const permissions = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  MANAGE_ROLES: 1n << 28n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  CREATE_PRIVATE_THREADS: 1n << 36n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
} as const

export type Permission = keyof typeof permissions

const all = (1n << 53n) - 1n

export function bits(names: readonly Permission[]): bigint {
  return names.reduce((sum, name) => sum | permissions[name], 0n)
}

/** What @everyone has in a new guild. */
export const everyone = bits([
  ...(['VIEW_CHANNEL', 'SEND_MESSAGES', 'EMBED_LINKS', 'ATTACH_FILES', 'ADD_REACTIONS'] as const),
  ...(['READ_MESSAGE_HISTORY', 'USE_APPLICATION_COMMANDS', 'MENTION_EVERYONE'] as const),
  ...(['SEND_MESSAGES_IN_THREADS', 'CREATE_PUBLIC_THREADS'] as const),
])

/** What a direct message grants both sides. */
const inDirectMessage = bits([
  ...(['VIEW_CHANNEL', 'SEND_MESSAGES', 'EMBED_LINKS', 'ATTACH_FILES', 'ADD_REACTIONS'] as const),
  ...(['READ_MESSAGE_HISTORY', 'USE_APPLICATION_COMMANDS'] as const),
])

/** What somebody may do in a guild, before any channel has a say; nothing when not a member. */
export function guildPermissions(guild: Guild, userId: string): bigint {
  const member = guild.members.get(userId)
  if (!member) return 0n
  if (guild.ownerId === userId) return all
  const roles = [guild.id, ...member.roles]
  const base = roles.reduce((sum, id) => sum | (guild.roles.get(id)?.permissions ?? 0n), 0n)
  return base & permissions.ADMINISTRATOR ? all : base
}

/** docs.discord.com/developers/topics/permissions#permission-overwrites, in that order. */
export function channelPermissions(world: World, channel: Channel, userId: string): bigint {
  const guild = guildOf(world, channel)
  if (!guild) {
    const isTheirs = channel.recipientId === userId || userId === world.app.id
    return isTheirs ? inDirectMessage : 0n
  }
  const base = guildPermissions(guild, userId)
  if (base === all || base === 0n) return base
  const member = guild.members.get(userId)
  const parent = channel.parentId === null ? null : world.channels.get(channel.parentId)
  const { overwrites } = parent ?? channel
  const of = (id: string, type: 0 | 1) => overwrites.find((o) => o.id === id && o.type === type)
  const apply = (held: bigint, over: { allow: bigint; deny: bigint } | undefined) =>
    over ? (held & ~over.deny) | over.allow : held
  const roles = (member?.roles ?? []).flatMap((id) => of(id, 0) ?? [])
  const together = roles.reduce(
    (sum, over) => ({ allow: sum.allow | over.allow, deny: sum.deny | over.deny }),
    { allow: 0n, deny: 0n },
  )
  return apply(apply(apply(base, of(guild.id, 0)), together), of(userId, 1))
}

export function may(world: World, channel: Channel, userId: string, what: Permission): boolean {
  const held = channelPermissions(world, channel, userId)
  // Without sight of a channel nothing else counts in it.
  if (!(held & permissions.VIEW_CHANNEL)) return false
  return (held & permissions[what]) !== 0n
}
