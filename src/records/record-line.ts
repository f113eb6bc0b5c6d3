/**
 * A record as exchanged: one line of an import or of a `records` export (`format: 1`). Bounds follow product.md
 * section 2.
 */
import { z } from 'zod'
import { ChatMessage, longestText } from './message.ts'

const text = z.string().max(longestText, `write at most ${longestText} characters`)

export const Content = z.union([text, z.array(ChatMessage).min(1).max(500)])
export type Content = z.infer<typeof Content>

/** One candidate completion a model wrote: `text` or `messages`, never both. */
export const RecordOutput = z
  .strictObject({
    id: z.string().min(1).max(200),
    text: text.optional(),
    messages: z.array(ChatMessage).min(1).max(500).optional(),
    model: z.string().max(200).optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  })
  .refine((output) => (output.text === undefined) !== (output.messages === undefined), {
    message: 'write either "text" or "messages"',
  })
export type RecordOutput = z.infer<typeof RecordOutput>

export const RecordFields = z.record(z.string().min(1).max(200), Content)
export type RecordFields = z.infer<typeof RecordFields>

export const RecordSuggestion = z.strictObject({
  value: z.unknown(),
  /** One, or one for each item of a list of values. */
  score: z.union([z.number(), z.array(z.number()).max(10_000)]).optional(),
  agent: z.string().max(200).optional(),
})
export const RecordSuggestions = z.record(z.string(), RecordSuggestion)
export type RecordSuggestions = z.infer<typeof RecordSuggestions>

/** Known answers by question, compared with labelers' answers. Labelers never see them. */
export const RecordGold = z.record(z.string(), z.unknown())
export type RecordGold = z.infer<typeof RecordGold>

export const RecordLine = z.strictObject({
  format: z.literal(1),
  external_id: z.string().min(1).max(200),
  fields: RecordFields,
  outputs: z.array(RecordOutput).max(50).default([]),
  metadata: z.record(z.string(), z.unknown()).default({}),
  suggestions: RecordSuggestions.default({}),
  gold: RecordGold.optional(),
  priority: z.int().min(0).max(9).default(0),
})
export type RecordLine = z.infer<typeof RecordLine>

/** The parts of a record that an import may change. */
export const recordParts = [
  'fields',
  'outputs',
  'metadata',
  'suggestions',
  'gold',
  'priority',
] as const
export type RecordPart = (typeof recordParts)[number]
