/**
 * The worker's verb: requests both answers of a battle. If a worker dies, another takes over; a stored
 * answer is never requested again, and both are posted in one transaction.
 */
import { sql } from 'kysely'
import { getDatasetById } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import type { Arena } from '../datasets/models.ts'
import { asParleyError, conflict } from '../errors.ts'
import { openAsker, type Parameters } from '../generation/ask.ts'
import { costOf } from '../generation/budget.ts'
import { findModels } from '../generation/options.ts'
import { openPatience, type PatienceLimits } from '../generation/patience.ts'
import { outputOf } from '../generation/store.ts'
import type { Model } from '../model.ts'
import { inTransaction, type Parley } from '../parley.ts'
import type { PlainMessage } from '../records/message.ts'
import type { RecordOutput } from '../records/record-line.ts'
import { freeAt, holdRows, isFree, isHeld, silentMs, taken } from '../row-lease.ts'
import {
  type Battle,
  battleColumns,
  battleLease,
  findBattle,
  modelsOf,
  type Side,
  sides,
} from './battle.ts'
import { nameIn } from './names.ts'
import { standBattle, voidBattle } from './settle.ts'

export type BattleRun = { isLastAttempt?: boolean; patience?: PatienceLimits }

/** Skips a battle that has ended or that another worker holds. */
export async function runBattle(
  parley: Parley,
  battleId: string,
  { isLastAttempt = false, patience = { tries: 3, waitMs: 1_000 } }: BattleRun = {},
): Promise<void> {
  const claimed = await claim(parley, battleId)
  if (!claimed) return ringWhenStale(parley, battleId)
  const holding = holdRows(parley, battleLease, () => [claimed], { reason: takenOver })
  try {
    await answerBoth(parley, claimed, patience, holding.lost)
  } catch (error) {
    const now = await findBattle(parley, battleId)
    if (now?.state !== 'asked' || now.attempt !== claimed.attempt) return
    const known = asParleyError(error)
    if (isLastAttempt || (known && known.code !== 'unavailable')) {
      const problem = known?.message ?? 'Something broke on our side; the log says what.'
      await inTransaction(parley, (inside) => voidBattle(inside, claimed, 'failed', problem))
    } else await release(parley, claimed)
    throw error
  } finally {
    await holding.stop()
  }
}

/** Each minute: queues a job for battles whose job was lost or whose worker died. */
export async function sweepBattles(parley: Parley): Promise<void> {
  const now = parley.now()
  const { rows } = await sql<{ id: string }>`
    select id from battles where state = 'asked' and ${isFree(battleLease, now)}
      and created_at < ${new Date(now.getTime() - silentMs)}
    order by id limit 100`.execute(parley.db)
  for (const { id } of rows) await parley.queue.ring('run-battle', { battleId: id })
}

async function claim(parley: Parley, id: string): Promise<Battle | null> {
  const now = parley.now()
  const row = await parley.db
    .updateTable('battles')
    .set(taken(battleLease, now))
    .where('id', '=', id)
    .where('state', '=', 'asked')
    .where(isFree(battleLease, now))
    .returning(battleColumns)
    .executeTakeFirst()
  return row ?? null
}

async function ringWhenStale(parley: Parley, id: string): Promise<void> {
  const held = await parley.db
    .selectFrom('battles')
    .select('heartbeatAt')
    .where('id', '=', id)
    .where('state', '=', 'asked')
    .executeTakeFirst()
  if (!held?.heartbeatAt) return
  const delayMs = Math.max(1_000, freeAt(held.heartbeatAt).getTime() - parley.now().getTime())
  await parley.queue.ring('run-battle', { battleId: id }, { delayMs })
}

async function release(parley: Parley, battle: Battle): Promise<void> {
  await parley.db
    .updateTable('battles')
    .set({ heartbeatAt: null })
    .where(isHeld(battleLease, battle))
    .execute()
}

type SideAnswer = { output: RecordOutput } | { problem: string }

async function answerBoth(
  parley: Parley,
  battle: Battle,
  patience: PatienceLimits,
  signal: AbortSignal,
): Promise<void> {
  const dataset = await getDatasetById(parley, battle.datasetId)
  const names = modelsOf(battle)
  const models = findModels(parley.models, [names.a, names.b])
  const answers = await Promise.all(
    sides.map(async (side, at): Promise<SideAnswer> => {
      const stored = side === 'a' ? battle.answerA : battle.answerB
      const model = models[at]
      if (stored) return { output: stored }
      if (!model) throw conflict('A model of this battle is not configured any more.')
      return askSide(parley, { battle, dataset, side, model }, patience, signal)
    }),
  )
  const failed = answers.flatMap((one) => ('problem' in one ? [one.problem] : []))
  const [a, b] = answers.flatMap((one) => ('output' in one ? [one.output] : []))
  await inTransaction(parley, async (inside) => {
    if (!a || !b) return voidBattle(inside, battle, 'failed', failed.join('\n'))
    const told = [a, b].flatMap((output, at) => givenAway(output, models[at]))
    await standBattle(inside, battle, dataset, { a, b }, told[0] ?? null)
  })
}

function givenAway({ text = '', metadata }: RecordOutput, model: Model | undefined): string[] {
  const made = metadata?.['generated'] as { model?: string } | undefined
  const name = model ? nameIn(text, model, made?.model ?? null) : null
  return name === null ? [] : [name]
}

type AskedSide = { battle: Battle; dataset: Dataset; side: Side; model: Model }

/** Requests one model's answer and stores it at once. */
async function askSide(
  parley: Parley,
  { battle, dataset, side, model }: AskedSide,
  limits: PatienceLimits,
  signal: AbortSignal,
): Promise<SideAnswer> {
  const { arena } = dataset.document
  if (!arena || !battle.prompt) throw takenOver()
  const asker = await openAsker(model)
  const parameters = parametersOf(arena)
  const messages = messagesOf(arena, battle.prompt)
  const tried = await openPatience(model, parley.now, limits).try(
    (until) => asker.ask(messages, parameters, until),
    signal,
  )
  if (tried.type === 'failed') return { problem: tried.failure.problem }
  const { result: answer } = tried
  await addCost(parley, battle, {
    tokens: answer.usage.input + answer.usage.output,
    money: costOf(model, answer.usage.input, answer.usage.output),
  })
  if (answer.text.trim() === '') return { problem: `"${model.name}" answered with nothing.` }
  const made = { name: model.name, model: model.model, generation: `battle-${battle.id}` }
  const output = { ...outputOf(made, 1, parameters, answer), id: side }
  const stored = await parley.db
    .updateTable('battles')
    .set(side === 'a' ? { answerA: JSON.stringify(output) } : { answerB: JSON.stringify(output) })
    .where(isHeld(battleLease, battle))
    .executeTakeFirst()
  if (stored.numUpdatedRows !== 1n) throw takenOver()
  return { output }
}

function messagesOf({ system }: Arena, prompt: readonly PlainMessage[]): PlainMessage[] {
  return [...(system === undefined ? [] : [{ role: 'system', content: system }]), ...prompt]
}

function parametersOf({ temperature, max_tokens }: Arena): Parameters {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(max_tokens === undefined ? {} : { max_tokens }),
  }
}

/** It was paid for, whether or not the answer is used. */
async function addCost(
  parley: Parley,
  { datasetId }: Battle,
  { tokens, money }: { tokens: number; money: number },
): Promise<void> {
  await sql`update arena_sums set tokens = tokens + ${tokens}, money = money + ${money}
    where dataset_id = ${datasetId}`.execute(parley.db)
}

function takenOver() {
  return conflict('Another worker took this battle over, or it was deleted.')
}
