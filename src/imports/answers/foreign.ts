/** An answer made elsewhere, as a reader of foreign files returns it. */

import type { Dataset } from '../../datasets/document.ts'
import type { LineProblem } from '../../json.ts'
import type { RecordLine } from '../../records/record-line.ts'
import type { LineWarning } from '../warnings.ts'

/** What one line of a foreign file says: a record, answers to one, or both. */
export type Foreign = {
  number: number
  externalId: string
  /** Null where the record must be here already. */
  record: RecordLine | null
  answers: ForeignAnswer[]
  /** What the reader left out of it, or had to guess. */
  warnings?: LineWarning[]
  /** The length of its source text, which bounds a batch: few long rows, or many short ones. */
  length?: number
}

export type ForeignAnswer = {
  labeler: string
  status: 'submitted' | 'draft' | 'discarded'
  /** Of one labeler's answers to one record: 0 for the first, the default. Only that one counts. */
  repeat?: number
  /** Its file omits the status. It then does not replace an answer whose status is known. */
  isUnknown?: boolean
  values: { [question: string]: unknown }
  /** The values are added to earlier ones instead of replacing them. */
  adds?: boolean
  at?: string | null
  seconds?: number | null
  /** The outputs in the order they were shown; by default all of them, or those that were ranked. */
  shown?: string[] | null
}

export type ForeignRow =
  | Foreign
  /** `answers` is how many the row holds, where that is known. */
  | { number: number; problem: LineProblem; answers?: number }

/** Reads a foreign file for one dataset, some rows at a time. */
export type ForeignReader = (dataset: Dataset) => AsyncIterable<ForeignRow[]>
