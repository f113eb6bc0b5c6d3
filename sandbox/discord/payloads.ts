/** What Discord sends of its things: users, members, guilds, channels, messages, interactions. */
import { createHmac } from 'node:crypto'
import type {
  APIAttachment,
  APIGuildMember,
  APIInteractionGuildMember,
  APIRole,
  APIUser,
} from 'discord-api-types/v10'
import { compact, type JsonObject } from '../json.ts'
import { times } from './limits.ts'
import { channelPermissions } from './permissions.ts'
import {
  type Channel,
  type Command,
  channelsOf,
  type Guild,
  guildOf,
  type Interaction,
  type Member,
  type Message,
  type Role,
  type StoredFile,
  secret,
  snowflake,
  type User,
  type World,
} from './world.ts'

/** The published shape of a thing; its flags are plain numbers here. */
type Numbered<T> = Omit<T, 'flags' | 'public_flags' | 'user'> & {
  flags?: number
  public_flags?: number
  user?: Numbered<APIUser>
}

const iso = (at: number) => new Date(at).toISOString().replace('Z', '000+00:00')

export function userJson(user: User) {
  return {
    id: user.id,
    username: user.name.toLowerCase().replaceAll(/[^a-z0-9._]/g, '_'),
    discriminator: '0',
    global_name: user.isBot ? null : user.name,
    avatar: null,
    public_flags: 0,
    bot: user.isBot,
  } satisfies Numbered<APIUser>
}

export function memberJson(world: World, member: Member) {
  return {
    user: userJson(knownUser(world, member.userId)),
    nick: null,
    avatar: null,
    banner: null,
    roles: [...member.roles],
    joined_at: iso(member.joinedAt),
    premium_since: null,
    communication_disabled_until: null,
    pending: false,
    deaf: false,
    mute: false,
    flags: 0,
  } satisfies Numbered<APIGuildMember>
}

export function roleJson(role: Role) {
  return {
    id: role.id,
    name: role.name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position: role.position,
    permissions: String(role.permissions),
    managed: false,
    mentionable: false,
    flags: 0,
  } satisfies Numbered<APIRole>
}

const channelTypes = { text: 0, dm: 1, voice: 2, announcement: 5, thread: 11 } as const

export function channelJson(world: World, channel: Channel): JsonObject {
  const last = channel.messages.at(-1)
  const base = {
    id: channel.id,
    type: channelTypes[channel.kind],
    flags: 0,
    last_message_id: last?.id ?? null,
  }
  if (channel.kind === 'dm') {
    return { ...base, recipients: [userJson(knownUser(world, channel.recipientId ?? ''))] }
  }
  return compact({
    ...base,
    guild_id: channel.guildId,
    name: channel.name,
    position: 0,
    parent_id: channel.parentId,
    permission_overwrites: channel.overwrites.map((one) => ({
      id: one.id,
      type: one.type,
      allow: String(one.allow),
      deny: String(one.deny),
    })),
    nsfw: false,
    topic: null,
    rate_limit_per_user: 0,
    ...(channel.kind === 'thread' && {
      owner_id: world.app.id,
      message_count: channel.messages.length,
      member_count: 1,
      thread_metadata: {
        archived: false,
        auto_archive_duration: 1440,
        archive_timestamp: iso(world.now()),
        locked: false,
      },
    }),
  })
}

export function guildJson(guild: Guild): JsonObject {
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    preferred_locale: guild.locale,
    roles: [...guild.roles.values()].map(roleJson),
    ...emptyGuild,
  }
}

/** GUILD_CREATE: the guild with its channels and the bot's own member. */
export function guildCreate(world: World, guild: Guild): JsonObject {
  const own = guild.members.get(world.app.id)
  const all = channelsOf(world, guild)
  return {
    ...guildJson(guild),
    joined_at: iso(guild.joinedAt),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    members: own ? [memberJson(world, own)] : [],
    channels: all.filter((one) => one.kind !== 'thread').map((one) => channelJson(world, one)),
    threads: all.filter((one) => one.kind === 'thread').map((one) => channelJson(world, one)),
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  }
}

const emptyGuild: JsonObject = {
  icon: null,
  description: null,
  splash: null,
  discovery_splash: null,
  banner: null,
  afk_channel_id: null,
  afk_timeout: 300,
  system_channel_id: null,
  system_channel_flags: 0,
  rules_channel_id: null,
  public_updates_channel_id: null,
  safety_alerts_channel_id: null,
  vanity_url_code: null,
  application_id: null,
  emojis: [],
  stickers: [],
  features: [],
  verification_level: 0,
  default_message_notifications: 0,
  explicit_content_filter: 0,
  mfa_level: 0,
  nsfw_level: 0,
  nsfw: false,
  premium_tier: 0,
  premium_subscription_count: 0,
  premium_progress_bar_enabled: false,
  max_members: 500_000,
  max_video_channel_users: 25,
}

/** The address of a file: signed, and good for a day by the stand-in's clock. */
export function fileUrl(world: World, file: StoredFile): string {
  const expires = Math.floor((world.now() + times.linkMs) / 1000).toString(16)
  const issued = Math.floor(world.now() / 1000).toString(16)
  const mark = fileMark(world, file.id, expires)
  const name = encodeURIComponent(file.name)
  return `${world.url}/attachments/${file.id}/${name}?ex=${expires}&is=${issued}&hm=${mark}`
}

export function fileMark(world: World, id: string, expires: string): string {
  return createHmac('sha256', world.app.token).update(`${id} ${expires}`).digest('hex').slice(0, 32)
}

export function fileJson(world: World, file: StoredFile, isEphemeral = false) {
  const url = fileUrl(world, file)
  return {
    id: file.id,
    filename: file.name,
    size: file.bytes.byteLength,
    url,
    proxy_url: url,
    content_type: file.contentType,
    ...(file.description !== null && { description: file.description }),
    ...(isEphemeral && { ephemeral: true }),
  } satisfies APIAttachment
}

/** A message; with its content and files, or as a bot without that intent sees others' messages. */
export function messageJson(world: World, message: Message, isWhole = true): JsonObject {
  const { interaction } = message
  const channel = world.channels.get(message.channelId)
  const isEphemeral = message.ephemeralTo !== null
  return compact({
    id: message.id,
    type: message.type,
    channel_id: message.channelId,
    author: userJson(knownUser(world, message.authorId)),
    content: isWhole ? message.content : '',
    embeds: isWhole ? message.embeds : [],
    components: isWhole ? withUrls(world, message, message.components) : [],
    attachments: isWhole ? message.files.map((file) => fileJson(world, file, isEphemeral)) : [],
    flags: message.flags,
    timestamp: iso(message.at),
    edited_timestamp: message.editedAt === null ? null : iso(message.editedAt),
    tts: false,
    mention_everyone: message.pings.includes('everyone'),
    mentions: message.mentions.flatMap((id) => {
      const user = world.users.get(id)
      return user ? [userJson(user)] : []
    }),
    mention_roles: message.pings.filter((id) => rolesOf(world, channel).has(id)),
    pinned: false,
    nonce: message.nonce ?? undefined,
    webhook_id: interaction ? world.app.id : undefined,
    application_id: interaction ? world.app.id : undefined,
    message_reference:
      message.replyTo === null
        ? undefined
        : { type: 0, message_id: message.replyTo, channel_id: message.channelId },
    interaction_metadata: interaction
      ? {
          id: interaction.id,
          type: interaction.type,
          user: userJson(knownUser(world, interaction.userId)),
          authorizing_integration_owners: owners(channel),
          ...(interaction.name !== null && { name: interaction.name }),
        }
      : undefined,
  })
}

/** Components as they come back: what was `attachment://name` has become an address. */
function withUrls(world: World, message: Message, components: JsonObject[]): JsonObject[] {
  if (message.files.length === 0) return components
  const replaced = JSON.stringify(components, (_key, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith('attachment://')) return value
    const file = message.files.find(({ name }) => `attachment://${name}` === value)
    return file ? fileUrl(world, file) : value
  })
  const parsed: JsonObject[] = JSON.parse(replaced)
  return parsed
}

function rolesOf(world: World, channel: Channel | undefined): Map<string, Role> {
  return (channel && guildOf(world, channel)?.roles) ?? new Map()
}

export function commandJson(world: World, command: Command): JsonObject {
  const { body } = command
  const permissions = body['default_member_permissions']
  return compact({
    options: command.type === 1 ? [] : undefined,
    nsfw: false,
    ...body,
    description: command.type === 1 ? body['description'] : '',
    default_member_permissions:
      permissions === undefined || permissions === null ? null : String(permissions),
    contexts: command.guildId === null ? (body['contexts'] ?? null) : undefined,
    integration_types: command.guildId === null ? (body['integration_types'] ?? [0]) : undefined,
    type: command.type,
    id: command.id,
    application_id: world.app.id,
    guild_id: command.guildId ?? undefined,
    version: command.version,
  })
}

/** The part of an interaction that tells who did it, where, and what both may do there. */
export function interactionJson(
  world: World,
  made: { type: 2 | 3 | 4 | 5; user: User; channel: Channel; token: string },
  more: JsonObject,
): JsonObject {
  const { user, channel } = made
  const guild = guildOf(world, channel)
  const member = guild?.members.get(user.id)
  const held = String(channelPermissions(world, channel, user.id))
  const inGuild =
    guild && member
      ? {
          guild_id: guild.id,
          guild: { id: guild.id, locale: guild.locale, features: [] },
          guild_locale: guild.locale,
          member: {
            ...memberJson(world, member),
            permissions: held,
          } satisfies Numbered<APIInteractionGuildMember>,
          context: 0,
        }
      : { user: userJson(user), context: 1 }
  return {
    id: snowflake(world.now()),
    application_id: world.app.id,
    type: made.type,
    token: made.token,
    version: 1,
    channel_id: channel.id,
    channel: { ...channelJson(world, channel), ...(guild && { permissions: held }) },
    locale: user.locale,
    entitlements: [],
    app_permissions: String(channelPermissions(world, channel, world.app.id)),
    attachment_size_limit: world.app.attachmentLimit,
    authorizing_integration_owners: owners(channel),
    ...inGuild,
    ...more,
  }
}

export function newToken(): string {
  return `aW50ZXJhY3Rpb246${secret(64)}`
}

function owners(channel: Channel | undefined): JsonObject {
  return { 0: channel?.guildId ?? '0' }
}

/** Everybody who ever wrote or acted stays known, also after they left. */
export function knownUser(world: World, id: string): User {
  const known = world.users.get(id)
  if (known) return known
  const name = 'Deleted User'
  return { id, name, locale: 'en-US', isBot: false, isPhone: false, dmClosed: true }
}

export function interactionAnswer(
  world: World,
  interaction: Interaction,
  type: number,
  message: Message | null,
): JsonObject {
  return {
    interaction: compact({
      id: interaction.id,
      type: interaction.type,
      response_message_id: message?.id,
      response_message_loading: message ? (message.flags & 128) !== 0 : undefined,
      response_message_ephemeral: message ? message.ephemeralTo !== null : undefined,
      channel_id: interaction.channelId,
    }),
    resource: compact({ type, message: message ? messageJson(world, message) : undefined }),
  }
}
