/** What a dataset document says of models: those that write outputs, and those that meet in an arena. */
import { z } from 'zod'

/** How models write outputs for its records; what a command names goes before it. */
export const Generate = z.strictObject({
  with: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(20)
    .describe('the models, by their names in PARLEY_MODELS'),
  samples: z
    .int()
    .min(1)
    .max(20)
    .optional()
    .describe('outputs each model writes for a record; default: 1'),
  temperature: z.number().min(0).max(2).optional().describe('default: the server’s own'),
  top_p: z.number().gt(0).max(1).optional().describe('default: the server’s own'),
  seed: z
    .int()
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe('sent with the first sample, one more with each further; default: none'),
  max_tokens: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('longest output; what is cut off there is kept aside; default: the server’s own'),
  system: z
    .string()
    .min(1)
    .max(100_000)
    .optional()
    .describe('the system message for every model, before one that the prompt itself has'),
  keep_cut: z
    .boolean()
    .optional()
    .describe('add outputs that were cut off at `max_tokens` too, marked as cut off'),
  limits: z
    .strictObject({
      in_flight: z.int().min(1).max(256).optional().describe('requests under way at once'),
      tokens: z
        .int()
        .min(1)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .describe('tokens of all outputs of this dataset together, prompts included'),
      money: z
        .number()
        .gt(0)
        .max(1e9)
        .optional()
        .describe('cost of all outputs of this dataset together, by the prices in PARLEY_MODELS'),
    })
    .optional()
    .describe('where it stops'),
})
export type Generate = z.infer<typeof Generate>

/** A channel where people ask, two models answer, and everybody votes. */
export const Arena = z.strictObject({
  models: z
    .array(z.string().min(1).max(100))
    .min(2)
    .max(50)
    .describe('the models that may meet, by their names in PARLEY_MODELS'),
  system: z
    .string()
    .min(1)
    .max(100_000)
    .optional()
    .describe('the system message for every model; no export has it'),
  temperature: z.number().min(0).max(2).optional().describe('default: the server’s own'),
  max_tokens: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('longest answer; default: the server’s own'),
  per_person: z
    .int()
    .min(1)
    .max(10_000)
    .default(20)
    .describe('how many questions one person may ask in a day'),
  per_day: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(500)
    .describe('how many questions everybody may ask in a day'),
  limits: z
    .strictObject({
      tokens: z
        .int()
        .min(1)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .describe('tokens of all its answers together, prompts included'),
      money: z
        .number()
        .gt(0)
        .max(1e9)
        .optional()
        .describe('cost of all its answers together, by the prices in PARLEY_MODELS'),
    })
    .optional()
    .describe('where it stops'),
})
export type Arena = z.infer<typeof Arena>
