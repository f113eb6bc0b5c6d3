/** Everything Parley can answer; surfaces.ts says where each belongs. */
import type { ExportProgress } from '../../exports/options.ts'
import type { GenerationProgress } from '../../generation/generation.ts'
import type { Problems } from '../../questions/values.ts'
import type { Preferences } from '../../reminders/preferences.ts'
import type { ExportForm, ImportProgress } from './export-import.ts'
import type { Choice, HistoryEntry, Home, Welcome } from './home.ts'
import type { AskForm, FeedbackForm, Hub, PublicPost } from './posts.ts'
import type { InvitationCard, ReminderCard } from './reminders.ts'
import type { Reader, Receipt, TaskCard } from './task-card.ts'

export type Reply =
  /** Show it, ready to answer. `notice` is a line above it, `undo` the answer that line is about. */
  | { type: 'task'; card: TaskCard; notice?: string; undo?: Receipt }
  /** Open (or refill) its form. */
  | { type: 'form'; card: TaskCard; notice?: string; undo?: Receipt }
  /**
   * The session has ended: what was saved, with Undo and Edit. `notice` says what comes next; with
   * `goesOn` there may be more, and a button for it.
   */
  | {
      type: 'receipt'
      saved: Receipt
      notice?: string
      goesOn?: boolean
      /** Where there is more to do, once nothing is left here. */
      elsewhere?: { name: string; title: string }
    }
  /** Keep the form open and show each problem under its field. */
  | { type: 'problems'; problems: Problems }
  | { type: 'reader'; reader: Reader }
  | { type: 'welcome'; welcome: Welcome }
  | { type: 'choices'; choices: Choice[]; notice?: string }
  | { type: 'history'; entries: HistoryEntry[] }
  | { type: 'home'; home: Home }
  | { type: 'invitation'; invitation: InvitationCard }
  | { type: 'reminder'; reminder: ReminderCard }
  /** The outcome of an invitation or a reminder: it replaces the message, buttons included. */
  | { type: 'answered'; text: string }
  | { type: 'preferences'; preferences: Preferences; notice?: string }
  /** A person's stored data, to copy or delete; `confirm` asks once before deletion. */
  | {
      type: 'my-data'
      answers: number
      policy: 'kept' | 'deleted' | 'both'
      asks: 'choose' | 'confirm'
    }
  /** What a channel shows; see PublicPost and Hub. */
  | { type: 'post'; post: PublicPost }
  | { type: 'hub'; hub: Hub }
  /** Open the form of a question to an arena. */
  | { type: 'ask-form'; form: AskForm }
  /** Open the form of a message that was sent to Parley. */
  | { type: 'feedback-form'; form: FeedbackForm }
  /** Open the form of an export, or of an import by file. */
  | { type: 'export-form'; form: ExportForm }
  | { type: 'import-form'; dataset: { name: string; title: string } }
  /** Can be cancelled while it is written. */
  | { type: 'export-progress'; progress: ExportProgress }
  /** Can be cancelled while it is read. */
  | { type: 'import-progress'; progress: ImportProgress }
  /** Can be cancelled while models write. */
  | { type: 'generation-progress'; progress: GenerationProgress }
  /**
   * `report` and `table` are the same with a layout, drawn where there is room for one; `link` is a button
   * below that opens a page.
   */
  | { type: 'notice'; text: string; report?: Report; table?: Table; link?: PageLink }
  /** A press that arrived too soon after a repaint, or twice: change nothing on the screen. */
  | {
      type: 'nothing'
      /** Of a draft with `seen`: what stands there now; `isBehind` if that was changed elsewhere. */
      draft?: { seen: string; isBehind: boolean }
    }
  /** `once`: a temporary copy that is deleted once it was delivered. */
  | { type: 'file'; name: string; path: string; text: string; once?: true }

/** A page outside of chat, and what the button to it says. */
export type PageLink = { label: string; url: string }

/** A page of numbers: what they are of, part by part, and below how to read them. */
export type Report = {
  title: string
  lead: string
  parts: ReportPart[]
  notes: string[]
}

export type ReportPart = { heading: string; text: string; table?: Table }

/** Rows of numbers, if a table can be drawn; `lines` has the same as text. */
export type Table = { caption: string; columns: string[]; rows: Cell[][]; lines: string[] }

/** A text, or a number with how it is written. */
export type Cell = string | { value: number; text: string }
