/**
 * Stores models' answers: each output once, on its record or kept aside, with the generation's totals in the
 * same transaction. A worker that lost the generation stores nothing.
 */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { type Added, addOutputs } from '../records/add-outputs.ts'
import { generatedKey } from '../records/generated.ts'
import type { RecordOutput } from '../records/record-line.ts'
import { type HeldRow, isHeld } from '../row-lease.ts'
import type { Answer } from './answer.ts'
import type { Parameters } from './ask.ts'
import { type GenerationCounts, storingLease, takenOver } from './generation.ts'
import type { Task, Waiting } from './plan.ts'

/** The outcome of one task. */
export type Outcome =
  | {
      type: 'answered'
      task: Task
      requests: number
      output: RecordOutput
      answer: Answer
      cost: number
    }
  /** It was not answered, or never requested: a later generation requests it again. */
  | { type: 'unanswered'; task: Task; requests: number }
  /** Written earlier, but not on its record yet. */
  | { type: 'waiting'; waiting: Waiting }

/** How each was stored, in order: `aside` is kept but not dealt, `none` stored nothing new. */
export type Stored = Added | 'aside' | 'none'

export type Storing = {
  dataset: Dataset
  held: HeldRow & { datasetId: string }
  model: string
  keepCut: boolean
}

/** @throws `conflict` once another worker has the generation. */
export function storeOutcomes(
  parley: Parley,
  storing: Storing,
  outcomes: readonly Outcome[],
): Promise<Stored[]> {
  return inTransaction(parley, async (inside) => {
    const rows = outcomes.map(rowOf)
    const written = await writeRows(inside, storing, rows)
    const added = await addToRecords(inside, storing, written)
    await addCounts(inside, storing, outcomes, written, added)
    return outcomes.map((_, n) => {
      const row = written.get(n)
      if (!row) return 'none'
      return row.output ? (added.get(n) ?? 'gone') : 'aside'
    })
  })
}

type Row = {
  n: number
  r: string
  s: number
  h: string
  /** Null if there was no answer. */
  k: Answer['kind'] | null
  o: RecordOutput | null
  /** Reuses what was written earlier. */
  w: boolean
  q: number
}

function rowOf(outcome: Outcome, n: number): Row {
  if (outcome.type === 'waiting') {
    const { recordId: r, sample: s, hash: h } = outcome.waiting
    return { n, r, s, h, k: null, o: null, w: true, q: 0 }
  }
  const { recordId: r, sample: s, hash: h } = outcome.task
  // The first request was counted when it was recorded, whether or not it was sent.
  const q = outcome.requests - 1
  if (outcome.type === 'unanswered') return { n, r, s, h, k: null, o: null, w: false, q }
  return { n, r, s, h, k: outcome.answer.kind, o: outcome.output, w: false, q }
}

type Written = { n: number; recordId: string; hash: string; output: RecordOutput | null }

/** The rows this generation may write; `output` is what their record gets. */
async function writeRows(
  parley: Parley,
  { held, model, keepCut }: Storing,
  rows: readonly Row[],
): Promise<Map<number, Written>> {
  const { rows: found } = await sql<Written>`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as u(n int, r bigint, s smallint, h text, k text, o jsonb, w boolean, q int)
    )
    update generated_outputs g set attempts = g.attempts + i.q,
      begun_at = case when i.w then g.begun_at end,
      done_at = case when i.w then g.done_at when i.k is not null then ${parley.now()}::timestamptz end,
      kind = case when i.w then g.kind else i.k end,
      output = case when i.w then g.output else i.o end
    from (select * from input order by r, s) i
    where g.dataset_id = ${held.datasetId} and g.record_id = i.r and g.model = ${model}
      and g.sample = i.s and g.fields_hash = i.h
      and (i.w and not g.added and g.done_at is not null
        or not i.w and g.done_at is null and g.generation_id = ${held.id})
    returning i.n, g.record_id, g.fields_hash as hash,
      case when g.kind = 'whole' or g.kind = 'cut' and ${keepCut}::boolean then g.output end as output
  `.execute(parley.db)
  return new Map(found.map((row) => [row.n, row]))
}

/** How each outcome's output was stored, by the outcome's index. */
async function addToRecords(
  parley: Parley,
  { dataset, held, model }: Storing,
  written: ReadonlyMap<number, Written>,
): Promise<Map<number, Added>> {
  const told = new Map<number, Added>()
  const all = [...written.values()].flatMap(({ output, ...row }) =>
    output ? [{ ...row, output }] : [],
  )
  const byRecord = [...Map.groupBy(all, ({ recordId }) => recordId)].sort(([a], [b]) =>
    BigInt(a) < BigInt(b) ? -1 : 1,
  )
  if (byRecord.length === 0) return told
  const wanted = byRecord.flatMap(([recordId, rows]) => {
    const [first] = rows
    return first ? [{ recordId, hash: first.hash, outputs: rows.map(({ output }) => output) }] : []
  })
  const outcomes = await addOutputs(parley, dataset, wanted)
  for (const { n, recordId } of all) told.set(n, outcomes.get(recordId) ?? 'gone')
  const samples = all
    .filter(({ n }) => told.get(n) === 'added')
    .map(({ recordId, output }) => ({ r: recordId, s: sampleOf(output) }))
  await sql`
    update generated_outputs g set added = true, output = null
    from jsonb_to_recordset(${JSON.stringify(samples)}::jsonb) as i(r bigint, s smallint)
    where g.dataset_id = ${held.datasetId} and g.record_id = i.r and g.model = ${model}
      and g.sample = i.s`.execute(parley.db)
  return told
}

async function addCounts(
  parley: Parley,
  { held }: Storing,
  outcomes: readonly Outcome[],
  written: ReadonlyMap<number, Written>,
  added: ReadonlyMap<number, Added>,
): Promise<void> {
  const sums = noCounts()
  for (const [n, outcome] of outcomes.entries()) {
    if (added.get(n) === 'added') sums.added += 1
    if (outcome.type === 'waiting') continue
    sums.requests += outcome.requests
    if (outcome.type === 'unanswered') continue
    // It was paid for, no matter whose output was stored.
    const { answer, cost } = outcome
    sums.inputTokens += answer.usage.input
    sums.outputTokens += answer.usage.output
    sums.cost += cost
    if (written.has(n) && answer.kind !== 'whole') sums[answer.kind] += 1
  }
  const plus = (name: keyof GenerationCounts, column: string) =>
    sql`${sql.ref(column)} = ${sql.ref(column)} + ${sums[name]}`
  const { numAffectedRows } = await sql`
    update generations set ${sql.join([
      ...(['added', 'cut', 'refused', 'empty', 'requests', 'cost'] as const).map((name) =>
        plus(name, name),
      ),
      plus('inputTokens', 'input_tokens'),
      plus('outputTokens', 'output_tokens'),
    ])}
    where ${isHeld(storingLease, held)}`.execute(parley.db)
  if (numAffectedRows !== 1n) throw takenOver()
}

export function noCounts(): GenerationCounts {
  return {
    ...{ added: 0, cut: 0, refused: 0, empty: 0, requests: 0, brokenOff: 0 },
    ...{ inputTokens: 0, outputTokens: 0, cost: 0 },
  }
}

/** The output as its record holds it; its metadata says how it was made. */
export function outputOf(
  made: { name: string; model: string; generation: string },
  sample: number,
  parameters: Parameters,
  { text, kind, finishReason, servedBy, usage }: Answer,
): RecordOutput {
  return {
    id: `${made.name}-${sample}`,
    text,
    model: made.name,
    metadata: {
      [generatedKey]: {
        model: servedBy ?? made.model,
        sample,
        // Its row holds the whole request, including the system message.
        generation: made.generation,
        parameters,
        usage: {
          input_tokens: usage.input,
          output_tokens: usage.output,
          ...(usage.isEstimated ? { estimated: true } : {}),
        },
        finish_reason: finishReason,
        ...(kind === 'cut' ? { cut_off: true } : {}),
      },
    },
  }
}

function sampleOf({ metadata }: RecordOutput): number {
  const made = metadata?.[generatedKey] as { sample?: number } | undefined
  return made?.sample ?? 0
}
