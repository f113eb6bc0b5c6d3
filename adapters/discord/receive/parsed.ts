/** A parsed payload: a gesture, or a look-up that is needed first. */
import type { Argument } from '../../../src/chat/commands/arguments.ts'
import type {
  Interaction,
  Person,
  Rank,
  ReaderPart,
  TextView,
} from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import type { ZoneAt } from '../draw/home/zones.ts'
import type { Filled } from '../draw/questions/inputs.ts'
import type { FormMeta } from './form-ids.ts'
import type { Greet, HomeVerb } from './page-ids.ts'
import type { Attachment } from './payload.ts'
import type { Pick, ReadAs, Start, TextRef } from './task-ids.ts'

/** The result of parsing: a gesture, or a look-up that is needed first. */
export type Parsed =
  | { type: 'ping' }
  | { type: 'autocomplete'; by: Person; ask: Asking }
  | { type: 'gesture'; gesture: Interaction; asked: Asked }
  | { type: 'open'; gesture: Interaction; start: Start | null }
  | {
      type: 'read'
      by: Person
      on: { assignmentId: string; schemaVersion: number }
      ref: TextRef
      part: ReaderPart | null
      page: number
      as: ReadAs
      view: TextView | null
    }
  /** The card's texts rendered, or as written; `start` is where its form continues. */
  | { type: 'render'; gesture: Interaction; start: Start | null }
  | { type: 'pick'; by: Person; pick: Pick; chosen: readonly string[] }
  | { type: 'page'; by: Person; pick: Pick }
  | { type: 'done'; by: Person; assignmentId: string; schemaVersion: number; editing: boolean }
  | { type: 'panel'; by: Person; dataset: string }
  | {
      type: 'dataset'
      gesture: Interaction
      act: HomeVerb
      dataset: string
      page: number
      turn: boolean
    }
  | { type: 'zones'; by: Person; at: ZoneAt }
  /** The first card with another time zone; nothing is stored. */
  | { type: 'welcome'; by: Person; greet: Greet }
  | {
      type: 'form'
      by: Person
      meta: FormMeta
      entered: Map<string, Filled>
      files: Map<string, Attachment>
    }
  /** Another reason to skip is to be asked for. */
  | { type: 'ask-reason'; by: Person; assignmentId: string }
  | {
      type: 'export'
      by: Person
      dataset: string
      format: string | null
      values: Map<string, string>
    }
  | { type: 'import'; by: Person; dataset: string; file: Attachment | null; most: number }
  /** Not understood, or refused at once: the message. */
  | { type: 'say'; text: (said: Words) => string }

/** Details from the gesture that its reply does not have. */
export type Asked = { wish?: string }

/** The option being typed, what its command suggests for it, its text so far, and the dataset named beside it. */
export type Asking = {
  option: string
  suggests: Argument['suggests'] | null
  text: string
  dataset: string | null
  rank: Rank
}
