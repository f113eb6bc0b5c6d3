/**
 * An export as it is asked for and as it is kept: which format, which strategies, where its files
 * are. Every flag is checked here, so that a refused one is the admin's answer and not a job's.
 */
import { z } from 'zod'
import { didYouMean } from '../datasets/did-you-mean.ts'
import type { ExportState } from '../db/schema.ts'
import { invalid } from '../errors.ts'
import type { Person } from '../labelers/person.ts'

export const shapes = ['messages', 'text'] as const
export type Shape = (typeof shapes)[number]

/** Which pairs of a ranking become rows. */
export const pairStrategies = ['all', 'best-worst', 'best-rest', 'adjacent'] as const
export type PairStrategy = (typeof pairStrategies)[number]

/** Whose ranking it is: every labeler's own, or one that several of them agree on. */
export const labelerStrategies = ['each', 'majority', 'unanimous', 'consensus'] as const
export type LabelerStrategy = (typeof labelerStrategies)[number]

/** How many ranked outputs a row holds: two, or all of them. */
export const rankStrategies = ['pairs', 'all'] as const

/** What pairs are made of: rankings, or ratings of each output. */
export const pairSources = ['rankings', 'ratings'] as const

/** What stands for the ratings of several labelers. */
export const averages = ['mean', 'median'] as const

/** What says how much better the chosen output is. */
export const marginStrategies = ['vote-share', 'rank-gap', 'rating-gap', 'strength'] as const
export type MarginStrategy = (typeof marginStrategies)[number]

/** Which completions of a record become rows: all, the best rated one, or the last one written. */
export const choices = ['all', 'best-rated', 'latest'] as const

/** Whether outputs that labelers improved become rows: alone, beside the others, or not at all. */
export const editStrategies = ['with', 'without', 'only'] as const
export type EditStrategy = (typeof editStrategies)[number]

/** Whether answers count that came faster than their record can be read. */
export const fastStrategies = ['keep', 'drop'] as const

/** Whether chats are left out that strict chat templates refuse. */
export const turnStrategies = ['strict', 'as-is'] as const
export type TurnStrategy = (typeof turnStrategies)[number]

/** What rows are for, where one format serves both: reinforcement learning or supervised training. */
export const rowStrategies = ['rl', 'sft'] as const

const seed = z.int().min(0).max(2_147_483_647)
/** A day, or a moment with its zone. */
const moment = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/)
  .refine((text) => !Number.isNaN(Date.parse(text)))

/** What may be asked for beside the format; a format takes only some of them. */
export const ExportFlags = z.strictObject({
  shape: z.enum(shapes).optional(),
  question: z.string().min(1).max(200).optional(),
  pairs: z.enum(pairStrategies).optional(),
  labelers: z.enum(labelerStrategies).optional(),
  from: z.enum(pairSources).optional(),
  min_gap: z.number().gt(0).max(10).optional(),
  average: z.enum(averages).optional(),
  reference: z.string().min(1).max(200).optional(),
  ranks: z.enum(rankStrategies).optional(),
  margin: z.enum(marginStrategies).optional(),
  choice: z.enum(choices).optional(),
  edits: z.enum(editStrategies).optional(),
  keep: z.string().min(1).max(500).optional(),
  since: moment.optional(),
  until: moment.optional(),
  labeler: z.string().min(1).max(500).optional(),
  fast: z.enum(fastStrategies).optional(),
  turns: z.enum(turnStrategies).optional(),
  rows: z.enum(rowStrategies).optional(),
  split: z.number().gt(0).lt(1).optional(),
  seed: seed.optional(),
  gz: z.boolean().optional(),
  parquet: z.boolean().optional(),
})
export type ExportFlags = z.infer<typeof ExportFlags>
export type FlagName = keyof ExportFlags

/** What every format takes that is made of answers: which records, and which answers of them. */
export const answerFlags = [
  'keep',
  'since',
  'until',
  'labeler',
  'fast',
] as const satisfies FlagName[]

/** What every format takes that is made of pairs of outputs: which question, whose word, which pairs. */
export const pairFlags = [
  'from',
  'question',
  'pairs',
  'labelers',
  'min_gap',
  'average',
] as const satisfies FlagName[]

export type ExportOptions = { as: string; flags: ExportFlags }

/** One finished file. `sent` is set once the requester has it, `linked` when only a link to it fits. */
export type ExportFile = {
  name: string
  rows: number
  sha256: string
  sent?: boolean
  linked?: boolean
}

/** Candidates are what the format looked at: emitted + the sum of dropped, always. */
export type ExportCounts = {
  candidates: number
  emitted: number
  dropped: { [reason: string]: number }
}

export type Export = {
  id: string
  datasetId: string
  options: ExportOptions
  requestedBy: Person | null
  state: ExportState
  attempt: number
  /** Rows written so far. */
  rows: number
  /** The folder the files are in, once they are written. */
  directory: string | null
  files: ExportFile[]
  problem: string | null
  createdAt: Date
  finishedAt: Date | null
}

/**
 * Reads flags as a command line or a chat command gives them (texts) or as code does.
 * @throws ParleyError `invalid` with a sentence per flag.
 */
export function parseFlags(input: Readonly<Record<string, unknown>>): ExportFlags {
  const known = Object.keys(ExportFlags.shape)
  const problems: Record<string, string> = {}
  const flags: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(input)) {
    if (given === undefined || given === null || given === '') continue
    if (!known.includes(name))
      problems[name] = `An export has no such option.${didYouMean(name, known)}`
    else flags[name] = fromText(name, given)
  }
  const read = ExportFlags.safeParse(flags)
  for (const issue of read.error?.issues ?? []) {
    const name = String(issue.path[0] ?? '')
    problems[name] ??= sentences[name] ?? issue.message
  }
  if (!read.success || Object.keys(problems).length > 0) throw invalid(problems)
  return read.data
}

const sentences: Record<string, string> = {
  shape: `Choose one of ${shapes.join(', ')}.`,
  pairs: `Choose one of ${pairStrategies.join(', ')}.`,
  labelers: `Choose one of ${labelerStrategies.join(', ')}.`,
  from: `Choose one of ${pairSources.join(', ')}.`,
  min_gap: 'Write how many points of the scale make a difference, such as 1 or 0.5.',
  average: `Choose one of ${averages.join(', ')}.`,
  ranks: `Choose one of ${rankStrategies.join(', ')}.`,
  margin: `Choose one of ${marginStrategies.join(', ')}.`,
  choice: `Choose one of ${choices.join(', ')}.`,
  edits: `Choose one of ${editStrategies.join(', ')}.`,
  fast: `Choose one of ${fastStrategies.join(', ')}.`,
  turns: `Choose one of ${turnStrategies.join(', ')}.`,
  rows: `Choose one of ${rowStrategies.join(', ')}.`,
  since: 'Write a day such as 2026-03-01, or a moment such as 2026-03-01T09:00Z.',
  until:
    'Write a day such as 2026-03-31, which is meant whole, or a moment such as 2026-03-31T18:00Z.',
  split: 'Write the share of the prompts that goes into train, between 0 and 1, such as 0.9.',
  seed: 'Write a whole number from 0.',
  gz: 'Write yes or no.',
  parquet: 'Write yes or no.',
}

function fromText(name: string, given: unknown): unknown {
  if (typeof given !== 'string') return given
  const text = given.trim()
  if (name === 'split' || name === 'seed' || name === 'min_gap') return Number(text)
  if (name !== 'gz' && name !== 'parquet') return text
  if (/^(yes|true|1)$/i.test(text)) return true
  return /^(no|false|0)$/i.test(text) ? false : text
}

/** An export's progress and result; `links` lead to files too large for a message. */
export type ExportProgress = {
  exportId: string
  dataset: string
  as: string
  state: 'writing' | 'done' | 'failed' | 'cancelled'
  rows: number
  /** Of a finished one: how many were left out. */
  left: number
  problem: string | null
  links: { name: string; bytes: number; url: string; until: Date }[]
}
