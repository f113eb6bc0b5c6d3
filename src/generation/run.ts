/**
 * The worker's verb: has models write the outputs of a started generation.
 *
 * 1. A worker claims the row: its attempt gets a number, and a heartbeat shows that it is alive.
 * 2. Each model has its own lane (lane.ts). A request is recorded before it is sent (begin.ts), and its
 *    answer is stored once, together with the generation's totals (store.ts).
 * 3. A worker that takes over after a crash requests only what is not stored. Requests the dead worker sent
 *    without storing an answer are sent again and counted as interrupted: at most as many as it could send.
 */
import { setMaxListeners } from 'node:events'
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { getDatasetById } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { ifThere } from '../errors.ts'
import { inTransaction, type Parley } from '../parley.ts'
import {
  failRow,
  freeAt,
  type Holding,
  holdRows,
  isFree,
  isHeld,
  silentMs,
  taken,
} from '../row-lease.ts'
import { openAsker } from './ask.ts'
import { type Budget, openBudget } from './budget.ts'
import {
  type Generation,
  generationColumns,
  generationLease,
  getGeneration,
  isOver,
  type LeftOut,
  leftOutReasons,
  readGeneration,
  takenOver,
} from './generation.ts'
import { runLane } from './lane.ts'
import { findModels, keyProblem } from './options.ts'
import { openPatience, type PatienceLimits } from './patience.ts'
import { openSlots } from './slots.ts'
import { generateForWaiting } from './start.ts'
import type { Stored } from './store.ts'
import { tellGeneration } from './tell.ts'

/** Outputs that were written, and those that were not or are not on their records. */
export type Settled = { written: number; leftOut: number }

export type GenerationRun = {
  isLastAttempt?: boolean
  /** How patient it is with servers; for tests. */
  patience?: PatienceLimits
  /** Called after each task. */
  onProgress?: (settled: Settled, wanted: number) => void
  /** Aborts the requests at once; the caller updates the row. */
  signal?: AbortSignal
}

/** Does nothing for a generation that has ended or that another worker holds. */
export async function runGeneration(
  parley: Parley,
  generationId: string,
  running: GenerationRun = {},
): Promise<void> {
  const claimed = await claim(parley, generationId)
  if (!claimed) {
    const found = await ifThere(getGeneration(parley, generationId))
    if (!found) return
    return isOver(found) ? tellGeneration(parley, generationId) : ringWhenStale(parley, found.id)
  }
  try {
    await runClaimed(parley, claimed, running)
  } catch (error) {
    const now = await ifThere(getGeneration(parley, generationId))
    // Deleted with its dataset, cancelled, or taken over by another worker: nothing left to do.
    if (!now || running.signal?.aborted) return
    if (now.attempt !== claimed.attempt || isOver(now)) return tellGeneration(parley, generationId)
    await failRow(parley, generationLease, claimed, {
      error,
      isLastAttempt: running.isLastAttempt ?? false,
    })
    await tellGeneration(parley, generationId)
    throw error
  }
  await tellGeneration(parley, generationId)
}

/** Queues another job for generations whose job was lost, whose worker died, or whose followers were not notified. */
export async function sweepGenerations(parley: Parley): Promise<void> {
  const now = parley.now()
  const { rows } = await sql<{ id: string }>`
    select id from generations where state in ('queued', 'running')
      and ${isFree(generationLease, now)} and created_at < ${new Date(now.getTime() - silentMs)}
    union
    select g.id from generations g join generation_followers f on f.generation_id = g.id
    where f.told_at is null and g.finished_at < ${new Date(now.getTime() - silentMs)}
    order by 1 limit 100`.execute(parley.db)
  for (const { id } of rows) await parley.queue.ring('generate-outputs', { generationId: id })
}

async function claim(parley: Parley, id: string): Promise<Generation | null> {
  const now = parley.now()
  const row = await parley.db
    .updateTable('generations')
    .set({ ...taken(generationLease, now), state: 'running', problem: null, leftOut: '{}' })
    .where('id', '=', id)
    .where((is) =>
      is.or([
        is('state', '=', 'queued'),
        is.and([is('state', '=', 'running'), isFree(generationLease, now)]),
      ]),
    )
    .returning(generationColumns)
    .executeTakeFirst()
  return row ? readGeneration(row) : null
}

async function ringWhenStale(parley: Parley, id: string): Promise<void> {
  const held = await parley.db
    .selectFrom('generations')
    .select('heartbeatAt')
    .where('id', '=', id)
    .where('state', '=', 'running')
    .executeTakeFirst()
  if (!held?.heartbeatAt) return
  const delayMs = Math.max(1_000, freeAt(held.heartbeatAt).getTime() - parley.now().getTime())
  await parley.queue.ring('generate-outputs', { generationId: id }, { delayMs })
}

async function runClaimed(
  parley: Parley,
  claimed: Generation,
  running: GenerationRun,
): Promise<void> {
  const dataset = await getDatasetById(parley, claimed.datasetId)
  const leftOut: LeftOut = {}
  const wanted = await wantedOf(parley, dataset, claimed)
  const settled: Settled = { written: 0, leftOut: 0 }
  const onStored = (stored: Stored) => {
    settled[stored === 'added' || stored === 'aside' ? 'written' : 'leftOut'] += 1
    if (stored !== 'added' && stored !== 'aside' && stored !== 'none')
      leftOut[stored] = (leftOut[stored] ?? 0) + 1
    running.onProgress?.(settled, wanted)
  }
  const holding = holdRows(parley, generationLease, () => [claimed], {
    set: () => ({ left_out: JSON.stringify(leftOut), wanted }),
    report: () => tellGeneration(parley, claimed.id),
    reason: takenOver,
  })
  try {
    const around = { ...running, holding, leftOut, onStored }
    const problem = await runLanes(parley, dataset, claimed, around)
    if (parley.stopping?.aborted) await handOver(parley, claimed)
    else await finish(parley, claimed, dataset, { problem, leftOut, wanted })
  } finally {
    await holding.stop()
  }
}

/** Returns why it stopped before everything was written, or null. */
async function runLanes(
  parley: Parley,
  dataset: Dataset,
  generation: Generation,
  around: GenerationRun & {
    holding: Holding
    leftOut: LeftOut
    onStored: (stored: Stored) => void
  },
): Promise<string | null> {
  const { options } = generation
  const { holding, leftOut, onStored, patience } = around
  const models = findModels(parley.models, options.models)
  const budget = openBudget(options, await spentBefore(parley, dataset.id))
  const slots = openSlots(options.inFlight ?? Number.POSITIVE_INFINITY)
  // If a lane throws, the others stop too: they may store nothing once the row is no longer ours.
  const failed = new AbortController()
  const { stopping } = parley
  // Requests in flight when this process stops get a moment to finish.
  const late = () => setTimeout(() => failed.abort(), lastAnswersMs).unref()
  stopping?.addEventListener('abort', late, { once: true })
  const ends = [holding.lost, failed.signal, ...(around.signal ? [around.signal] : [])]
  const signal = AbortSignal.any(ends)
  // Every request in flight listens to it.
  setMaxListeners(0, signal)
  const lanes = await Promise.allSettled(
    models.map(async (model) => {
      const missing = keyProblem(model)
      if (missing) return missing
      const asker = await openAsker(model)
      const lane = { parley, dataset, generation, model, asker, budget, slots, signal }
      return runLane({
        ...{ ...lane, leftOut, onStored, isEnding: () => stopping?.aborted ?? false },
        patience: openPatience(model, parley.now, patience),
      }).catch((error: unknown) => {
        failed.abort(error)
        throw error
      })
    }),
  )
  stopping?.removeEventListener('abort', late)
  if (stopping?.aborted && !holding.lost.aborted) return null
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason
  const problems = lanes.flatMap((lane) => (lane.status === 'fulfilled' ? (lane.value ?? []) : []))
  return [...problems, ...sayUsedUp(budget, dataset.name)].join('\n') || null
}

/** Shorter than the time a stop waits for running jobs. */
const lastAnswersMs = 7_000

/** Lets another process continue it, at once if there is one. */
async function handOver(parley: Parley, claimed: Generation): Promise<void> {
  await parley.db
    .updateTable('generations')
    .set({ state: 'queued', heartbeatAt: null })
    .where(isHeld(generationLease, claimed))
    .execute()
  await parley.queue.ring('generate-outputs', { generationId: claimed.id }, { delayMs: 1_000 })
}

/** Tokens and amounts as people type them. */
function sayUsedUp(budget: Budget, name: string): string[] {
  const reached = budget.usedUp()
  if (!reached) return []
  const { what, limit } = reached
  const typed = (amount: number) =>
    what === 'money' ? Number(amount.toFixed(4)) : Math.round(amount)
  const [spent, next] = [typed(reached.spent), typed(reached.next)]
  const isGone = spent >= limit
  if (what === 'money')
    return [
      isGone
        ? `The budget is used up: ${spent} of ${limit} spent. Go on with a larger one: parley generate ${name} --money AMOUNT.`
        : `The budget has no room for another request: ${spent} of ${limit} spent, and one may cost ${next}. Go on with a larger one: parley generate ${name} --money AMOUNT.`,
    ]
  return [
    isGone
      ? `The budget is used up: ${spent} of ${limit} tokens spent. Go on with a larger one: parley generate ${name} --tokens NUMBER.`
      : `The budget has no room for another request: ${spent} of ${limit} tokens spent, and one may take ${next}. Go on with a larger one: parley generate ${name} --tokens NUMBER.`,
  ]
}

/** Over all generations of the dataset: a limit holds no matter who starts them, or how often. */
async function spentBefore(parley: Parley, datasetId: string) {
  const { rows } = await sql<{ tokens: number; money: number }>`
    select coalesce(sum(input_tokens + output_tokens), 0)::float8 as tokens,
      coalesce(sum(cost), 0)::float8 as money
    from generations where dataset_id = ${datasetId}`.execute(parley.db)
  return rows[0] ?? { tokens: 0, money: 0 }
}

/** The most outputs it may write, from kept totals or the few records that need some. */
async function wantedOf(
  parley: Parley,
  dataset: Dataset,
  { options }: Generation,
): Promise<number> {
  const { rows } = await sql<{ records: number; waiting: number }>`
    select records, needs_outputs as waiting from dataset_counts(array[${dataset.id}::bigint])
  `.execute(parley.db)
  const { records = 0, waiting = 0 } = rows[0] ?? {}
  const count = options.records === 'waiting' ? waiting : records
  return Number(count) * options.models.length * options.samples
}

async function finish(
  parley: Parley,
  claimed: Generation,
  dataset: Dataset,
  { problem, leftOut, wanted }: { problem: string | null; leftOut: LeftOut; wanted: number },
): Promise<void> {
  const state = problem === null ? 'done' : 'stopped'
  await inTransaction(parley, async (inside) => {
    const row = await inside.db
      .updateTable('generations')
      .set({
        ...{ state, problem, wanted: String(wanted), heartbeatAt: null, finishedAt: inside.now() },
        leftOut: JSON.stringify(ordered(leftOut)),
      })
      .where(isHeld(generationLease, claimed))
      .returning([...generationColumns, 'again'])
      .executeTakeFirst()
    if (!row) throw takenOver()
    const { counts } = readGeneration(row)
    const detail = { generation: claimed.id, ...counts, left_out: leftOut }
    // Outputs are new work: this announces it.
    const act = counts.added > 0 ? 'generated outputs' : 'generated no outputs'
    await writeAudit(inside, { actor: claimed.askedBy, act, dataset: dataset.name, detail })
    if (row.again && state === 'done')
      inside.afterCommit(() => generateForWaiting(parley, dataset.name))
  })
}

function ordered(leftOut: LeftOut): LeftOut {
  return Object.fromEntries(
    leftOutReasons.flatMap((reason) => (leftOut[reason] ? [[reason, leftOut[reason]]] : [])),
  )
}
