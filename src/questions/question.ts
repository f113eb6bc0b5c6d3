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
  name: name.describe('what exports call the answer'),
  title: z
    .string()
    .min(1)
    .max(500)
    .describe('the question as labelers read it; default: made from the name'),
  description: z.string().max(1000).optional().describe('a hint below the title'),
  required: z.boolean().default(true).describe('an answer without it is refused'),
  when: z
    .string()
    .max(500)
    .optional()
    .describe(
      'ask only under this condition over the other answers, e.g. `preference.all_unacceptable`',
    ),
}
const about = z
  .enum(['record', 'outputs'])
  .default('record')
  .describe('ask once about the record, or about each output')

const option = z.strictObject({
  value: z.string().min(1).max(200).describe('what exports call it'),
  text: z.string().min(1).max(500).describe('what labelers read'),
  description: z.string().max(1000).optional().describe('a hint beside it'),
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

const edits = z
  .boolean()
  .optional()
  .describe(
    'after the answer, offer to improve an output: its new text is exported with the old one',
  )

const optionsSay = 'the choices: texts, or `{ value, text, description }`'
const ofRecord = z.literal('record').default('record').describe('always about the record')

export const TextQuestion = z.strictObject({
  type: z.literal('text'),
  ...common,
  of: about,
  min_chars: z.int().min(0).max(100_000).optional().describe('shortest answer, in characters'),
  max_chars: z.int().min(1).max(100_000).optional().describe('longest answer, in characters'),
  prefill: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'the field whose text the form starts with, to be reworded; left as it is, it is no answer',
    ),
})
export const RatingQuestion = z.strictObject({
  type: z.literal('rating'),
  ...common,
  of: about,
  options: ratingOptions
    .default([1, 2, 3, 4, 5])
    .describe('two to eleven integers from 0 to 10, as a list or a range such as `1-5`'),
  labels: z
    .record(z.string(), z.string().min(1).max(200))
    .optional()
    .describe('words for some of the numbers, e.g. `{ 1: useless, 5: solved }`'),
  edits,
})
export const LabelQuestion = z.strictObject({
  type: z.literal('label'),
  ...common,
  of: about,
  options: options.describe(optionsSay),
  desirable: z.array(z.string()).optional().describe('the options that `kto` exports as desirable'),
})
export const MultiLabelQuestion = z.strictObject({
  type: z.literal('multi_label'),
  ...common,
  of: about,
  options: options.describe(optionsSay),
  none_option: z.boolean().default(false).describe('“none of these” is an answer'),
})
export const RankingQuestion = z.strictObject({
  type: z.literal('ranking'),
  ...common,
  of: ofRecord,
  mode: z
    .enum(rankingModes)
    .default('full')
    .describe('an order of all outputs, tiers, only the best and the worst, or only the best'),
  ties: z.boolean().default(true).describe('equal ranks are allowed'),
  strength: z
    .boolean()
    .default(false)
    .describe('two outputs only: also ask “slightly” or “much” better (1 or 2)'),
  unacceptable: z
    .boolean()
    .default(true)
    .describe('offer “all unacceptable” (“both bad” where there are two outputs)'),
  edits,
})
export const SpanQuestion = z.strictObject({
  type: z.literal('span'),
  ...common,
  of: ofRecord,
  field: z.string().min(1).max(200).describe('the field whose text is marked'),
  options: options.describe(optionsSay),
  overlap: z.boolean().optional().describe('whether marked texts may overlap; default: they may'),
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
