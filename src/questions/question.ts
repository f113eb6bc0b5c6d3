/**
 * The six question types a dataset may ask. This is the shape stored in a dataset document and
 * carried by every task card; what a labeler answers is in values.ts.
 */
import { z } from 'zod'

export const questionTypes = ['text', 'rating', 'label', 'multi_label', 'ranking', 'span'] as const
export type QuestionType = (typeof questionTypes)[number]

export const rankingModes = ['full', 'tiers', 'best_worst', 'best_only'] as const
export type RankingMode = (typeof rankingModes)[number]

const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'use letters, digits, "_" and "-" only')

const common = {
  name,
  title: z.string().min(1).max(500),
  description: z.string().max(1000).optional(),
  required: z.boolean().default(true),
  /** A condition over the other answers, e.g. `preference.all_unacceptable`; see when.ts. */
  when: z.string().max(500).optional(),
}
const about = z.enum(['record', 'outputs']).default('record')

const option = z.strictObject({
  value: z.string().min(1).max(200),
  text: z.string().min(1).max(500),
  description: z.string().max(1000).optional(),
})
export type LabelOption = z.infer<typeof option>

const options = z
  .array(
    z.union([
      z
        .string()
        .min(1)
        .max(200)
        .transform((value) => ({ value, text: value }) as LabelOption),
      option,
    ]),
  )
  .min(2)
  .max(500)
  .refine(
    (all) => new Set(all.map((o) => o.value)).size === all.length,
    'option values must differ',
  )

/** `1-5` in a document means the five integers 1 to 5. */
const ratingOptions = z
  .union([
    z.array(z.int().min(0).max(10)),
    z
      .string()
      .regex(/^\d{1,2}\s*-\s*\d{1,2}$/, 'write a list of integers, or a range such as 1-5')
      .transform((range) => {
        const [from = 0, to = 0] = range.split('-').map(Number)
        return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
      }),
  ])
  .pipe(
    z
      .array(z.int().min(0).max(10))
      .min(2)
      .max(11)
      .refine((all) => new Set(all).size === all.length, 'options must differ'),
  )

export const TextQuestion = z.strictObject({
  type: z.literal('text'),
  ...common,
  of: about,
  min_chars: z.int().min(0).max(100_000).optional(),
  max_chars: z.int().min(1).max(100_000).optional(),
})
export const RatingQuestion = z.strictObject({
  type: z.literal('rating'),
  ...common,
  of: about,
  options: ratingOptions.default([1, 2, 3, 4, 5]),
  /** Words for some of the numbers, e.g. `{ 1: useless, 5: solved }`. */
  labels: z.record(z.string(), z.string().min(1).max(200)).optional(),
})
export const LabelQuestion = z.strictObject({
  type: z.literal('label'),
  ...common,
  of: about,
  options,
  /** KTO: the options that count as desirable. */
  desirable: z.array(z.string()).optional(),
})
export const MultiLabelQuestion = z.strictObject({
  type: z.literal('multi_label'),
  ...common,
  of: about,
  options,
  /** With it, `[]` ("none of these") is an answer. */
  none_option: z.boolean().default(false),
})
export const RankingQuestion = z.strictObject({
  type: z.literal('ranking'),
  ...common,
  of: z.literal('record').default('record'),
  mode: z.enum(rankingModes).default('full'),
  ties: z.boolean().default(true),
  /** Pairs only: ask "slightly" or "much" better (1 or 2). */
  strength: z.boolean().default(false),
  /** Offer "all unacceptable" ("both bad" on a pair). */
  unacceptable: z.boolean().default(true),
})
export const SpanQuestion = z.strictObject({
  type: z.literal('span'),
  ...common,
  of: z.literal('record').default('record'),
  field: z.string().min(1).max(200),
  options,
})

export const Question = z.discriminatedUnion('type', [
  TextQuestion,
  RatingQuestion,
  LabelQuestion,
  MultiLabelQuestion,
  RankingQuestion,
  SpanQuestion,
])
export type Question = z.infer<typeof Question>
export type TextQuestion = z.infer<typeof TextQuestion>
export type RatingQuestion = z.infer<typeof RatingQuestion>
export type LabelQuestion = z.infer<typeof LabelQuestion>
export type MultiLabelQuestion = z.infer<typeof MultiLabelQuestion>
export type RankingQuestion = z.infer<typeof RankingQuestion>
export type SpanQuestion = z.infer<typeof SpanQuestion>
