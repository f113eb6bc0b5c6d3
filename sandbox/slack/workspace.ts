/**
 * The state of one stand-in workspace: its people, conversations, messages, views, files and
 * what its app was granted. Everything else in this folder reads and changes this one value.
 */
import { randomBytes } from 'node:crypto'
import type { Json, JsonObject } from '../json.ts'

export type User = {
  id: string
  name: string
  realName: string
  tz: string
  locale: string
  email: string
  deleted: boolean
  isBot: boolean
  /** The address of their picture; what Slack draws for people without one is left out. */
  picture: string | null
  /** Their own workspace, where it is not this one: they are here in shared channels. */
  home: { id: string; domain: string } | null
}

export type Channel = {
  id: string
  name: string
  kind: 'public' | 'private' | 'im'
  members: Set<string>
  archived: boolean
}

/** What a person entered into one element, as `state.values` will carry it. */
export type Entered = JsonObject

export type Message = {
  ts: string
  channelId: string
  author: string
  text: string
  blocks: JsonObject[]
  files: string[]
  threadTs: string | null
  /** The only person who sees it; lost when that person reloads. */
  ephemeralTo: string | null
  edited: boolean
  /** The emoji below it, with who put each. */
  reactions: Map<string, Set<string>>
  /** Typed and chosen values, per person, keyed by `entryKey`. */
  entered: Map<string, Map<string, Entered>>
  metadata: Json
}

export type View = {
  id: string
  userId: string
  type: 'modal' | 'home'
  body: JsonObject
  blocks: JsonObject[]
  hash: string
  rootId: string
  previousId: string | null
  entered: Map<string, Entered>
  /** Shown under their blocks, by block_id. */
  errors: Map<string, string>
}

export type StoredFile = {
  id: string
  name: string
  title: string
  /** What getUploadURLExternal was told; null for files people attach. */
  length: number | null
  bytes: Uint8Array | null
  userId: string
  channels: Set<string>
  complete: boolean
  created: number
}

export type Trigger = { userId: string; at: number; used: boolean; viewId: string | null }

export type ResponseUrl = {
  userId: string
  channelId: string
  /** The message it may replace or delete, if it came from one. */
  messageTs: string | null
  at: number
  uses: number
}

export type UserGroup = { id: string; handle: string; name: string; users: string[] }

/** One line of what people saw and did. */
export type TranscriptLine = { at: string; who: string; text: string }

export type Workspace = {
  now: () => number
  url: string
  team: { id: string; domain: string; name: string }
  app: {
    id: string
    botId: string
    botUserId: string
    botName: string
    botToken: string
    /** Whether it is in this workspace now: its token answers, and what people do is delivered. */
    installed: boolean
    signingSecret: string
    verificationToken: string
    scopes: Set<string>
    homeTab: boolean
    messagesTab: boolean
  }
  users: Map<string, User>
  channels: Map<string, Channel>
  messages: Message[]
  /** Open modals, per person, root first. */
  stacks: Map<string, View[]>
  homes: Map<string, View>
  /** Which tab of the app a person looks at. */
  tabs: Map<string, 'messages' | 'home'>
  /** What Slack's client told a person went wrong, since their last gesture. */
  notices: Map<string, string[]>
  files: Map<string, StoredFile>
  uploads: Map<string, string>
  triggers: Map<string, Trigger>
  responseUrls: Map<string, ResponseUrl>
  userGroups: UserGroup[]
  transcript: TranscriptLine[]
  /** Called after anything a person can see has changed. */
  watchers: Set<() => void>
}

const lastTs = new WeakMap<Workspace, number>()

/** A new message timestamp, unique and increasing in its workspace. */
export function newTs(workspace: Workspace): string {
  const micros = Math.max(Math.floor(workspace.now() * 1000), (lastTs.get(workspace) ?? 0) + 1)
  lastTs.set(workspace, micros)
  const digits = String(micros)
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** An id as Slack makes them: a letter that tells the kind, then ten characters. */
export function newId(kind: string): string {
  return kind + [...randomBytes(10)].map((byte) => alphabet[byte % alphabet.length]).join('')
}

/** A generated block_id or action_id. */
export function newBlockId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5)
}

export function secret(bytes = 16): string {
  return randomBytes(bytes).toString('hex')
}

export function entryKey(blockId: string, actionId: string): string {
  return `${blockId}\u0000${actionId}`
}

export function changed(workspace: Workspace): void {
  for (const watcher of [...workspace.watchers]) watcher()
}

export function note(workspace: Workspace, who: string, text: string): void {
  const at = new Date(workspace.now()).toISOString()
  workspace.transcript.push({ at, who, text })
}

/** The person of this name (or real name), whatever the case. */
export function findPerson(workspace: Workspace, name: string): User | undefined {
  const wanted = name.toLowerCase()
  return [...workspace.users.values()].find(
    (user) =>
      !user.isBot && [user.name, user.realName, user.id].some((n) => n.toLowerCase() === wanted),
  )
}

export function addUser(
  workspace: Workspace,
  person: {
    name: string
    realName?: string
    tz?: string
    locale?: string
    isBot?: boolean
    picture?: string
    of?: string
  },
): User {
  const handle = person.name.toLowerCase().replaceAll(' ', '.')
  const user: User = {
    id: newId('U'),
    name: handle,
    realName: person.realName ?? person.name,
    tz: person.tz ?? 'Europe/Berlin',
    locale: person.locale ?? 'en-US',
    email: `${handle}@example.com`,
    deleted: false,
    isBot: person.isBot ?? false,
    picture: person.picture ?? null,
    home: person.of === undefined ? null : { id: newId('T'), domain: person.of },
  }
  workspace.users.set(user.id, user)
  return user
}

export function addChannel(
  workspace: Workspace,
  channel: { name: string; kind?: 'public' | 'private'; members?: string[] },
): Channel {
  const added: Channel = {
    id: newId('C'),
    name: channel.name,
    kind: channel.kind ?? 'public',
    members: new Set(channel.members ?? []),
    archived: false,
  }
  workspace.channels.set(added.id, added)
  return added
}

/** The conversation between the bot and one person, opened when it does not exist yet. */
export function directMessage(workspace: Workspace, userId: string): Channel {
  const { botUserId } = workspace.app
  for (const channel of workspace.channels.values()) {
    if (channel.kind === 'im' && channel.members.has(userId) && channel.members.has(botUserId)) {
      return channel
    }
  }
  const opened: Channel = {
    id: newId('D'),
    name: 'directmessage',
    kind: 'im',
    members: new Set([userId, botUserId]),
    archived: false,
  }
  workspace.channels.set(opened.id, opened)
  return opened
}

/** A trigger_id for something this person just did. */
export function newTrigger(workspace: Workspace, userId: string, viewId: string | null): string {
  const at = workspace.now()
  const id = `${Math.floor(at)}.${workspace.team.id.replace(/\D/g, '') || '1'}.${secret()}`
  workspace.triggers.set(id, { userId, at, used: false, viewId })
  forgetOldest(workspace.triggers, 5000)
  return id
}

/** A response_url for something this person just did in a conversation. */
export function newResponseUrl(
  workspace: Workspace,
  kind: 'actions' | 'commands' | 'app',
  made: { userId: string; channelId: string; messageTs: string | null },
): string {
  const path = `/${kind}/${workspace.team.id}/${Math.floor(workspace.now())}/${secret(12)}`
  workspace.responseUrls.set(path, { ...made, at: workspace.now(), uses: 0 })
  forgetOldest(workspace.responseUrls, 50_000)
  return workspace.url + path
}

function forgetOldest(kept: Map<string, unknown>, most: number): void {
  const [oldest] = kept.keys()
  if (kept.size > most && oldest !== undefined) kept.delete(oldest)
}
