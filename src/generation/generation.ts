/** A generation's row, as verbs pass it around. */
import { sql } from 'kysely'
import { z } from 'zod'
import type { GenerationState } from '../db/schema/generation.ts'
import { conflict, ParleyError } from '../errors.ts'
import type { Parley } from '../parley.ts'
import { leaseRows } from '../row-lease.ts'
import { GenerationOptions } from './options.ts'

/** Only one worker at a time runs a generation. */
export const generationLease = leaseRows('generations', 'heartbeatAt', sql`state = 'running'`)

/** The states in which its worker may store answers: one that arrives after a cancel is paid for too. */
export const storingLease = leaseRows(
  'generations',
  'heartbeatAt',
  sql`state in ('running', 'cancelled')`,
)

/** What is stored so far, and what came back without a usable output. */
export type GenerationCounts = {
  /** Outputs that records have now. */
  added: number
  /** Truncated at the length limit, declined, or empty: kept aside. */
  cut: number
  refused: number
  empty: number
  requests: number
  /** The most requests that a crash or a cancel interrupted: sent again, and perhaps paid for twice. */
  brokenOff: number
  inputTokens: number
  outputTokens: number
  /** In the currency of the prices; 0 where there are none. */
  cost: number
}

export const leftOutReasons = ['answered', 'leased', 'full', 'gone', 'no_prompt', 'failed'] as const
/** Outputs that were not written, or not added, and why. */
export type LeftOut = { [Reason in (typeof leftOutReasons)[number]]?: number }

export type Generation = {
  id: string
  datasetId: string
  askedBy: string
  options: GenerationOptions
  state: GenerationState
  attempt: number
  /** The most outputs it may write. */
  wanted: number
  counts: GenerationCounts
  leftOut: LeftOut
  problem: string | null
}

/** A generation's progress, as its followers see it. */
export type GenerationProgress = Omit<Generation, 'id' | 'datasetId' | 'options' | 'attempt'> & {
  generationId: string
  dataset: { name: string; title: string }
  models: string[]
}

export const generationColumns = [
  ...(['id', 'datasetId', 'askedBy', 'options', 'state', 'attempt', 'wanted', 'added'] as const),
  ...(['cut', 'refused', 'empty', 'requests', 'brokenOff', 'inputTokens'] as const),
  ...(['outputTokens', 'cost', 'leftOut', 'problem'] as const),
]

type Row = Pick<Generation, 'id' | 'datasetId' | 'askedBy' | 'state' | 'attempt' | 'problem'> & {
  [Count in Exclude<keyof GenerationCounts, 'cost'> | 'wanted']: string
} & { options: unknown; cost: number; leftOut: unknown }

export function readGeneration(row: Row): Generation {
  const { added, cut, refused, empty, requests, brokenOff, inputTokens, outputTokens } = row
  const { id, datasetId, askedBy, state, attempt, problem, cost } = row
  const texts = { added, cut, refused, empty, requests, brokenOff, inputTokens, outputTokens }
  const numbers = Object.entries(texts).map(([name, text]) => [name, Number(text)])
  return {
    ...{ id, datasetId, askedBy, state, attempt, problem },
    options: GenerationOptions.parse(row.options),
    wanted: Number(row.wanted),
    counts: { ...(Object.fromEntries(numbers) as Omit<GenerationCounts, 'cost'>), cost },
    leftOut: StoredLeftOut.parse(row.leftOut),
  }
}

const StoredLeftOut: z.ZodType<LeftOut> = z.partialRecord(z.enum(leftOutReasons), z.number())

/** @throws ParleyError `not_found` when it was deleted with its dataset. */
export async function getGeneration(parley: Parley, id: string): Promise<Generation> {
  const row = await parley.db
    .selectFrom('generations')
    .select(generationColumns)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row) return readGeneration(row)
  throw new ParleyError('not_found', 'This generation is gone.')
}

export function isOver({ state }: Pick<Generation, 'state'>): boolean {
  return state !== 'queued' && state !== 'running'
}

export function takenOver(): ParleyError {
  return conflict('Another worker took this generation over, or it was ended.')
}
