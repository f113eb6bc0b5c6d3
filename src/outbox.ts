/**
 * A platform as the product sees it: sends messages, looks up people and groups. Chat decides what a
 * message shows (chat/port) and the platform draws it; here it is opaque.
 */
import type { Person, Platform } from './labelers/person.ts'
import type { Question } from './questions/question.ts'

/** A place many people read. */
export type Channel = {
  platform: Platform
  workspace: string
  channelId: string
  /** The message it belongs to: in its thread, or as a reply to it. */
  thread?: string
}

/** The content; only chat and the platforms read it. */
export type Message = { readonly type: string }

/** The platform's own address of a message, opaque to the core. */
export type Delivered = {
  platform: Platform
  workspace: string
  channel: string
  message: string
  /** The language it was drawn in, if not the default. */
  locale?: string | undefined
}

/** One attempt to send a stored message. */
export type Attempt = {
  /** The same at every attempt, and no other message's; at most 25 characters. */
  id: string
  /** Awaited right before the call that may arrive: an attempt that fails earlier was certainly not sent. */
  starting(): Promise<void>
}

/** What a failed send means for the message. */
export type SendFailure =
  /** It was not sent and may be sent again, after `afterMs` if the platform asked for that. */
  | { type: 'later'; afterMs: number | null }
  /** It is unknown whether it arrived. */
  | { type: 'unknown' }
  /** This person or channel cannot be reached any more. */
  | { type: 'gone'; reason: string }
  /** The whole workspace accepts nothing from us any more. */
  | { type: 'dead'; reason: string }
  | { type: 'refused' }

/**
 * A file given in chat; the worker fetches its bytes. `ref` identifies it on its platform and is not
 * secret: Slack's file id, or the address of Discord's attachment.
 */
export type GivenFile = { name: string; size: number; ref: string }

/** The message, and the form that its button opens, where it has one. */
export type DrawnPreview = { message: object; form: object | null }

/** A platform that is on. */
export interface Outbox {
  readonly platform: Platform
  /** Its token comes from the configuration, so a workspace this process can reach counts as connected. */
  readonly hasConfiguredToken?: boolean
  /** Why this platform cannot draw these questions, or null. Asked when a dataset is published. */
  unsupported(questions: readonly Question[]): string | null
  /** Sends a message to a person (their DM, private) or a channel. */
  send(to: Person | Channel, message: Message, attempt?: Attempt): Promise<Delivered>
  /**
   * For how long the platform recognises a repeated message by the id of its attempts: until then a message
   * of unknown outcome may be sent again, and appears once.
   */
  readonly knownAgainMs?: number
  /** How many messages may be in flight per workspace; higher if the platform allows more. */
  readonly mostAtOnce?: number
  /** A card as this platform draws it, in its own JSON: for a page that shows how it will look. */
  drawPreview?(message: Message, locale?: string): DrawnPreview
  /** Changes a message sent before. */
  repaint(delivered: Delivered, message: Message): Promise<void>
  /** The largest file a message may carry; larger ones get a link. */
  readonly mostFileBytes?: number
  /**
   * The bytes of a file that this person gave, fetched with our own token.
   * @throws ParleyError `invalid` if the platform does not provide it (any more), or it is too large.
   */
  openFile?(by: Person, file: GivenFile): AsyncIterable<Uint8Array>
  /** The text of one message that somebody has reacted to; null if it was deleted. Nothing else is read. */
  readMessage?(at: { workspace: string; channel: string; message: string }): Promise<string | null>
  /** Whether a failed send means that this place never accepts such a file. */
  refusesFile?(error: unknown): boolean
  /** What a send failure means; without it, `forbidden` means gone and anything else unknown. */
  failureOf?(error: unknown): SendFailure
  /**
   * Finds the channel, group or role that an access list names; `entry` is its form in the list.
   * `problem` tells an admin why it would admit nobody, and the remedy.
   */
  findGroup?(text: string): Promise<{ entry: string; workspace?: string } | { problem: string }>
  /**
   * The channel a command names, by name, id or the platform's mention; in this workspace or server, if one
   * is named. `problem` says why Parley cannot post there, and the remedy.
   */
  findChannel?(text: string, workspace?: string): Promise<Channel | { problem: string }>
  /** Whether this person is in such a group now. @throws ParleyError if that cannot be determined. */
  memberOf?(person: Person, entry: string): Promise<boolean>
  /** The members of such a group, if the platform lists them. */
  membersOf?(entry: string): Promise<Person[]>
  /**
   * How many people are in such a group, in this workspace if given, otherwise the current one; null if the
   * platform does not report it.
   */
  countOf?(entry: string, workspace?: string): Promise<number | null>
  /** Whether this person exists and Parley can reach them; true if that cannot be determined. */
  isThere?(person: Person): Promise<boolean>
  /** Whether this id is a server Parley is in; false for a person's id. */
  isServer?(id: string): Promise<boolean>
  /** The person's profile; null if the platform or our permissions give none. */
  profile?(person: Person): Promise<{
    zone: string | null
    locale: string | null
    /** The name others see, and the address of the picture. */
    name?: string | null
    picture?: string | null
  } | null>
  /** Whether the platform accepts our credentials; for `doctor` and `/readyz`. */
  check(): Promise<{ ok: boolean; detail: string }>
  /** Resolves when all work started by gestures is done; stops nothing. */
  settled?(): Promise<void>
}
