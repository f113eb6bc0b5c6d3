/** The first card a person sees, and the home they return to. */
import type { Receipt } from './task-card.ts'

/** The first card a person ever sees: what Parley is, what is stored, the guidelines, one Start. */
export type Welcome = {
  consentVersion: number
  datasets: { name: string; title: string }[]
  /** Their time zone is unknown: they may set it, for reminders at their local time. */
  asksZone?: boolean
}

/** A dataset as a labeler may choose it. */
export type Choice = { name: string; title: string; left: number | null; minutes: number | null }

/** A recent answer, with Edit where it still may change. */
export type HistoryEntry = Receipt & { at: Date }

/** A person's open work, on their home; `guidelines` is the current version. */
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
  /** The dataset of their open task. */
  resume: { name: string; title: string } | null
  waiting: Waiting[]
  recent: HistoryEntry[]
  /** For admins only. */
  admin: { datasets: AdminDataset[]; more: number } | null
  help: string
}
