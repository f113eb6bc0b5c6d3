/**
 * The result of `datasetStats`: ready for JSON, with stable keys. Numbers are rounded to six decimals;
 * a value that cannot be computed is `value: null` with the reason in a sentence, never NaN.
 */
import type { QuestionType } from '../../questions/question.ts'

/**
 * A number with, where intervals were asked for and can be had, its 95% interval; an end is null where
 * the answers set no limit.
 */
export type Estimate =
  | { value: number; low?: number | null; high?: number | null; no_interval?: string }
  | { value: null; reason: string }

/** A share with its Wilson interval: `count` of `of`. */
export type ShareOf =
  | { value: number; low: number; high: number; count: number; of: number }
  | { value: null; reason: string }

/**
 * A share with the p-value against what chance alone would give; with its interval where its judgements hang
 * together, so that `count` of `of` does not say how sure it is.
 */
export type BiasOf =
  | {
      value: number
      low?: number
      high?: number
      expected: number
      count: number
      of: number
      p: number
    }
  | { value: null; reason: string }

export type Stats = {
  format: 1
  dataset: string
  /** Resamples of the records behind every interval; 0 when none were asked for. */
  resamples: number
  /** Records with an answer that counts, those answers, and who gave them. */
  counts: { records: number; answers: number; labelers: number }
  /** Answers that do not count, by reason: draft discarded gold repeat same_person not_blind excluded surplus. */
  left_out: Record<string, number>
  questions: QuestionStats[]
  /** Where a metadata key was asked for: what its records say by themselves. */
  by?: StatsBy
  /** Where days, weeks or months were asked for: agreement on the records last answered in each. */
  over?: StatsOver[]
  /** By pseudonym, in its order: the same names as in exports. */
  labelers: LabelerStats[]
}

export type QuestionStats = {
  name: string
  title: string
  type: QuestionType
  of: 'record' | 'outputs'
  answers: number
  /** Records that two people or more have answered, and those answers: what agreement rests on. */
  overlap: { records: number; answers: number }
  /** Of the kind `metric` names; `too_few` says so below 30 records of overlap. */
  agreement: Estimate & { metric: Metric; too_few?: string }
  /** For labels and ratings: Gwet's coefficient, which skew does not pull down. */
  gwet?: Estimate & { metric: GwetMetric }
  /** For ratings: alpha with squared distances, beside the ordinal one. */
  interval_alpha?: Estimate
  /** The classical measures, where they were asked for. */
  measures?: Measures
  /** The share of pairs of answers that are equal. */
  raw_agreement: Estimate
  /** Marked text: F1 of one person's marks against another's, in the same place, and overlapping. */
  span_f1?: { exact: Estimate; overlap: Estimate }
  /** Answers to records with known answers that were right, where there are any; of rankings, pairs. */
  gold?: ShareOf
  /**
   * How much suggestions sway people, where some were held out: agreement with the suggestion where it was
   * shown, less agreement where it was not.
   */
  suggestions?: SuggestionEffect
  /** The records people differ on most, 0 to 1, most disputed first. */
  disputed: { external_id: string; disagreement: number; answers: number }[]
  /** Rankings: is the output shown first chosen more often than its share? */
  position?: BiasOf
  strength?: Strength
  /** Labels about a record: how common each likely is (Dawid-Skene), from a sample of the records. */
  likely_labels?:
    | { value: { label: string; share: number }[]; from_one_record_in: number; converged: boolean }
    | { value: null; reason: string }
  /** Ratings of outputs of known models. */
  mean_ratings?: { model: string; ratings: number; mean: Estimate; shown_first?: ShownFirst }[]
}

export type SuggestionEffect =
  | {
      value: number
      low: number
      high: number
      /** Agreement with the suggestion, and of how many answers. */
      shown: { value: number; of: number }
      held_out: { value: number; of: number }
    }
  | { value: null; reason: string }

export type Metric =
  | 'alpha (nominal)'
  | 'alpha (ordinal)'
  | 'alpha (MASI)'
  | 'alpha (characters)'
  | 'kappa over pairs of outputs'

/** How much people agree on a question, by itself. */
export type AgreementStats = Pick<
  QuestionStats,
  'name' | 'answers' | 'overlap' | 'agreement' | 'gwet' | 'interval_alpha' | 'raw_agreement'
>

/** `day` is the first of the period, as `2026-03-02`. */
export type StatsOver = {
  day: string
  records: number
  answers: number
  questions: AgreementStats[]
}

/** The most common values first; `more` further groups are not listed. */
export type StatsBy = { key: string; groups: StatsGroup[]; more: number }

/** `value` is null for records without the key. */
export type StatsGroup = {
  value: string | null
  records: number
  answers: number
  questions: GroupQuestion[]
}

export type GroupQuestion = Pick<
  QuestionStats,
  | 'name'
  | 'answers'
  | 'overlap'
  | 'agreement'
  | 'gwet'
  | 'raw_agreement'
  | 'strength'
  | 'mean_ratings'
>

export type Measures = {
  /** By pairs of labelers: plain for labels, squared weights for ratings, over pairs of outputs. */
  cohen: { labelers: string[]; common: number; kappa: Estimate }[]
  /** False where there were too many pairs to keep them all. */
  cohen_complete: boolean
  /** Of the things with the commonest number of answers. */
  fleiss: Estimate & { answers?: number; things?: number }
  /** ICC(2,1) and ICC(2,k) of the things that the same labelers rated. */
  icc:
    | { single: number; average: number; labelers: number; things: number }
    | { value: null; reason: string }
  tau_b: Estimate & { pairs?: number }
  w: Estimate & { records?: number }
  /** Repeated records that got the same answer again, of everybody. */
  consistency: ShareOf
}

export type GwetMetric = 'AC1' | 'AC2 (ordinal)'

export const strengthMethods = ['Davidson', 'Bradley-Terry', 'Plackett-Luce'] as const
export type StrengthMethod = (typeof strengthMethods)[number]

export type Strength =
  /** `left_out`: rankings Plackett-Luce cannot take, as two outputs of one model. */
  | {
      value: ModelStrength[]
      penalized: boolean
      method: StrengthMethod
      left_out?: number
      too_few?: string
    }
  | { value: null; reason: string }

/** Strengths are logarithms of odds with mean 0. */
export type ModelStrength = {
  model: string
  strength: Estimate
  rank: number
  /** The ranks that hold 95% of the resamples; absent without intervals. */
  rank_low?: number
  rank_high?: number
  judgements: number
  shown_first: ShownFirst
}

/** How often a model's output was shown first, and on how many cards; balanced is `expected`. */
export type ShownFirst = { count: number; of: number; expected: number }

export type LabelerStats = {
  labeler: string
  answers: number
  median_seconds: Estimate
  /** Answers that came in less than a fifth of the reading time. */
  too_fast: { count: number; of: number }
  questions: LabelerQuestionStats[]
}

export type LabelerQuestionStats = {
  name: string
  answers: number
  /** Agreement with the majority of everybody else. */
  leave_one_out: ShareOf
  /** Repeated records that got the same answer again. */
  consistency: ShareOf
  /** Known answers that were given; of rankings, the pairs the known ranking decides. */
  gold: ShareOf
  /** Labels about a record: the likely share of right answers (Dawid-Skene). */
  likely_accuracy?: Estimate
  /** Rankings only; the first, where records were repeated: kappa of a labeler with himself. */
  self_kappa?: Estimate
  position?: BiasOf
  longer_preferred?: BiasOf
  ties?: ShareOf
}
