/** The layouts of a card, tried from the richest to the most compact. */
import type { Receipt } from '../../../../src/chat/port/port.ts'
import type { Start } from '../../receive/task-ids.ts'

/** A line above a card, and the answer it may take back. */
export type Above = { notice?: string; undo?: Receipt }

/** The state of answering a card: the form's next step, the page of its menus. */
export type At = { go?: Start; page?: number }

/** The layouts, from the richest to the most compact. */
export type Layout = {
  /** Undo and Read stand beside the text they are about. */
  beside: boolean
  /** Reasons to skip have a menu of their own, and the other view of the texts a button. */
  reasons: boolean
  guidelines: boolean
  /** Passages share a display with the header. */
  joined: boolean
  /** The letters to tap stand beside their outputs, not in rows. */
  letters: boolean
  /** Each text in a display of its own, all in one, or none: a menu opens them. */
  texts: 'each' | 'one' | 'none'
}
const rich: Layout = {
  beside: true,
  reasons: true,
  guidelines: true,
  joined: false,
  letters: true,
  texts: 'each',
}
const barest: Layout = {
  beside: false,
  reasons: false,
  guidelines: false,
  joined: true,
  letters: false,
  texts: 'none',
}
export const layouts: readonly Layout[] = [
  rich,
  { ...rich, beside: false },
  { ...rich, beside: false, reasons: false },
  { ...rich, beside: false, reasons: false, guidelines: false, joined: true },
  { ...barest, guidelines: true, joined: false, texts: 'each' },
  { ...barest, texts: 'one' },
  barest,
]
