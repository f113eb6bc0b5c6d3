/**
 * The state of the stand-in: its people, guilds, conversations, messages, interactions and forms.
 * Everything else in this folder reads and changes this one value.
 */
import { type KeyObject, randomBytes } from 'node:crypto'
import type { JsonObject } from '../json.ts'

export type User = {
  id: string
  name: string
  locale: string
  isBot: boolean
  /** On a phone Discord's client has quirks of its own. */
  isPhone: boolean
  /** Whether strangers who share a guild may write to them; the bot is one. */
  dmClosed: boolean
}

export type Member = { userId: string; roles: string[]; joinedAt: number }

export type Role = { id: string; name: string; permissions: bigint; position: number }

/** What one channel allows or denies a role (0) or a member (1). */
export type Overwrite = { id: string; type: 0 | 1; allow: bigint; deny: bigint }

export type Channel = {
  id: string
  name: string
  kind: 'text' | 'voice' | 'announcement' | 'thread' | 'dm'
  /** Null for a conversation with the bot. */
  guildId: string | null
  /** The person a direct message is with. */
  recipientId: string | null
  parentId: string | null
  overwrites: Overwrite[]
  /** What everybody in it may read, oldest first. */
  messages: Message[]
}

export type Guild = {
  id: string
  name: string
  ownerId: string
  locale: string
  /** Whether the app is in it. */
  installed: boolean
  joinedAt: number
  roles: Map<string, Role>
  members: Map<string, Member>
  /** What admins changed about who may use a command, by command id. */
  commandOverwrites: Map<string, { id: string; type: 1 | 2; permission: boolean }[]>
}

export type StoredFile = {
  id: string
  name: string
  description: string | null
  contentType: string
  bytes: Uint8Array
}

export type Message = {
  id: string
  channelId: string
  authorId: string
  /** 0 written, 19 reply, 20 answer to a slash command, 23 to a message command. */
  type: number
  content: string
  embeds: JsonObject[]
  components: JsonObject[]
  files: StoredFile[]
  flags: number
  at: number
  editedAt: number | null
  /** The only person who ever saw it. */
  ephemeralTo: string | null
  /** Reloaded or dismissed: nobody sees it any more, though its token may still edit it. */
  gone: boolean
  /** Who is notified by it: user ids, role ids, `everyone`. */
  pings: string[]
  mentions: string[]
  nonce: string | null
  interaction: Interaction | null
  replyTo: string | null
  /** What people chose in its selects and have before their eyes, by person and custom_id. */
  chosen: Map<string, Map<string, string[]>>
  edits: number[]
}

/** How far the bot got with an interaction. */
export type InteractionState =
  | 'new'
  | 'expired'
  | 'deferred'
  | 'deferred update'
  | 'answered'
  | 'modal'
  | 'choices'

export type Interaction = {
  id: string
  token: string
  /** 2 command, 3 component, 4 autocomplete, 5 modal submission. */
  type: 2 | 3 | 4 | 5
  name: string | null
  userId: string
  channelId: string
  at: number
  state: InteractionState
  /** The message a component or a modal's button stands on. */
  sourceId: string | null
  originalId: string | null
  payload: JsonObject
  /** Called once, when the bot's answer is there or cannot come any more. */
  settled: (how: Settled) => void
}

export type Settled =
  | { how: 'answered' }
  | { how: 'choices'; choices: JsonObject[] }
  | { how: 'failed'; detail: string }

/** What somebody put into one component of a form. */
export type Entered = string | string[] | boolean

export type Form = {
  customId: string
  title: string
  components: JsonObject[]
  entered: Map<string, Entered>
  files: Map<string, StoredFile[]>
  /** Shown under the fields, by custom_id; `''` for the whole form. */
  errors: Map<string, string>
  channelId: string
  /** The message whose button opened it. */
  sourceId: string | null
}

export type Command = {
  id: string
  version: string
  /** 1 slash, 2 on a user, 3 on a message. */
  type: number
  guildId: string | null
  body: JsonObject
}

/** One line of what people saw and did. */
export type TranscriptLine = { at: string; who: string; text: string }

export type World = {
  now: () => number
  url: string
  app: {
    /** The bot's user has the same id. */
    id: string
    name: string
    token: string
    publicKey: string
    privateKey: KeyObject
    /** Privileged intents an admin switched on, as bits. */
    intents: number
    attachmentLimit: number
    /** Where interactions go instead of the gateway, as the app itself set it. */
    endpoint: string | null
  }
  users: Map<string, User>
  guilds: Map<string, Guild>
  channels: Map<string, Channel>
  messages: Map<string, Message>
  /** Private messages, per person, oldest first. */
  ephemerals: Map<string, Message[]>
  interactions: Map<string, Interaction>
  commands: Command[]
  /** New commands of the last day, by guild. */
  created: { guildId: string | null; at: number }[]
  forms: Map<string, Form>
  /** What a phone keeps of each form it ever showed, by person and custom_id. */
  keptForms: Map<string, JsonObject[]>
  /** What Discord's client told a person went wrong, since their last gesture. */
  notices: Map<string, string[]>
  /** The channel a person has before them. */
  here: Map<string, string>
  files: Map<string, StoredFile>
  transcript: TranscriptLine[]
  /** Called after anything a person can see has changed. */
  watchers: Set<() => void>
}

export const flag = { ephemeral: 1 << 6, loading: 1 << 7, componentsV2: 1 << 15 } as const

const epoch = 1_420_070_400_000n
let counter = 0n

/** An id that tells its time, 17 to 19 digits (docs.discord.com/developers/reference#snowflakes). */
export function snowflake(at: number): string {
  counter += 1n
  const time = BigInt(Math.max(0, Math.floor(at))) - epoch
  return String(((time < 0n ? 0n : time) << 22n) | (counter & 0x3f_ffffn))
}

export function secret(bytes = 24): string {
  return randomBytes(bytes).toString('base64url')
}

export function changed(world: World): void {
  for (const watcher of [...world.watchers]) watcher()
}

export function note(world: World, who: string, text: string): void {
  world.transcript.push({ at: new Date(world.now()).toISOString(), who, text })
}

/** The person of this name or id, whatever the case. */
export function findPerson(world: World, name: string): User | undefined {
  const wanted = name.toLowerCase()
  return peopleOf(world).find((user) => [user.name.toLowerCase(), user.id].includes(wanted))
}

export function peopleOf(world: World): User[] {
  return [...world.users.values()].filter((user) => !user.isBot)
}

export function addUser(
  world: World,
  user: { name: string } & Partial<Pick<User, 'locale' | 'isPhone' | 'dmClosed'>> & {
      createdAt?: number
    },
): User {
  // An account is a year old unless told otherwise: most people's are.
  const createdAt = user.createdAt ?? world.now() - 365 * 24 * 3_600_000
  const added: User = {
    id: snowflake(createdAt),
    name: user.name,
    locale: user.locale ?? 'en-US',
    isBot: false,
    isPhone: user.isPhone ?? false,
    dmClosed: user.dmClosed ?? false,
  }
  world.users.set(added.id, added)
  return added
}

export function addChannel(
  world: World,
  channel: Pick<Channel, 'name' | 'kind' | 'guildId'> & Partial<Channel>,
): Channel {
  const added: Channel = {
    id: snowflake(world.now()),
    recipientId: null,
    parentId: null,
    overwrites: [],
    messages: [],
    ...channel,
  }
  world.channels.set(added.id, added)
  return added
}

/** The conversation between the bot and one person, opened when it does not exist yet. */
export function directMessage(world: World, userId: string): Channel {
  for (const channel of world.channels.values()) {
    if (channel.kind === 'dm' && channel.recipientId === userId) return channel
  }
  return addChannel(world, { name: 'dm', kind: 'dm', guildId: null, recipientId: userId })
}

export function guildOf(world: World, channel: Channel): Guild | null {
  return channel.guildId === null ? null : (world.guilds.get(channel.guildId) ?? null)
}

export function channelsOf(world: World, guild: Guild): Channel[] {
  return [...world.channels.values()].filter((channel) => channel.guildId === guild.id)
}
