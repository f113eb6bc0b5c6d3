/**
 * The seam between the product and the platforms: a labeler's gesture comes in as an Interaction, a
 * Reply goes out, and surfaces.ts says where each belongs. An adapter implements ChatAdapter; all that
 * it needs of the seam it imports from here. What it may import besides stands in
 * test/boundaries.test.ts.
 */
import type { Hono } from 'hono'
import type { TextView } from '../../assignments/assignment.ts'
import type { ExportProgress } from '../../exports/options.ts'
import type { GenerationProgress } from '../../generation/generation.ts'
import type { ImportReport } from '../../imports/report.ts'
import type { Person, Platform } from '../../labelers/person.ts'
import type { Told } from '../../labelers/profile.ts'
import type { Log } from '../../log.ts'
import type {
  Attempt,
  Channel,
  Delivered,
  DrawnPreview,
  GivenFile,
  Outbox,
  SendFailure,
} from '../../outbox.ts'
import type { Question } from '../../questions/question.ts'
import type { PreferenceChange, Preferences } from '../../reminders/preferences.ts'
import type { Later } from '../../reminders/reminder.ts'
import { mostReasonChars, type SkipReason, skipReasons } from '../../responses/reason.ts'
import type { Installations } from './installations.ts'
import type { Interaction } from './interaction.ts'
import type { Reply } from './reply.ts'

export type * from './export-import.ts'
export type * from './home.ts'
export type * from './installations.ts'
export type * from './interaction.ts'
export * from './posts.ts'
export type * from './reminders.ts'
export type * from './reply.ts'
export * from './task-card.ts'
export type {
  Attempt,
  Channel,
  Delivered,
  DrawnPreview,
  ExportProgress,
  GenerationProgress,
  GivenFile,
  ImportReport,
  Later,
  Person,
  Platform,
  PreferenceChange,
  Preferences,
  SendFailure,
  TextView,
  Told,
}
export { mostReasonChars, type SkipReason, skipReasons }

/** A platform with its outbox, its incoming gestures, and the types of its messages. */
export interface ChatAdapter extends Outbox {
  /** Which role takes its gestures: `web`, unless it holds a connection of its own. */
  readonly door?: 'web' | 'gateway'
  /** Sends a message to a person (their DM, private) or a channel. */
  send(to: Person | Channel, reply: Reply, attempt?: Attempt): Promise<Delivered>
  /** A task's card and its form in the platform's own JSON, for a page that shows how it will look. */
  drawPreview?(reply: Reply, locale?: string): DrawnPreview
  /** Changes a message sent before. */
  repaint(delivered: Delivered, reply: Reply): Promise<void>
  routes?(app: Hono): void
  start(): Promise<void>
  stop(): Promise<void>
}

/** The questions of the schema version a form was drawn by, and its outputs in the order shown. */
export type ShownForm = { questions: readonly Question[]; outputs: readonly string[] }

/** `lost` resolves when the lock is no longer ours, for whatever reason. */
export type HeldLock = { lost: Promise<void>; release(): Promise<void> }

/** What main.ts passes to an adapter: the handler for gestures, and what it needs from the core. */
export type Inside = {
  /** Marks the gesture it is called for, where its adapter has not (sight.ts). @throws `repeated` */
  handle: (interaction: Interaction) => Promise<Reply>
  /** True the first time an id is seen, false ever after (a replayed request, a redelivered event). */
  firstSight: (id: string) => Promise<boolean>
  /** Whether firstSight was asked about this id before; asking marks nothing. */
  seen?: (id: string) => Promise<boolean>
  /**
   * What a form was drawn from, so that a submission can be read after a restart; null when it is not
   * this person's. Without it the adapter asks `handle` to open the form once more.
   */
  findShownForm?: (
    by: Person,
    assignmentId: string,
    schemaVersion: number,
  ) => Promise<ShownForm | null>
  /**
   * Stores what a person's own message shows now, or with `isLost` should show: the platform refused the
   * change, and the sweep repairs it. Messages that disappear by themselves need no tracking.
   */
  trackMessage?: (at: Delivered, reply: Reply, isLost?: boolean) => void
  /** Stores that a workspace removed Parley or revoked its token. */
  leaveWorkspace?: (workspace: string, reason: string, at: Date) => Promise<void>
  /** Whether Parley may be installed there at all; everywhere unless the operator named where. */
  mayJoin?: (workspace: string) => boolean
  /** Stores that Parley was added to a workspace, perhaps again. */
  joinWorkspace?: (workspace: string) => Promise<void>
  /** What only one process at a time may do, by its name; the next one waits its turn. */
  locks?: {
    tryLock(name: string): Promise<HeldLock | null>
    lock(name: string, signal: AbortSignal): Promise<HeldLock | null>
  }
  installations?: Installations
  /** A person's language, if known; one sent with a gesture is remembered. */
  localeOf?: (person: Person) => Promise<string | undefined>
  /**
   * Tells how a person is called and where their picture is, where a gesture carries it; kept for those who
   * agreed to that. Platforms with a `profile` are asked instead.
   */
  noteProfile?: (person: Person, told: Told) => void
  /** A separate key for one purpose of the adapter, such as signing a browser's state. */
  keyFor?: (purpose: string) => Buffer
  /** Tells operators that the platform answered a call with 429. */
  onRateLimited?: () => void
  now: () => Date
  log: Pick<Log, 'info' | 'warn' | 'error'>
}
