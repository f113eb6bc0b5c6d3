/**
 * The dataset document: what an admin writes by hand, validated here. What leaves this file is
 * complete: the template's fields and questions are merged in and every default is filled.
 */
import { z } from 'zod'
import { Question } from '../questions/question.ts'

export const datasetStatuses = ['draft', 'ready', 'paused', 'closed'] as const
export type DatasetStatus = (typeof datasetStatuses)[number]

export const templateNames = ['completion', 'comparison', 'evaluation', 'thumbs', 'labels'] as const
export type TemplateName = (typeof templateNames)[number]

export const Field = z.strictObject({
  name: z.string().min(1).max(200),
  title: z.string().min(1).max(500),
  type: z.enum(['text', 'chat']).default('text'),
  required: z.boolean().default(true),
})
export type Field = z.infer<typeof Field>

const Entries = z.array(z.string().min(1).max(200))
/** `slack:T1`, `slack:T1:U1`, `discord:42`, `everyone of slack:T1`. */
const Placed = z
  .string()
  .max(200)
  .regex(/^\s*(everyone of )?(slack|discord):\S/)

/**
 * `everyone`, or per platform the people (`U123`), channels (`#ml`), groups (`@evals`) and whole
 * workspaces (`everyone of slack:T1`) let in. What names its platform itself may stand alone or in
 * one list; it is kept under the platform.
 */
export const Access = z.union(
  [
    z.literal('everyone'),
    z.strictObject({ slack: Entries.optional(), discord: Entries.optional() }),
    Placed.transform((entry) => byPlatform([entry])),
    z.array(Placed).min(1).transform(byPlatform),
  ],
  { error: 'write everyone, or lists of people such as { slack: [U0123ABCD] }' },
)

function byPlatform(entries: readonly string[]): { slack?: string[]; discord?: string[] } {
  const of = (platform: string) =>
    entries.filter((entry) => /(slack|discord):/.exec(entry)?.[1] === platform)
  const [slack, discord] = [of('slack'), of('discord')]
  return { ...(slack.length > 0 ? { slack } : {}), ...(discord.length > 0 ? { discord } : {}) }
}

export type Access = z.infer<typeof Access>
/** The platforms an access list may speak of. */
export type Platform = keyof Exclude<Access, 'everyone'>

/** What a public post asks of those who vote, and what it says of itself. */
export const Posts = z.strictObject({
  /** How old an account must be where the platform tells it (Discord). */
  min_account_days: z.int().min(1).max(3650).optional(),
  /** How many posts of this dataset one person may vote on in a day. */
  daily_cap: z.int().min(1).max(1000).optional(),
  /** Who may vote, as an access list names people, channels and groups; else whoever is in the channel. */
  roles: z
    .strictObject({
      slack: z.array(z.string().min(1).max(200)).optional(),
      discord: z.array(z.string().min(1).max(200)).optional(),
    })
    .optional(),
  closes_hours: z.int().min(1).max(720).optional(),
  /** Fewer rankings than this stay private: a result of one would tell who said what. */
  min_votes: z.int().min(1).max(1000).optional(),
  /** Whether the result names the models. */
  models: z.boolean().optional(),
})
export type Posts = z.infer<typeof Posts>
/** The part of it that a vote is checked against; kept with the post. */
export type PostGates = Pick<Posts, 'min_account_days' | 'daily_cap' | 'roles'>

const Share = z.number().min(0.005).max(0.5)

/** A dataset as stored: the document after its template and defaults were merged in. */
export const DatasetDocument = z.strictObject({
  format: z.literal(1).default(1),
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(
      /^[a-z0-9][a-z0-9_-]*$/i,
      'use letters, digits, "_" and "-", beginning with a letter or digit',
    ),
  template: z.enum(templateNames).optional(),
  title: z.string().min(1).max(500),
  description: z.string().max(1000).optional(),
  guidelines: z.string().min(1).max(10_000).optional(),
  license: z.string().min(1).max(200).optional(),
  /** What becomes of the answers of somebody who leaves; `keep`: they stay under a pseudonym. */
  forget: z.enum(['keep', 'delete']).optional(),
  access: Access.optional(),
  fields: z.array(Field).min(1),
  questions: z.array(Question).min(1),
  /** How many outputs one card shows at most; more are dealt in balanced blocks. */
  max_shown: z.int().min(2).max(50).default(10),
  order: z.enum(['shuffled', 'fixed']).default('shuffled'),
  distribution: z
    .strictObject({
      min_submitted: z.int().min(1).max(50),
      max_discards: z.int().min(1).max(50).default(3),
    })
    .default({ min_submitted: 1, max_discards: 3 }),
  /**
   * Checks on labelers, dealt among ordinary records and like them to look at; they count for nothing
   * but statistics. `share`: how many of somebody's cards; a repeat comes `after` so many others.
   */
  checks: z
    .strictObject({
      gold: z.strictObject({ share: Share }).optional(),
      repeats: z
        .strictObject({ share: Share, after: z.int().min(1).max(1000).default(20) })
        .optional(),
    })
    .optional(),
  suggestions: z.enum(['before', 'after', 'never']).optional(),
  /** What its labelers are reminded of, unless they choose otherwise; all of it by default. */
  reminders: z
    .strictObject({
      new_work: z.boolean().optional(),
      nudge: z.boolean().optional(),
      deadline: z.boolean().optional(),
      digest: z.boolean().optional(),
      results: z.boolean().optional(),
    })
    .optional(),
  posts: Posts.optional(),
  export: z
    .strictObject({
      prompt: z.array(z.record(z.string(), z.string())).optional(),
      completion: z.string().optional(),
    })
    .optional(),
})
export type DatasetDocument = z.infer<typeof DatasetDocument>

/** A dataset row as the verbs hand it around. */
export type Dataset = {
  id: string
  name: string
  status: DatasetStatus
  document: DatasetDocument
  schemaVersion: number
  guidelinesVersion: number
}
