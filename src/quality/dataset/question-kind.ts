/** What statistics need from a question's type: how answers are read, compared and summed. */
import type { Weights } from '../measures/bootstrap.ts'
import type { Measured } from '../measures/measured.ts'
import type { Comparable } from './measures.ts'
import type { GwetMetric, LabelerQuestionStats, Metric, QuestionStats } from './stats-result.ts'
import type { Outline, RecordAnswers, RowAnswer } from './stats-source.ts'

export type Kind = {
  metric: Metric
  agreement: { read(resample?: number): Measured }
  interval?: { read(resample?: number): Measured }
  /** Gwet's coefficient, which does not collapse when nearly all answers are alike. */
  gwet?: { metric: GwetMetric; read(resample?: number): Measured }
  raw(resample?: number): Measured
  comparable: Comparable
  /** Adds unseen outcomes to the resamples; once, before they are read. */
  addUnseen(): void
  /** Computes the terms of these answers to one record; records with equal answers share them. */
  build(texts: readonly string[], outline: Outline): Pattern
  /** Compares one labeler's first and later answer to the same record; returns how much is equal. */
  repeat(before: string, after: string, labeler: string): Mark
  /** An answer beside the known one. */
  mark(given: string, known: string): Mark
  read(): Pick<
    QuestionStats,
    'position' | 'strength' | 'mean_ratings' | 'likely_labels' | 'span_f1'
  >
  ofLabeler?(
    labeler: string,
  ): Pick<
    LabelerQuestionStats,
    'self_kappa' | 'position' | 'longer_preferred' | 'ties' | 'likely_accuracy'
  >
}

/** How many are equal, of how many. */
export type Mark = { same: number; of: number }

/** The terms shared by records with equal answers; `take` adds them to the sums. */
export type Pattern = {
  disagreement: number | null
  /** By answer: agreement with the majority of the others. */
  outcomes: { agreed: number; judged: number }[]
  take(weights: Weights): void
  /** Records what an answer shows about its labeler's habits. */
  note?(index: number, answer: RowAnswer, record: RecordAnswers): void
}

/** Values repeat, so the parsed results of the last few thousand different texts are cached. */
export function remember<Read>(parse: (text: string) => Read): (text: string) => Read {
  const known = new Map<string, Read>()
  return (text) => {
    let found = known.get(text)
    if (found === undefined) {
      found = parse(text)
      if (known.size >= 4096) known.clear()
      known.set(text, found)
    }
    return found
  }
}
