/** A generation's row, as the verbs hand it around. */
import { sql } from 'kysely'
import { z } from 'zod'
import type { GenerationState } from '../db/schema/generation.ts'
import { conflict, ParleyError } from '../errors.ts'
import type { Parley } from '../parley.ts'
import { leaseRows } from '../row-lease.ts'
import { GenerationOptions } from './options.ts'

/** One worker at a time asks the models of a generation. */
export const generationLease = leaseRows('generations', 'heartbeatAt', sql`state = 'running'`)

/** What its worker may still store: an answer that arrived is paid for, even after a cancel. */
export const storingLease = leaseRows(
  'generations',
  'heartbeatAt',
  sql`state in ('running', 'cancelled')`,
)

/** What was stored so far, and what came back without a usable output. */
export type GenerationCounts = {
  /** Outputs that records have now. */
  added: number
  /** Cut off at the length limit, declined, or without any text: kept aside. */
  cut: number
  refused: number
  empty: number
  requests: number
  /** Requests that a crash or a cancel cut off, at most: asked again, and maybe paid twice. */
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
  /** As many outputs as it may come to write. */
  wanted: number
  counts: GenerationCounts
  leftOut: LeftOut
  problem: string | null
}

/** How far a generation is, as its followers see it. */
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

/** @throws ParleyError `not_found` when it is gone together with its dataset. */
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
