/** The payload of an interaction, as far as Parley uses it: who, where, and attached files. Pure. */
import type { Person, Told } from '../../../src/chat/port/port.ts'
import { flags } from '../limits.ts'
import type { RawMessage } from './own-message.ts'

/** A payload, as far as we use it. */
export type Raw = {
  id: string
  type: number
  data?: Data
  guild_id?: string
  channel_id?: string
  channel?: { id?: string }
  member?: {
    user?: User
    roles?: string[]
    joined_at?: string
    nick?: string | null
    avatar?: string | null
  }
  user?: User
  locale?: string
  guild_locale?: string
  /** 0 a guild, 1 the DM with us, 2 another private channel. */
  context?: number
  message?: { id?: string; flags?: number }
  attachment_size_limit?: number
}
type User = {
  id: string
  username?: string
  global_name?: string | null
  avatar?: string | null
}
type Data = {
  name?: string
  type?: number
  options?: RawOption[]
  target_id?: string
  resolved?: {
    messages?: Record<string, RawMessage>
    attachments?: Record<string, RawAttachment>
  }
  custom_id?: string
  component_type?: number
  values?: string[]
  components?: RawComponent[]
}
export type RawOption = {
  name: string
  type?: number
  value?: string | number | boolean
  focused?: boolean
  options?: RawOption[]
}
type RawAttachment = { filename?: string; size?: number; url?: string }
export type RawComponent = {
  type?: number
  custom_id?: string
  value?: string | boolean | null
  values?: string[]
  component?: RawComponent
  components?: RawComponent[]
}

/** An attached file, not downloaded yet. */
export type Attachment = { name: string; size: number; url: string }

/** It came over a verified connection, so its shape is trusted. */
export function asRaw(payload: object): Raw {
  return payload as Raw
}

/** The person, with roles and channel from the payload, not from a cache. */
export function personOf(raw: Raw): Person {
  const { member, user, guild_id, locale } = raw
  const channelId = channelOf(raw)
  return {
    platform: 'discord',
    workspace: '',
    userId: member?.user?.id ?? user?.id ?? '',
    ...(channelId ? { channelId } : {}),
    ...(guild_id ? { guildId: guild_id } : {}),
    ...(member?.roles ? { roles: member.roles } : {}),
    ...(locale ? { locale } : {}),
  }
}

/**
 * How the payload names the person, and the address of their picture: that of the server goes before their
 * own (discord.com/developers/docs/reference#image-formatting).
 */
export function toldOf({ member, user, guild_id }: Raw): Told {
  const account = member?.user ?? user
  const name = member?.nick || account?.global_name || account?.username || null
  if (!account) return { name, picture: null }
  const own = account.avatar ? `avatars/${account.id}/${account.avatar}` : null
  const here =
    member?.avatar && guild_id
      ? `guilds/${guild_id}/users/${account.id}/avatars/${member.avatar}`
      : own
  return { name, picture: here && `https://cdn.discordapp.com/${here}.png?size=128` }
}

export function channelOf(raw: Raw): string | undefined {
  return raw.channel_id ?? raw.channel?.id
}

/** Whether only this person sees the message a gesture was made on. */
export function isPrivate(raw: Raw): boolean {
  return isDm(raw) || ((raw.message?.flags ?? 0) & flags.ephemeral) !== 0
}

export function isDm(raw: Raw): boolean {
  return raw.context === 1 || (raw.context === undefined && raw.guild_id === undefined)
}

export function attachmentIn(raw: Raw, id: unknown): Attachment | null {
  const all = raw.data?.resolved?.attachments
  const found = typeof id === 'string' && all && Object.hasOwn(all, id) ? all[id] : undefined
  if (!found?.url) return null
  return { name: found.filename ?? '', size: found.size ?? 0, url: found.url }
}
