/**
 * Runs one model: takes its tasks in order, keeps as many requests in flight as allowed, and stores each
 * answer. The same number of requests is recorded ahead, and twice as many answers may be waiting to be
 * stored, so that a slow database does not hold requests back.
 */
import type { Dataset } from '../datasets/document.ts'
import type { Model } from '../model.ts'
import type { Parley } from '../parley.ts'
import { wordsOf } from '../records/message.ts'
import { type Answer, tokensOf } from './answer.ts'
import { type Asker, parametersOf } from './ask.ts'
import { beginOutputs } from './begin.ts'
import { type Budget, costOf, type Spent } from './budget.ts'
import type { Generation, LeftOut } from './generation.ts'
import { inBatches } from './in-batches.ts'
import type { Patience, Tried } from './patience.ts'
import { type Planned, planOutputs, type Task } from './plan.ts'
import { openSlots, type Slots } from './slots.ts'
import { type Outcome, outputOf, type Stored, storeOutcomes } from './store.ts'

export type LaneInput = {
  parley: Parley
  dataset: Dataset
  generation: Generation
  model: Model
  asker: Asker
  patience: Patience
  budget: Budget
  /** Shared by the whole generation. */
  slots: Slots
  /** Aborted when another worker takes over or the generation ends. */
  signal: AbortSignal
  /** Whether this process is stopping: requests in flight are stored, and none begins. */
  isEnding(): boolean
  leftOut: LeftOut
  onStored(stored: Stored): void
}

/** After this many failures in a row, the next requests are expected to fail too. */
const mostInARow = 5
const batchSize = 64
/** Short beside the time a model takes to answer; storing each answer alone would cost several times as much. */
const storingMs = 50

/**
 * Returns why the model left outputs unwritten, or null if it wrote them all.
 * @throws the signal's reason; `conflict` when another worker takes over.
 */
export async function runLane(lane: LaneInput): Promise<string | null> {
  const { generation, model, slots, signal } = lane
  const plan = planOutputs(lane.parley, lane.dataset, generation, model.name, lane.leftOut)
  const width = Math.min(model.inFlight, generation.options.inFlight ?? model.inFlight)
  const verbs = openVerbs(lane, width)
  let stopped: string | null = null
  let failed: string | null = null
  let inARow = 0
  const around = {
    ...{ lane, verbs, slots: [openSlots(width), slots], ahead: openSlots(width) },
    isStopped: () => stopped !== null || lane.isEnding(),
  }
  const work = async () => {
    for (;;) {
      if (around.isStopped() || lane.budget.usedUp()) return
      signal.throwIfAborted()
      const outcome = await performNext(plan, around)
      if (outcome === null) return
      if (outcome === 'sent') inARow = 0
      else if (outcome !== 'none') {
        inARow += 1
        failed ??= outcome.problem
        if (outcome.isFatal || inARow >= mostInARow) stopped ??= outcome.problem
      }
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: 4 * width }, work))
  await plan.return(undefined)
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason
  return stopped ?? failed
}

type Verbs = ReturnType<typeof openVerbs>

function openVerbs({ parley, dataset, generation, model, onStored }: LaneInput, width: number) {
  const { id, attempt, datasetId, options } = generation
  const held = { id, attempt, datasetId }
  const storing = { dataset, held, model: model.name, keepCut: options.keepCut }
  const store = inBatches(
    (outcomes: readonly Outcome[]) => storeOutcomes(parley, storing, outcomes),
    { most: batchSize, gatherMs: storingMs },
  )
  let cutOff = 0
  const begin = async (tasks: readonly Task[]) => {
    const asking = { model: model.name, mostCutOff: width - cutOff }
    const { begun, ...found } = await beginOutputs(parley, held, asking, tasks)
    cutOff += found.cutOff
    return begun
  }
  return {
    begin: inBatches(begin, { most: batchSize }),
    store: async (outcome: Outcome) => onStored(await store(outcome)),
  }
}

type Performed = 'sent' | 'none' | { problem: string; isFatal: boolean }

type Around = {
  lane: LaneInput
  verbs: Verbs
  /** For requests in flight: the model's own, and the generation's. */
  slots: readonly Slots[]
  /** For tasks that are recorded but not yet sent. */
  ahead: Slots
  isStopped(): boolean
}

/** Null when no task is left. */
async function performNext(
  plan: AsyncGenerator<Planned>,
  around: Around,
): Promise<Performed | null> {
  const { lane, verbs, ahead } = around
  const sent = await ahead.take()
  try {
    if (around.isStopped()) return 'none'
    const { value: planned, done } = await plan.next()
    if (done || planned === undefined) return null
    if (planned.type === 'add') {
      await verbs.store({ type: 'waiting', waiting: planned.waiting })
      return 'none'
    }
    const { task } = planned
    if (!(await verbs.begin(task))) return 'none'
    const tried = await askFor(task, around, sent)
    return await settle(task, tried, { lane, verbs })
  } finally {
    sent()
  }
}

async function settle(
  task: Task,
  tried: Tried<Answer> | null,
  { lane, verbs }: Pick<Around, 'lane' | 'verbs'>,
): Promise<Performed> {
  if (tried === null) {
    await verbs.store({ type: 'unanswered', task, requests: 0 })
    return 'none'
  }
  const { requests } = tried
  if (tried.type === 'failed') {
    await verbs.store({ type: 'unanswered', task, requests })
    lane.leftOut.failed = (lane.leftOut.failed ?? 0) + 1
    const { type, problem } = tried.failure
    return { problem, isFatal: type === 'model' }
  }
  const answer = tried.result
  const { model, generation } = lane
  const made = { name: model.name, model: model.model, generation: generation.id }
  const parameters = parametersOf(generation.options, task.sample)
  await verbs.store({
    ...{ type: 'answered', task, requests, answer },
    output: outputOf(made, task.sample, parameters, answer),
    cost: costOf(model, answer.usage.input, answer.usage.output),
  })
  return 'sent'
}

/** Null if it was not sent: it exceeds the budget, the model stopped, or the generation ended. */
async function askFor(
  task: Task,
  { lane, slots, isStopped }: Around,
  sent: () => void,
): Promise<Tried<Answer> | null> {
  const { model, budget, asker, patience, generation, signal } = lane
  const given: (() => void)[] = []
  try {
    for (const some of slots) given.push(await some.take())
    const expected = expectedOf(task, lane)
    if (signal.aborted || isStopped() || !(await budget.take(expected))) return null
    sent()
    let taken: Spent = { tokens: 0, money: 0 }
    try {
      const parameters = parametersOf(generation.options, task.sample)
      const tried = await patience.try(
        (until) => asker.ask(task.messages, parameters, until),
        signal,
      )
      if (tried.type === 'answered') taken = spentOn(model, tried.result)
      return tried
    } finally {
      budget.settle(expected, taken)
    }
  } finally {
    for (const give of given) give()
  }
}

function spentOn(model: Model, { usage }: Answer): Spent {
  const { input, output } = usage
  return { tokens: input + output, money: costOf(model, input, output) }
}

/** The expected length, in tokens, of an output that has no limit. */
const usualOutput = 1_000

function expectedOf({ messages }: Task, { model, generation }: LaneInput): Spent {
  const input = messages.reduce((sum, message) => sum + tokensOf(wordsOf(message)), 0)
  const output = generation.options.maxTokens ?? usualOutput
  return { tokens: input + output, money: costOf(model, input, output) }
}
