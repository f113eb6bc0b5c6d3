/**
 * A battle: a question asked in an arena, and the answers of two models.
 * 1. `askArena` stores the question before anything is confirmed, and queues a job.
 * 2. `runBattle` asks both models. One worker at a time holds the row; each answer is stored once, and
 *    a worker that takes over requests only what is missing.
 * 3. Both answers become one record, shown to everybody in one message: a post whose ballots are pressed
 *    right there (vote.ts). If a model fails, or an answer names its model, the battle is void.
 * 4. The names are revealed once the asker has voted, or when the battle closes.
 */
import { sql } from 'kysely'
import type { BattleState, VoidReason } from '../db/schema/arena.ts'
import type { Platform } from '../labelers/person.ts'
import type { Channel } from '../outbox.ts'
import type { Parley } from '../parley.ts'
import type { PlainMessage } from '../records/message.ts'
import type { RecordOutput } from '../records/record-line.ts'
import { leaseRows } from '../row-lease.ts'

/** Only one worker at a time requests the answers. */
export const battleLease = leaseRows('battles', 'heartbeatAt', sql`state = 'asked'`)

/** The letters of its two sides; also the ids of its outputs. */
export const sides = ['a', 'b'] as const
export type Side = (typeof sides)[number]

export type Battle = {
  id: string
  datasetId: string
  labelerId: string | null
  platform: Platform
  workspace: string
  channelId: string
  thread: string | null
  follows: string | null
  prompt: PlainMessage[] | null
  modelA: string
  modelB: string
  answerA: RecordOutput | null
  answerB: RecordOutput | null
  state: BattleState
  voidReason: VoidReason | null
  problem: string | null
  recordId: string | null
  postId: string | null
  revealedAt: Date | null
  expectedTokens: number
  expectedMoney: number
  attempt: number
}

export const battleColumns = [
  ...(['id', 'datasetId', 'labelerId', 'platform', 'workspace', 'channelId', 'thread'] as const),
  ...(['follows', 'prompt', 'modelA', 'modelB', 'answerA', 'answerB', 'state'] as const),
  ...(['voidReason', 'problem', 'recordId', 'postId', 'revealedAt', 'expectedTokens'] as const),
  ...(['expectedMoney', 'attempt'] as const),
]

/** Null when there is none, or its dataset was deleted. */
export async function findBattle(parley: Parley, id: string): Promise<Battle | null> {
  if (!/^[1-9]\d{0,17}$/.test(id)) return null
  const row = await parley.db
    .selectFrom('battles')
    .select(battleColumns)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

/** The battle that this post collects votes for; null for any other post. */
export async function findBattleOfPost(parley: Parley, postId: string): Promise<Battle | null> {
  const row = await parley.db
    .selectFrom('battles')
    .select(battleColumns)
    .where('postId', '=', postId)
    .executeTakeFirst()
  return row ?? null
}

/** Where it is shown: in its question's thread, once that is known. */
export function channelOf({ platform, workspace, channelId, thread }: Battle): Channel {
  return { platform, workspace, channelId, ...(thread === null ? {} : { thread }) }
}

/** The models by letter. */
export function modelsOf({ modelA, modelB }: Pick<Battle, 'modelA' | 'modelB'>): {
  [S in Side]: string
} {
  return { a: modelA, b: modelB }
}
