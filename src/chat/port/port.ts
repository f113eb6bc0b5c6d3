/**
 * The seam between the product and the platforms: a labeler's gesture comes in as an Interaction, a
 * Reply goes out. An adapter implements ChatAdapter and may import nothing else of the inside but
 * this file, words.ts, text.ts and the questions room.
 */
import type { Hono } from 'hono'
import type { TextView } from '../../assignments/assignment.ts'
import type { OfferedFormat } from '../../exports/offered.ts'
import type { ExportProgress } from '../../exports/options.ts'
import type { ImportReport } from '../../imports/report.ts'
import type { Person, Platform } from '../../labelers/person.ts'
import type { Rendering } from '../../markdown/tree.ts'
import type { Attempt, Channel, Delivered, GivenFile, Outbox, SendFailure } from '../../outbox.ts'
import type { Question } from '../../questions/question.ts'
import type { Problems, Values } from '../../questions/values.ts'
import type { PreferenceChange, Preferences } from '../../reminders/preferences.ts'
import type { Later, ReminderKind } from '../../reminders/reminder.ts'
import { mostReasonChars, type SkipReason, skipReasons } from '../../responses/reason.ts'

export type {
  Attempt,
  Channel,
  Delivered,
  ExportProgress,
  GivenFile,
  ImportReport,
  Later,
  Person,
  Platform,
  PreferenceChange,
  Preferences,
  ReminderKind,
  SendFailure,
  TextView,
}

export type Message = { role: string; content: string }
/** A text, or a chat as a list of messages. */
export type Content = string | Message[]

/** One named thing to read before answering. */
export type Passage = { name: string; title: string; content: Content }

/** One candidate output under its blind letter. */
export type ShownOutput = { letter: string; id: string; content: Content }

/** A ready answer: one press commits it. Both have a `tone` where the choice is thumbs up or down. */
export type Press = {
  text: string
  values: Values
  style?: 'primary' | 'danger'
  tone?: 'positive' | 'negative'
}

export const tapWords = ['same', 'rest', 'back', 'none', 'done'] as const
/**
 * One touch of a ranking made on the card itself: an output by its place; `same`: the next one is as
 * good as the last; `rest`: those left are equal; `back`: takes the last tap back; `none`: not one is
 * acceptable; `done`: it stays as it is.
 */
export type Tap = number | (typeof tapWords)[number]

/** A ranking made by taps, best first; see taps.ts. */
export type TapPanel = {
  title: string
  /** What the output tapped next becomes; `nothing` once all have a rank. */
  asks: 'best' | 'next' | 'worst' | 'nothing'
  /** What was tapped so far, e.g. "A > C"; '' before the first. */
  said: string
  /** The letter tapped last, which `same` is about. */
  last: string | null
  /** Whether the next output tapped is as good as the last. */
  same: boolean
  /** Which screen this is: a tap says on which it was made. */
  step: number
  taps: Tap[]
}

/** A record as one labeler sees it. */
export type TaskCard = {
  assignmentId: string
  schemaVersion: number
  dataset: { name: string; title: string; guidelines: string | null }
  passages: Passage[]
  outputs: ShownOutput[]
  questions: Question[]
  /** Where to start: the draft, the earlier answer when editing, else suggestions if they may be shown. */
  values: Values
  /** Answers that need one press only; empty when a form is needed. See presses.ts. */
  presses: Press[]
  /** A ranking that can be made on the card itself, tap by tap. */
  taps: TapPanel | null
  /** `assigned` is null for work that is pulled one by one. `minutes` is the estimate for this card. */
  progress: { submitted: number; assigned: number | null; minutes: number }
  /** The labeler edits an answer that was already submitted. */
  editing: boolean
  /** How its texts are shown: rendered where nothing is said, or as they were written. */
  rendering?: Rendering
  /** A private ballot of a post: shown to its voter alone, where they pressed, and never in public. */
  ballot: { postId: string; closesAt: Date } | null
}

/** A public call to rank a record's outputs; the message in the channel is a cache of it. */
export type PublicPost = {
  postId: string
  dataset: { name: string; title: string }
  /** What is asked, e.g. "Which answer helps most?". */
  call: string
  /** What was asked of the models; the outputs stand on the private ballots only. */
  passages: Passage[]
  /** How many outputs there are to rank. */
  outputs: number
  votes: number
  closesAt: Date
  state: 'open' | 'closed' | 'withdrawn'
  /** Null until it is closed. */
  result: PostResult | null
}

/** What a post found, best first; equals share a rank. */
export type PostResult = {
  votes: number
  ranking: {
    letter: string
    rank: number
    content: Content
    /** Null unless the post names the models. */
    model: string | null
    /** The share of votes that put it first. */
    share: number | null
  }[]
  /** How far people agreed and how sure the first place is, in a sentence or two. */
  agreement: string
}

/** A public message from which people start. */
export type Hub = {
  dataset: { name: string; title: string }
  guidelines: boolean
  progress: string
  status: 'draft' | 'ready' | 'paused' | 'closed'
}

/** What stands in place of an assignment's id where the texts of a post are read. */
export function postReadingId(postId: string): string {
  return `post.${postId}`
}

/** The post in such an id, or in the wish somebody brought to their consent; else null. */
export function readPostId(text: string): string | null {
  return /^post\.([1-9]\d{0,17})$/.exec(text)?.[1] ?? null
}

export { mostReasonChars, type SkipReason, skipReasons }

/** What was saved, with its way back. */
export type Receipt = {
  assignmentId: string
  /** Which answer to it this is about: Undo takes back no other. */
  revision?: number
  dataset: { name: string; title: string }
  /** e.g. "Saved: A > C = B" or "Skipped: unclear". */
  summary: string
  canUndo: boolean
  canEdit: boolean
  /** Optional questions that apply to the answer were not asked: they are offered, skippable. */
  asksMore?: 'why' | 'more'
  /** Of a ballot: until when it may be changed; told in the reader's own zone. */
  until?: Date
}

/** The first card a person ever sees: what Parley is, what is stored, the guidelines, one Start. */
export type Welcome = {
  consentVersion: number
  datasets: { name: string; title: string }[]
  /** Nobody tells where they are: they may say so, for reminders at their own hour. */
  asksZone?: boolean
}

/** One passage or output in full, for a reader view. */
export type Reader = {
  assignmentId: string
  title: string
  content: Content
  rendering?: Rendering
}

/** A dataset as a labeler may choose it. */
export type Choice = { name: string; title: string; left: number | null; minutes: number | null }

/** A recent answer, with Edit where it still may change. */
export type HistoryEntry = Receipt & { at: Date }

/** What waits for somebody, on their home; `guidelines` is the version there is to read. */
export type Waiting = Choice & { guidelines: number | null }

/** A dataset as its admin sees it: how far it is, in words. */
export type AdminDataset = {
  name: string
  title: string
  status: 'draft' | 'ready' | 'paused' | 'closed'
  progress: string
}

/** The page a person comes back to. */
export type Home = {
  /** Until they agreed to take part: the same as the first card. */
  welcome: Welcome | null
  /** Why nothing waits, or null. */
  notice: string | null
  /** The dataset in which a task of theirs is open. */
  resume: { name: string; title: string } | null
  waiting: Waiting[]
  recent: HistoryEntry[]
  /** For admins only. */
  admin: { datasets: AdminDataset[]; more: number } | null
  help: string
}

/** A batch offered to a person; nothing is claimed before they press Start. */
export type InvitationCard = {
  invitationId: string
  dataset: { name: string; title: string; description: string | null }
  count: number | null
  /** For all of it, or for one where no count was named; null before anybody answered. */
  minutes: number | null
  dueAt: Date | null
  /** Where no hour was named: that day, for whoever reads it. */
  dueDay: string | null
  /** Theirs; UTC where nobody knows it. */
  zone: string
}

/** One message a day that somebody may be glad of, with its way out. */
export type ReminderCard = {
  reminderId: string
  kind: ReminderKind
  text: string
  /** What may be started from it. */
  items: Choice[]
  /** Small print below, such as that it is the last for now. */
  note?: string
}

/** What may be chosen for an export: each format that fits the dataset, with its own options. */
export type ExportForm = {
  dataset: { name: string; title: string }
  formats: OfferedFormat[]
  /** The format whose options are asked; none before one is chosen. */
  chosen?: string
}

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
      /** What does not fit is told under the fields of a form. */
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
      /** Sends once more what nobody knows the end of. */
      again?: boolean
      /** Says how many people that is, and invites nobody. */
      counts?: boolean
    }
  /** A daily word about a dataset in the channel where this was typed, or no more of it. */
  | { type: 'admin-remind'; dataset: string; on: boolean }
  /** Opens one's own ballot of a post. `on` is the message that was pressed, where that is told. */
  | { type: 'vote'; postId: string; on?: string }
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
  /** Without an id: the newest one of theirs that is under way. */
  | { type: 'admin-export-cancel'; exportId?: string }
  | { type: 'admin-import'; dataset: string; file: GivenFile }
  /** Without an id: the newest one of theirs that is under way. */
  | { type: 'admin-import-cancel'; importId?: string }
)

/** How far an import is that was given in chat, and what came of it once it is over. */
export type ImportProgress = {
  importId: string
  dataset: { name: string; title: string }
  file: string
  state: 'reading' | 'done' | 'stopped' | 'failed'
  /** Rows or lines read so far. */
  lines: number
  report: ImportReport
  /** Why it failed, or why the file was not read to its end. */
  problem: string | null
}

/** What to read: a field by its name, an output by its place on the card, or every text of a post. */
export type ReaderPart = { field: string } | { output: number } | { all: true }

export type Reply =
  /** Show it, ready to answer. `notice` is a line above it, `undo` the answer that line is about. */
  | { type: 'task'; card: TaskCard; notice?: string; undo?: Receipt }
  /** Open (or fill anew) its form. */
  | { type: 'form'; card: TaskCard; notice?: string; undo?: Receipt }
  /**
   * The session is over: what was saved, with Undo and Edit. `notice` says what comes next; with
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
  /** Keep the form, say what is wrong where. */
  | { type: 'problems'; problems: Problems }
  | { type: 'reader'; reader: Reader }
  | { type: 'welcome'; welcome: Welcome }
  | { type: 'choices'; choices: Choice[]; notice?: string }
  | { type: 'history'; entries: HistoryEntry[] }
  | { type: 'home'; home: Home }
  | { type: 'invitation'; invitation: InvitationCard }
  | { type: 'reminder'; reminder: ReminderCard }
  /** What became of an invitation or a reminder: it takes the message's place, buttons and all. */
  | { type: 'answered'; text: string }
  | { type: 'preferences'; preferences: Preferences; notice?: string }
  /** What is stored of somebody: to take a copy of, or to delete; `confirm` asks the one time. */
  | {
      type: 'my-data'
      answers: number
      policy: 'kept' | 'deleted' | 'both'
      asks: 'choose' | 'confirm'
    }
  /** What a channel shows; see PublicPost and Hub. */
  | { type: 'post'; post: PublicPost }
  | { type: 'hub'; hub: Hub }
  /** Open the form of an export, or of an import by file. */
  | { type: 'export-form'; form: ExportForm }
  | { type: 'import-form'; dataset: { name: string; title: string } }
  /** Can be cancelled while it is written. */
  | { type: 'export-progress'; progress: ExportProgress }
  /** Can be cancelled while it is read. */
  | { type: 'import-progress'; progress: ImportProgress }
  /** `report` and `table` are the same with a layout, drawn where there is room for one. */
  | { type: 'notice'; text: string; report?: Report; table?: Table }
  /** A press that arrived too soon after a repaint, or twice: change nothing on the screen. */
  | { type: 'nothing' }
  /** One that is handed over `once` is a copy of its own, which goes as soon as it was read. */
  | { type: 'file'; name: string; path: string; text: string; once?: true }

/** A page of numbers: what they are of, part by part, and below how to read them. */
export type Report = {
  title: string
  lead: string
  parts: ReportPart[]
  notes: string[]
}

export type ReportPart = { heading: string; text: string; table?: Table }

/** Numbers in rows, for where a table can be drawn; `lines` says the same in words. */
export type Table = { caption: string; columns: string[]; rows: Cell[][]; lines: string[] }

/** A text, or a number with how it is written. */
export type Cell = string | { value: number; text: string }

/** A workspace Parley was installed in, with the token that opens it. */
export type Installation = {
  platform: Platform
  workspace: string
  name: string
  token: string
  refreshToken: string | null
  expiresAt: Date | null
  scopes: readonly string[]
  botUserId: string
  /** The user id of whoever installed it. */
  installedBy: string
}

/** Where installations are kept; tokens lie there encrypted. */
export type Installations = {
  save(installation: Installation): Promise<void>
  /** Null when Parley is not installed there (any more). */
  find(workspace: string): Promise<Installation | null>
  /** Replaces a token that ends soon, one process at a time; returns what is good now. */
  rotate(
    workspace: string,
    refresh: (ending: Installation) => Promise<Installation | null>,
  ): Promise<Installation | null>
}

/** A platform: besides its way out it has a way in, and here it is known what a message shows. */
export interface ChatAdapter extends Outbox {
  /** Which role takes its gestures: `web`, unless it holds a connection of its own. */
  readonly door?: 'web' | 'gateway'
  /** Sends a message to a person (their DM, private) or a channel. */
  send(to: Person | Channel, reply: Reply, attempt?: Attempt): Promise<Delivered>
  /** Changes a message sent before. */
  repaint(delivered: Delivered, reply: Reply): Promise<void>
  routes?(app: Hono): void
  start(): Promise<void>
  stop(): Promise<void>
}

/** The questions of the schema version a form was drawn by, and its outputs in the order shown. */
export type ShownForm = { questions: readonly Question[]; outputs: readonly string[] }

/** `lost` resolves when the lock is not ours any more, whoever ended it. */
export type HeldLock = { lost: Promise<void>; release(): Promise<void> }

/** What main.ts hands to an adapter: the way in, and what it needs of the inside. */
export type Inside = {
  handle: (interaction: Interaction) => Promise<Reply>
  /** True the first time an id is seen, false ever after (a replayed request, a redelivered event). */
  firstSight: (id: string) => Promise<boolean>
  /** Whether firstSight was asked about this id before; asking marks nothing. */
  seen?: (id: string) => Promise<boolean>
  /**
   * What a form was drawn from, so that a submission can be read after a restart; null when it is not
   * this person's. Without it the adapter asks `handle` to open the form once more.
   */
  shown?: (by: Person, assignmentId: string, schemaVersion: number) => Promise<ShownForm | null>
  /**
   * Tells what a person's own message shows now, or with `isLost` should, because the platform did
   * not take the change: it is mended then. What only they see for a while is not worth telling.
   */
  note?: (at: Delivered, reply: Reply, isLost?: boolean) => void
  /** Tells the inside that a workspace was left: the app removed, its token revoked. */
  left?: (workspace: string, reason: string, at: Date) => Promise<void>
  /** Whether Parley may be installed there at all; everywhere unless the operator named where. */
  mayJoin?: (workspace: string) => boolean
  /** Tells it that Parley was added to a workspace, perhaps again. */
  joined?: (workspace: string) => Promise<void>
  /** What only one process at a time may do, by its name; the next one waits its turn. */
  locks?: {
    tryLock(name: string): Promise<HeldLock | null>
    lock(name: string, signal: AbortSignal): Promise<HeldLock | null>
  }
  installations?: Installations
  /** Which language somebody reads, as far as it is known; what a gesture told is remembered. */
  localeOf?: (person: Person) => Promise<string | undefined>
  /** A key of its own for a purpose of the adapter's, such as signing what a browser carries. */
  keyFor?: (purpose: string) => Buffer
  now: () => Date
  log: {
    info(o: object, m?: string): void
    warn(o: object, m?: string): void
    error(o: object, m?: string): void
  }
}
