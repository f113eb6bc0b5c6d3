/** Answers to an interaction, and where on screen they go. */
import type { Interaction, Person, Reply, ShownForm } from '../../../src/chat/port/port.ts'
import { type Words, wordsOn } from '../../../src/chat/words/words.ts'
import { type Component, type MessageBody, type ModalBody, message } from '../draw/components.ts'
import { isBeside } from '../receive/parse.ts'
import type { Parsed } from '../receive/parsed.ts'
import { isDm, isPrivate, type Raw } from '../receive/payload.ts'

/** A file that goes with a message, in the order of its attachments. */
export type FileToSend = { name: string; bytes: Uint8Array }

export type Answer =
  /** A new message for this person alone. */
  | { type: 'message'; body: MessageBody; files: FileToSend[] }
  /** In place of the message the gesture was made on. */
  | { type: 'update'; body: MessageBody; files: FileToSend[] }
  /** A form; `instead` is what to show where none can open any more. */
  | { type: 'modal'; modal: ModalBody; instead: () => Answer }
  | { type: 'choices'; choices: { name: string; value: string }[] }
  /** Nothing changes on the screen. */
  | { type: 'nothing' }
  | { type: 'pong' }

/** The first answer and what follows it. */
export type Answers = {
  first: Answer
  more: Answer[]
  later?: () => Promise<Answer[]>
  /** What its message now shows, if that is about a task. */
  shows?: Reply
}

/** What answering needs from Parley and the network. */
export type AnswerContext = {
  handle: (interaction: Interaction) => Promise<Reply>
  shown: (by: Person, assignmentId: string, schemaVersion: number) => Promise<ShownForm | null>
  /** At most `most` bytes of what a file's address holds. @throws ParleyError */
  download: (url: string, most: number) => AsyncIterable<Uint8Array>
  readFile: (path: string) => Promise<Uint8Array>
  log: {
    warn(o: object, m?: string): void
    error(o: object, m?: string): void
  }
}

/** Where an answer goes, and in which language. */
export type Place = {
  said: Words
  /** The answer replaces the private message it was made on. */
  updates: boolean
  ephemeral: boolean
  nonce: string
  /** A form may open. */
  opens: boolean
}

export function placeOf(raw: Raw, parsed: Parsed): Place {
  return {
    said: wordsOn('discord', raw.locale),
    updates: raw.message !== undefined && isPrivate(raw) && !isBeside(parsed),
    ephemeral: !isDm(raw),
    nonce: raw.id,
    opens: raw.type !== 5,
  }
}

/** Replaces the private message it was made on; else a new message. */
export function place(components: Component[], at: Place): Answer {
  return at.updates
    ? { type: 'update', body: message(components), files: [] }
    : beside(components, at)
}

/** A new message, wherever the gesture was made. */
export function beside(components: Component[], at: Place): Answer {
  return { type: 'message', body: message(components, at.ephemeral), files: [] }
}

/** An answer with nothing to follow. */
export function only(answer: Answer): Answers {
  return { first: answer, more: [] }
}
