/** Creates, changes and deletes messages for every caller, and notifies watchers. */
import { compact, isObject, type Json, type JsonObject, list, objects, text } from '../json.ts'
import { flat, kind, numbered } from './components.ts'
import { messageJson } from './payloads.ts'
import { channelPermissions, permissions } from './permissions.ts'
import {
  type Channel,
  changed,
  flag,
  guildOf,
  type Interaction,
  type Message,
  type StoredFile,
  snowflake,
  type World,
} from './world.ts'

/** A file of a request, by the number it has there. */
export type Upload = { number: number; name: string; contentType: string; bytes: Uint8Array }

export type Draft = {
  channel: Channel
  authorId: string
  body: JsonObject
  uploads?: readonly Upload[]
  /** The interaction it answers. */
  interaction?: Interaction
  type?: number
}

/** Hears of messages everybody in a channel can see; the gateway is one. */
export type MessageEvents = (event: 'CREATE' | 'UPDATE' | 'DELETE', message: Message) => void

export function createMessage(world: World, tell: MessageEvents, draft: Draft): Message {
  const { channel, body, interaction } = draft
  const flags = typeof body['flags'] === 'number' ? body['flags'] : 0
  const isEphemeral = interaction !== undefined && (flags & flag.ephemeral) !== 0
  const nonce = body['nonce']
  const replyTo = isObject(body['message_reference'])
    ? text(body['message_reference']['message_id'])
    : null
  const message: Message = {
    id: snowflake(world.now()),
    channelId: channel.id,
    authorId: draft.authorId,
    type: draft.type ?? (replyTo === null ? 0 : 19),
    content: text(body['content']),
    embeds: objects(body['embeds']),
    components: numbered(objects(body['components'])),
    files: filesOf(world, body, draft.uploads ?? [], []),
    flags: isEphemeral ? flags : flags & ~flag.ephemeral,
    at: world.now(),
    editedAt: null,
    ephemeralTo: isEphemeral ? interaction.userId : null,
    gone: false,
    pings: [],
    mentions: [],
    nonce: nonce === undefined || nonce === null ? null : String(nonce),
    interaction: interaction ?? null,
    replyTo,
    chosen: new Map(),
    edits: [],
  }
  Object.assign(message, pingsOf(world, channel, message, body['allowed_mentions']))
  world.messages.set(message.id, message)
  if (message.ephemeralTo === null) {
    channel.messages.push(message)
    tell('CREATE', message)
  } else {
    const own = world.ephemerals.get(message.ephemeralTo) ?? []
    own.push(message)
    world.ephemerals.set(message.ephemeralTo, own)
  }
  changed(world)
  return message
}

/** Changes what the body names and leaves the rest; the flag of components V2 never goes. */
export function editMessage(
  world: World,
  tell: MessageEvents,
  message: Message,
  body: JsonObject,
  uploads: readonly Upload[] = [],
): void {
  const has = (key: string) => body[key] !== undefined
  if (has('content')) message.content = text(body['content'])
  if (has('embeds')) message.embeds = objects(body['embeds'])
  if (has('components')) {
    message.components = numbered(objects(body['components']))
    // A select that was redrawn shows its defaults again.
    message.chosen.clear()
  }
  if (has('attachments') || uploads.length > 0) {
    message.files = filesOf(world, body, uploads, message.files)
  }
  const flags = typeof body['flags'] === 'number' ? body['flags'] : 0
  message.flags = (message.flags & ~flag.loading) | (flags & flag.componentsV2)
  message.editedAt = world.now()
  message.edits.push(world.now())
  const channel = world.channels.get(message.channelId)
  if (channel) {
    // An edit notifies nobody again, but the app sees its mentions.
    const { mentions } = pingsOf(world, channel, message, body['allowed_mentions'])
    message.mentions = mentions
  }
  if (message.ephemeralTo === null) tell('UPDATE', message)
  changed(world)
}

export function deleteMessage(world: World, tell: MessageEvents, message: Message): void {
  world.messages.delete(message.id)
  message.gone = true
  const channel = world.channels.get(message.channelId)
  if (message.ephemeralTo === null) {
    if (channel) channel.messages = channel.messages.filter((one) => one !== message)
    tell('DELETE', message)
  } else {
    const own = world.ephemerals.get(message.ephemeralTo) ?? []
    world.ephemerals.set(
      message.ephemeralTo,
      own.filter((one) => one !== message),
    )
  }
  changed(world)
}

/** The files a message has from now on: those it keeps, and those that came along. */
function filesOf(
  world: World,
  body: JsonObject,
  uploads: readonly Upload[],
  before: readonly StoredFile[],
): StoredFile[] {
  const listed = objects(body['attachments'])
  const kept = Array.isArray(body['attachments'])
    ? before.filter((file) => listed.some((one) => String(one['id']) === file.id))
    : [...before]
  const added = uploads.map((upload) => {
    const entry = listed.find((one) => String(one['id']) === String(upload.number))
    const file: StoredFile = {
      id: snowflake(world.now()),
      name: text(entry?.['filename']) || upload.name,
      description: text(entry?.['description']) || null,
      contentType: upload.contentType,
      bytes: upload.bytes,
    }
    world.files.set(file.id, file)
    return file
  })
  return [...kept, ...added]
}

/** Every text of a message in which a mention counts. */
function textOf(message: Message): string {
  const texts = flat(message.components).filter((one) => one['type'] === kind.text)
  return [message.content, ...texts.map((one) => text(one['content']))].join('\n')
}

/**
 * Whom a message mentions and whom it notifies. Without `allowed_mentions` a written message
 * parses everything, an answer to an interaction users only
 * (docs.discord.com/developers/resources/message#allowed-mentions-object).
 */
function pingsOf(
  world: World,
  channel: Channel,
  message: Message,
  allowed: Json | undefined,
): { pings: string[]; mentions: string[] } {
  const found = textOf(message)
  const users = [...found.matchAll(/<@!?(\d+)>/g)].flatMap(([, id]) => id ?? [])
  const roles = [...found.matchAll(/<@&(\d+)>/g)].flatMap(([, id]) => id ?? [])
  const parses: readonly Json[] = isObject(allowed)
    ? list(allowed['parse'])
    : message.interaction
      ? ['users']
      : ['users', 'roles', 'everyone']
  const named = (key: 'users' | 'roles', ids: string[]) =>
    parses.includes(key)
      ? ids
      : ids.filter((id) => isObject(allowed) && list(allowed[key]).includes(id))
  const held = channelPermissions(world, channel, message.authorId)
  const shouts = /@(everyone|here)/.test(found) && parses.includes('everyone')
  const mayShout = (held & permissions.MENTION_EVERYONE) !== 0n
  const real = guildOf(world, channel)?.roles ?? new Map()
  const pings = [
    ...named('users', users),
    ...(mayShout ? named('roles', roles).filter((id) => real.has(id)) : []),
    ...(shouts && mayShout ? ['everyone'] : []),
  ]
  const mentions = [...new Set(users)].filter((id) => world.users.has(id))
  return { pings: [...new Set(pings)], mentions }
}

/** MESSAGE_CREATE and its like: the message, and where it is. */
export function messageEvent(world: World, message: Message, isWhole: boolean): JsonObject {
  const channel = world.channels.get(message.channelId)
  const guild = channel ? guildOf(world, channel) : null
  return compact({
    ...messageJson(world, message, isWhole),
    guild_id: guild?.id,
  })
}
