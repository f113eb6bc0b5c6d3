/** What statistics of a question need to know of its kind: how answers are read, compared and summed. */
import type { Weights } from '../measures/bootstrap.ts'
import type { Measured } from '../measures/measured.ts'
import type { Comparable } from './measures.ts'
import type { GwetMetric, LabelerQuestionStats, Metric, QuestionStats } from './stats-result.ts'
import type { Outline, RecordAnswers, RowAnswer } from './stats-source.ts'

export type Kind = {
  metric: Metric
  agreement: { read(resample?: number): Measured }
  interval?: { read(resample?: number): Measured }
  /** Gwet's coefficient beside it, which does not collapse where nearly all answers are alike. */
  gwet?: { metric: GwetMetric; read(resample?: number): Measured }
  raw(resample?: number): Measured
  comparable: Comparable
  /** Gives the resamples of what was counted a share of what was not seen; once, before they are read. */
  addUnseen(): void
  /** Works out what these answers to one record say; records answered alike share it. */
  build(texts: readonly string[], outline: Outline): Pattern
  /** Keeps one labeler's first and later answer to the same record; says what came out the same. */
  repeat(before: string, after: string, labeler: string): Mark
  /** An answer beside the known one. */
  mark(given: string, known: string): Mark
  read(): Pick<QuestionStats, 'position' | 'strength' | 'mean_ratings' | 'likely_labels'>
  ofLabeler?(
    labeler: string,
  ): Pick<
    LabelerQuestionStats,
    'self_kappa' | 'position' | 'longer_preferred' | 'ties' | 'likely_accuracy'
  >
}

/** How many of so many came out the same. */
export type Mark = { same: number; of: number }

/** What records answered alike have in common; `take` adds them to the sums. */
export type Pattern = {
  disagreement: number | null
  /** By answer: agreement with the majority of the others. */
  outcomes: { agreed: number; judged: number }[]
  take(weights: Weights): void
  /** Keeps what an answer shows about its labeler's habits. */
  note?(index: number, answer: RowAnswer, record: RecordAnswers): void
}

/** Values repeat: what was read of the last few thousand different texts is kept. */
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
