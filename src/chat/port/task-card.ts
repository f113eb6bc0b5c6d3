/** A task as one person sees it, and what they see of it afterwards. */
import type { Rendering } from '../../markdown/tree.ts'
import type { Question } from '../../questions/question.ts'
import type { Values } from '../../questions/values.ts'

export type Message = { role: string; content: string }
/** A text, or a chat as a list of messages. */
export type Content = string | Message[]

/** One named thing to read before answering; with `media` its content is a link, and pages show what it leads to. */
export type Passage = { name: string; title: string; content: Content; media?: 'image' | 'audio' }

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
  /** The letter tapped last, to which `same` refers. */
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
  /** What a model proposed, in words: its values are where forms start. */
  suggestion?: string
  /** Answers that need one press only; empty when a form is needed. See presses.ts. */
  presses: Press[]
  /** A ranking that can be made on the card itself, tap by tap. */
  taps: TapPanel | null
  /** `assigned` is null for work that is pulled one by one. `minutes` is the estimate for this card. */
  progress: { submitted: number; assigned: number | null; minutes: number }
  /** The labeler edits an answer that was already submitted. */
  editing: boolean
  /** Its one question is an output's text, to be improved: there is nothing to skip. */
  improving?: true
  /** How its texts are shown: rendered where nothing is said, or as they were written. */
  rendering?: Rendering
  /** Its labeler writes a prompt of their own, the first one here or another. */
  writes?: 'first' | 'another'
  /** It asks or shows what no chat can draw, such as marks in a text: it is answered on its page. */
  onPage?: true
  /** The address of its page, signed for the person who sees the card; absent where pages are not reached. */
  page?: string
  /** A private ballot of a post: shown to its voter alone, where they pressed, and never in public. */
  ballot: { postId: string; closesAt: Date } | null
}

/** `one` and `another` ask which: there is no single best, or it stands beside them. */
export type Improvable = { what: { letter: string } | 'one' | 'another'; id: string }

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
  /** One press changes the answer to what a model suggested, which appeared with this receipt. */
  adopt?: { assignmentId: string; schemaVersion: number; revision: number }
  /** Outputs whose text may be improved now, each with the id of its form; see improveId. */
  improve?: Improvable[]
  /** Ballots: until when the vote can be changed; shown in the reader's zone. */
  until?: Date
}

/** One passage or output in full, for a reader view. */
export type Reader = {
  assignmentId: string
  title: string
  content: Content
  rendering?: Rendering
}

/** What to read: a field by its name, an output by its place on the card, or every text of a post. */
export type ReaderPart = { field: string } | { output: number } | { all: true }
