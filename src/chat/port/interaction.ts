/** Everything a person can do in chat. */
import type { TextView } from '../../assignments/assignment.ts'
import type { GenerationFlags } from '../../generation/options.ts'
import type { Person } from '../../labelers/person.ts'
import type { GivenFile } from '../../outbox.ts'
import type { Parley } from '../../parley.ts'
import type { PreferenceChange } from '../../reminders/preferences.ts'
import type { Later } from '../../reminders/reminder.ts'
import type { SkipReason } from '../../responses/reason.ts'
import type { Words } from '../words/english.ts'
import type { Follows } from './posts.ts'
import type { Reply } from './reply.ts'
import type { ReaderPart, Tap } from './task-card.ts'

/** Who may type a command. */
export type Rank = 'labeler' | 'admin'

export type Interaction = { by: Person } & (
  | { type: 'next'; dataset?: string }
  | { type: 'open'; assignmentId: string }
  | { type: 'press'; assignmentId: string; schemaVersion: number; press: number }
  | { type: 'rank'; assignmentId: string; schemaVersion: number; step: number; tap: Tap }
  | { type: 'submit'; assignmentId: string; schemaVersion: number; values: unknown }
  | {
      type: 'draft'
      assignmentId: string
      values: unknown
      /** Questions that the form did not show: what is kept of them stays. */
      hidden?: readonly string[]
      /** Of an answer that was submitted before. */
      editing?: boolean
      /** What stood on the card it was typed on (seen.ts): if that changed elsewhere, nothing is stored. */
      seen?: string
    }
  /** A message of the person's own, to be the text of the task they have open. */
  | { type: 'use'; text: string }
  /** `text` is another reason than those there are, in the person's own words. */
  | { type: 'discard'; assignmentId: string; reason: SkipReason; text?: string }
  | { type: 'undo'; assignmentId: string; revision?: number }
  | { type: 'edit'; assignmentId: string }
  /** `view` for this reading alone; without it as the card has it. */
  | { type: 'read'; assignmentId: string; part: ReaderPart; view?: TextView }
  /** Has the texts of a task shown rendered, or as they were written; `editing` in a form of an answer. */
  | { type: 'render'; assignmentId: string; view: TextView; editing?: boolean }
  | { type: 'guidelines'; assignmentId: string }
  | { type: 'consent'; version: number; dataset?: string; zone?: string }
  /** Does not want to take part: nothing is kept of it. */
  | { type: 'decline' }
  | { type: 'datasets' }
  | { type: 'progress' }
  | { type: 'history' }
  | { type: 'help' }
  | { type: 'home' }
  | { type: 'dataset-guidelines'; dataset: string }
  | { type: 'claim-admin'; code: string }
  | { type: 'admin-progress'; dataset?: string }
  | { type: 'admin-stats'; dataset: string }
  | { type: 'admin-publish'; dataset: string }
  | { type: 'admin-pause'; dataset: string }
  | {
      type: 'admin-export'
      dataset: string
      format: string
      options: Record<string, string>
      /** Values that do not fit are reported under the fields of a form. */
      inForm?: true
    }
  /** Makes a code to type on the other platform; with a code, joins the two. */
  | { type: 'link'; code?: string }
  | { type: 'my-data'; act?: 'export' | 'delete'; confirmed?: true }
  | { type: 'reminders' }
  | { type: 'prefer'; change: PreferenceChange }
  | { type: 'start-invitation'; invitationId: string }
  | { type: 'start-reminded'; reminderId: string; dataset: string }
  | { type: 'remind-later'; reminderId: string; until: Later }
  | { type: 'turn-off'; reminderId: string }
  | {
      type: 'admin-deliver'
      dataset: string
      to: string
      each?: number
      due?: string
      /** Sends messages of unknown outcome again. */
      again?: boolean
      /** Reports how many people that is, and invites nobody. */
      counts?: boolean
    }
  /** A daily word about a dataset in the channel where this was typed, or no more of it. */
  | { type: 'admin-remind'; dataset: string; on: boolean }
  /**
   * Opens one's own ballot of a post; `choice` votes at once, by the place of the press. `on` is the
   * message that was pressed, where it is known.
   */
  | { type: 'vote'; postId: string; choice?: number; on?: string }
  /** Asks the arena of a channel: by default the one where it was typed. */
  | {
      type: 'ask'
      prompt?: string
      channel?: string
      /** The message it stands below, if it is one already. */
      thread?: string
      follows?: Follows
      /** The key of the consent that stood on the form. */
      agreed?: string
      /** A problem is shown under its field in the form. */
      inForm?: true
    }
  /** Sends a message of another app to Parley; `text` is all of it. */
  | { type: 'send-message'; channel: string; message: string; text: string }
  /** The form of such a message, filled in; `place` is that of the dataset in the form's list. */
  | {
      type: 'send-verdict'
      form: string
      place: number
      verdict: 'up' | 'down'
      asked: string
      reason: string
      /** A problem is shown in the form. */
      inForm: true
    }
  /** A thumb put on a message, or taken back; `author` wrote the message, `at` is when it happened. */
  | {
      type: 'react'
      channel: string
      message: string
      author: string
      thumb: 'up' | 'down'
      isOn: boolean
      at: string
    }
  /** Deletes a question of one’s own in this channel: the newest, or the one of this number. */
  | { type: 'unask'; question?: string }
  /** Without a channel it is opened, or closed, where this was typed. */
  | { type: 'admin-arena'; dataset: string; channel?: string; open: boolean }
  /** Without a channel it is posted where this was typed; `channel` is as somebody writes it. */
  | {
      type: 'admin-post'
      dataset: string
      channel?: string
      records?: number
      closesInHours?: number
    }
  | { type: 'admin-hub'; dataset: string; channel?: string }
  | { type: 'admin-help' }
  | { type: 'admin-preview'; dataset: string }
  | { type: 'admin-export-form'; dataset: string; format?: string }
  | { type: 'admin-import-form'; dataset: string }
  /** Without an id: their newest one that is running. */
  | { type: 'admin-export-cancel'; exportId?: string }
  | { type: 'admin-import'; dataset: string; file: GivenFile }
  /** Without an id: their newest one that is running. */
  | { type: 'admin-import-cancel'; importId?: string }
  | { type: 'admin-generate'; dataset: string; flags: GenerationFlags }
  /** Without an id: the newest one that they follow. */
  | { type: 'admin-generate-cancel'; generationId?: string }
  /** What only a command does, and no button: see src/chat/commands. */
  | { type: 'command'; rank: Rank; run: (parley: Parley, said: Words) => Promise<Reply> }
)
