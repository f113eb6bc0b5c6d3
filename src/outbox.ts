/**
 * The way out to a platform, as the product sees it: messages go out, people and groups are looked up.
 * What a message shows is chat's to say (chat/port) and the platform's to draw; here it is opaque.
 */
import type { Person, Platform } from './labelers/person.ts'
import type { Question } from './questions/question.ts'

/** A place many people read. */
export type Channel = {
  platform: Platform
  workspace: string
  channelId: string
  /** The message it stands under: in its thread, or as an answer to it. */
  thread?: string
}

/** What is sent; only chat and the platforms look into it. */
export type Message = { readonly type: string }

/** The platform's own address of a message, opaque to the inside. */
export type Delivered = {
  platform: Platform
  workspace: string
  channel: string
  message: string
  /** The language it was drawn in, where that is not the usual one. */
  locale?: string | undefined
}

/** One attempt to send a message that is written down. */
export type Attempt = {
  /** The same at every attempt, and no other message's; at most 25 characters. */
  id: string
  /** Awaited right before the call that may arrive: what is given up earlier was surely not sent. */
  starting(): Promise<void>
}

/** What a failed send means for the message. */
export type SendFailure =
  /** It was not sent and may be sent again, `afterMs` from now where the platform said so. */
  | { type: 'later'; afterMs: number | null }
  /** Nobody knows whether it arrived. */
  | { type: 'unknown' }
  /** This person or channel cannot be reached any more. */
  | { type: 'gone'; reason: string }
  /** The whole workspace takes nothing from us any more. */
  | { type: 'dead'; reason: string }
  | { type: 'refused' }

/**
 * A file somebody gave in chat; the worker fetches its bytes. `ref` is how its platform finds it
 * again, and no secret: Slack's id of it, or the address of Discord's attachment.
 */
export type GivenFile = { name: string; size: number; ref: string }

/** A platform that is on. */
export interface Outbox {
  readonly platform: Platform
  /** Its token is the operator's, so that nothing counts as left which this start can reach again. */
  readonly hasConfiguredToken?: boolean
  /** Why this platform cannot draw these questions, or null. Asked when a dataset is published. */
  unsupported(questions: readonly Question[]): string | null
  /** Sends a message to a person (their DM, private) or a channel. */
  send(to: Person | Channel, message: Message, attempt?: Attempt): Promise<Delivered>
  /**
   * For how long the platform knows a message again by the id of its attempts: until then one of which
   * nobody knows whether it arrived may be sent again, and stands there once.
   */
  readonly knownAgainMs?: number
  /** How many messages may be under way in a workspace at a time: more where it lets more pass. */
  readonly mostAtOnce?: number
  /** Changes a message sent before. */
  repaint(delivered: Delivered, message: Message): Promise<void>
  /** The largest file it takes along with a message; what is larger gets a link. */
  readonly mostFileBytes?: number
  /**
   * The bytes of a file that this person gave, fetched with our own token.
   * @throws ParleyError `invalid` where the platform does not hand it out (any more), or too much.
   */
  openFile?(by: Person, file: GivenFile): AsyncIterable<Uint8Array>
  /** Whether a failed send means that this place takes no such file, however often it is tried. */
  refusesFile?(error: unknown): boolean
  /** What the failure of a send means; without it `forbidden` is gone and all else unknown. */
  failureOf?(error: unknown): SendFailure
  /**
   * Finds the channel, group or role that an access list names; `entry` is how the list keeps it.
   * `problem` tells an admin why nobody could be let in by it, and what to do.
   */
  findGroup?(text: string): Promise<{ entry: string; workspace?: string } | { problem: string }>
  /**
   * The channel a command names, by its name, its id or as the platform mentions it; in this workspace
   * or server, where one is named. `problem` says why nothing can be posted there, and what to do.
   */
  findChannel?(text: string, workspace?: string): Promise<Channel | { problem: string }>
  /** Whether this person is in such a group now. @throws ParleyError when that cannot be told. */
  memberOf?(person: Person, entry: string): Promise<boolean>
  /** Who is in such a group, where the platform lists that. */
  membersOf?(entry: string): Promise<Person[]>
  /**
   * How many people are in such a group, of this workspace where it is not the one asked from; null
   * where the platform does not tell.
   */
  countOf?(entry: string, workspace?: string): Promise<number | null>
  /** Whether there is such a person, whom Parley may meet here; true where that cannot be told. */
  isThere?(person: Person): Promise<boolean>
  /** Whether this id is a server Parley is in; a person's id is none. */
  isServer?(id: string): Promise<boolean>
  /** What the person's profile says; null where the platform or our permissions tell nothing. */
  profile?(person: Person): Promise<{ zone: string | null; locale: string | null } | null>
  /** Whether the platform accepts our credentials; for `doctor` and `/readyz`. */
  check(): Promise<{ ok: boolean; detail: string }>
  /** Resolves when nothing runs any more that a gesture led to; switches nothing off. */
  settled?(): Promise<void>
}
