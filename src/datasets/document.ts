/**
 * The dataset document: what an admin writes by hand, validated here. What leaves this file is
 * complete: the template's fields and questions are merged in and every default is filled. The
 * descriptions become docs/datasets.md and schema/dataset.schema.json (`npm run docs`).
 */

import { z } from 'zod'
import { platformNames, readPrefix } from '../platforms/registry.ts'
import { eachPlatform } from '../platforms/schema.ts'
import type { Platform } from '../platforms/traits.ts'
import { Question } from '../questions/question.ts'
import { Feedback } from './feedback/feedback.ts'
import { Feeds } from './feeds/feed.ts'
import { Arena, Generate } from './models.ts'
import { templateNames } from './templates/names.ts'
import { Traces } from './traces/rule.ts'

export const datasetStatuses = ['draft', 'ready', 'paused', 'closed'] as const
export type DatasetStatus = (typeof datasetStatuses)[number]

export const Field = z.strictObject({
  name: z.string().min(1).max(200).describe('the key of the field in every record'),
  title: z
    .string()
    .min(1)
    .max(500)
    .describe('the heading labelers read above it; default: made from the name'),
  type: z
    .enum(['text', 'chat', 'image', 'audio'])
    .default('text')
    .describe(
      '`chat`: a list of messages with `role` and `content`; a plain text is also accepted. `image`, `audio`: an https link, which Parley fetches and shows on the page of a task',
    ),
  required: z.boolean().default(true).describe('refuse records without it'),
})
export type Field = z.infer<typeof Field>

const Entries = z.array(z.string().min(1).max(200))
/** `slack:T1`, `slack:T1:U1`, `discord:42`, `everyone of slack:T1`. */
const Placed = () =>
  z
    .string()
    .max(200)
    .regex(new RegExp(`^\\s*(everyone of )?(${platformNames().join('|')}):\\S`))

/**
 * `everyone`, or per platform the people (`U123`), channels (`#ml`), groups (`@evals`) and whole
 * workspaces (`everyone of slack:T1`) let in. What names its platform itself may stand alone or in
 * one list; it is kept under the platform.
 */
export const Access = z.lazy(() =>
  z.union(
    [
      z.literal('everyone'),
      eachPlatform(Entries),
      Placed().transform((entry) => byPlatform([entry])),
      z.array(Placed()).min(1).transform(byPlatform),
    ],
    { error: 'write everyone, or lists of people such as { slack: [U0123ABCD] }' },
  ),
)

function byPlatform(entries: readonly string[]): { [P in Platform]?: string[] } {
  const lists: { [P in Platform]?: string[] } = {}
  for (const name of platformNames()) {
    const theirs = entries.filter((entry) => platformIn(entry) === name)
    if (theirs.length > 0) lists[name] = theirs
  }
  return lists
}

function platformIn(entry: string): Platform | undefined {
  return readPrefix(entry.trim().replace(/^everyone of /, ''))?.platform
}

export type Access = z.infer<typeof Access>
export type { Platform }

/** A public post's requirements for voters, and what its result shows. */
export const Posts = z.strictObject({
  min_account_days: z
    .int()
    .min(1)
    .max(3650)
    .optional()
    .describe('how old a voter’s account must be, in days (Discord)'),
  daily_cap: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('how many posts of this dataset one person may vote on in a day'),
  roles: z
    .lazy(() => eachPlatform(Entries))
    .optional()
    .describe('who may vote, written like `access`; default: everybody in the channel'),
  closes_hours: z.int().min(1).max(720).optional().describe('hours until voting ends; default: 24'),
  // The result of a single ranking would reveal whose it is.
  min_votes: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('with fewer rankings the result shows only the number of votes; default: 3'),
  models: z.boolean().optional().describe('name the models in the result'),
})
export type Posts = z.infer<typeof Posts>
/** The part of it that a vote is checked against; kept with the post. */
export type PostGates = Pick<Posts, 'min_account_days' | 'daily_cap' | 'roles'>

/** What programs may ask people here, and who is invited to answer. */
export const Ask = z.strictObject({
  to: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(50)
    .default(['everyone'])
    .describe('who is invited to answer, written as for `parley deliver --to`'),
  most_people: z
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('how many people one question may want; without a number it wants `min_submitted`'),
  per_day: z
    .int()
    .min(1)
    .max(100_000)
    .default(100)
    .describe('how many questions may be asked in a day'),
  hours: z
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('hours until the deadline of a question that names none'),
})
export type Ask = z.infer<typeof Ask>

/** As many prompts as one dataset can ask for. */
const mostBlanks = 100_000

const Share = z.number().min(0.005).max(0.5)

/** A dataset as stored: the document after its template and defaults were merged in. */
export const DatasetDocument = z.strictObject({
  format: z.literal(1).default(1).describe('version of this document format'),
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
      'use letters, digits, "_" and "-", beginning with a letter or digit',
    )
    .describe('what commands call the dataset'),
  template: z
    .enum(templateNames)
    .optional()
    .describe('brings a title, fields, questions and `min_submitted`; the document overrides them'),
  title: z
    .string()
    .min(1)
    .max(500)
    .describe('the heading of every card; default: the template’s, else made from the name'),
  description: z
    .string()
    .max(1000)
    .optional()
    .describe('what the dataset is about, in one or two lines'),
  guidelines: z
    .string()
    .min(1)
    .max(10_000)
    .optional()
    .describe(
      'what labelers should know: Markdown, or the name of a .md or .txt file beside the document',
    ),
  license: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('licence of the data, such as `CC-BY-4.0`; exports and dataset cards repeat it'),
  forget: z
    .enum(['keep', 'delete'])
    .optional()
    .describe(
      'what happens to the answers of somebody who has their data deleted; default: `keep`, under a pseudonym',
    ),
  access: Access.optional().describe(
    '`everyone` of the home workspace and server, or the people, channels, groups and workspaces allowed in',
  ),
  fields: z.array(Field).min(1).describe('what labelers read'),
  questions: z.array(Question).min(1).describe('what labelers answer'),
  target: z
    .int()
    .min(1)
    .max(mostBlanks)
    .optional()
    .describe(
      'labelers write prompts: how many are wanted. Publishing makes the records; the text question `prompt` is what they write',
    ),
  per_labeler: z
    .int()
    .min(1)
    .max(mostBlanks)
    .optional()
    .describe('how many prompts of one labeler count; default: any number'),
  topics: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(500)
    .optional()
    .describe('what the prompts are to be about, in turn, so that each topic gets as many'),
  max_shown: z
    .int()
    .min(2)
    .max(50)
    .default(10)
    .describe('how many outputs one card shows at most; more are dealt in balanced blocks'),
  order: z
    .enum(['shuffled', 'fixed'])
    .default('shuffled')
    .describe('the order in which records are handed out; `fixed`: as in the file'),
  distribution: z
    .strictObject({
      min_submitted: z.int().min(1).max(50).describe('answers that complete a record'),
      max_discards: z
        .int()
        .min(1)
        .max(50)
        .default(3)
        .describe('skips for the record’s own fault that reject it'),
    })
    .default({ min_submitted: 1, max_discards: 3 })
    .describe('how many answers a record needs'),
  checks: z
    .strictObject({
      gold: z
        .strictObject({ share: Share.describe('of everybody’s cards, 0.05 for one in twenty') })
        .optional()
        .describe('records with known answers'),
      repeats: z
        .strictObject({
          share: Share.describe('of everybody’s cards, 0.05 for one in twenty'),
          after: z
            .int()
            .min(1)
            .max(1000)
            .default(20)
            .describe('how many other records come in between'),
        })
        .optional()
        .describe('records the labeler answered before'),
    })
    .optional()
    .describe('quality checks dealt among ordinary records; they look the same and never train'),
  suggestions: z
    .enum(['before', 'after', 'never'])
    .optional()
    .describe(
      '`before`: cards say what a model suggests, and forms start with it; `after`: it appears with the saved answer, with one press to change it; `never`; default: `before` for texts and labels, `never` for ratings and rankings',
    ),
  suggestions_holdout: Share.optional().describe(
    'of the cards with suggestions, how many come without, to measure how they sway people: 0.1 for one in ten',
  ),
  suggestions_seed: z
    .int()
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe('which cards these are; another number holds out others; default: 0'),
  suggestions_score: z
    .boolean()
    .optional()
    .describe('show how sure the model is beside its suggestion; default: only who made it'),
  reminders: z
    .strictObject({
      new_work: z.boolean().optional().describe('new records to answer'),
      nudge: z.boolean().optional().describe('a batch that was not touched for a day'),
      deadline: z.boolean().optional().describe('a due date that comes near'),
      digest: z.boolean().optional().describe('the daily digest of open work'),
      results: z.boolean().optional().describe('what came out when the dataset closes'),
    })
    .optional()
    .describe(
      'kinds of reminder that are on for its labelers unless they choose otherwise; default: all',
    ),
  posts: Posts.optional().describe(
    'public posts of its records: who may vote, and what the result shows',
  ),
  generate: Generate.optional().describe(
    'models that write outputs for its records (`parley generate`)',
  ),
  feeds: Feeds,
  feedback: Feedback.optional().describe(
    'thumbs on messages of an AI app become answers of this dataset (docs/feedback.md)',
  ),
  arena: Arena.optional().describe(
    'people ask in a channel, two of these models answer, everybody votes (docs/arena.md)',
  ),
  ask: Ask.optional().describe('programs may ask people here, over MCP or HTTP (docs/agents.md)'),
  traces: Traces.optional().describe(
    'calls of models in production that become its records, as OpenTelemetry sends them (docs/traces.md)',
  ),
  export: z
    .strictObject({
      prompt: z
        .array(z.record(z.string(), z.string()))
        .optional()
        .describe(
          'the exported prompt: messages such as `{ system: $context }`, where `$NAME` is a field or a text that labelers write',
        ),
      completion: z
        .string()
        .optional()
        .describe('the exported completion, such as `$completion`, where `$NAME` is an answer'),
    })
    .optional()
    .describe('how fields and answers become prompts and completions'),
})
export type DatasetDocument = z.infer<typeof DatasetDocument>

/** A dataset row, as the verbs pass it. */
export type Dataset = {
  id: string
  name: string
  status: DatasetStatus
  document: DatasetDocument
  schemaVersion: number
  guidelinesVersion: number
}
