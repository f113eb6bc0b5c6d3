/**
 * Lists what one model still has to write, record by record in row order. Records that can no longer change
 * are skipped and counted. Memory holds one page of records.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import { buildPrompt, promptParts } from '../exports/formats/content.ts'
import type { Parley } from '../parley.ts'
import { mostOutputs } from '../records/generated.ts'
import { asPlain, type ChatMessage } from '../records/message.ts'
import { sayToServer } from '../records/openai-messages.ts'
import type { RecordFields } from '../records/record-line.ts'
import type { Generation, LeftOut } from './generation.ts'

/** One output to write. */
export type Task = {
  recordId: string
  /** A hash of the fields it answers. */
  hash: string
  sample: number
  messages: ChatMessage[]
}

/** An output that was written earlier and is not on its record yet. */
export type Waiting = { recordId: string; hash: string; model: string; sample: number }

type Row = {
  id: string
  fields: RecordFields
  hash: string
  outputs: number
  posted: boolean
  answered: boolean
  done: { sample: number; waits: boolean }[] | null
}

const pageSize = 50

export type Planned = { type: 'ask'; task: Task } | { type: 'add'; waiting: Waiting }

/** Counts what it skips in `leftOut`. */
export async function* planOutputs(
  parley: Parley,
  dataset: Dataset,
  generation: Pick<Generation, 'options'>,
  model: string,
  leftOut: LeftOut,
): AsyncGenerator<Planned> {
  const { samples, system, keepCut } = generation.options
  const parts = promptParts(dataset.document)
  const pass = (reason: keyof LeftOut, count: number) => {
    leftOut[reason] = (leftOut[reason] ?? 0) + count
  }
  for await (const row of recordRows(parley, dataset, generation, model, keepCut)) {
    const done = row.done ?? []
    const missing = Array.from({ length: samples }, (_, at) => at + 1).filter(
      (sample) => !done.some((one) => one.sample === sample),
    )
    const waiting = done.filter(({ waits, sample }) => waits && sample <= samples)
    if (missing.length + waiting.length === 0) continue
    const free = mostOutputs - row.outputs - waiting.length
    const reason = row.answered ? 'answered' : row.posted ? 'leased' : null
    if (reason) {
      pass(reason, missing.length + waiting.length)
      continue
    }
    for (const { sample } of waiting)
      yield { type: 'add', waiting: { recordId: row.id, hash: row.hash, model, sample } }
    const messages = withSystem(buildPrompt(parts, row.fields, 'messages'), system)
    // Servers cannot express such a chat, so it cannot be a prompt.
    if (!messages || typeof sayToServer(messages) === 'string') {
      pass('no_prompt', missing.length)
      continue
    }
    if (missing.length > free) pass('full', missing.length - Math.max(0, free))
    for (const sample of missing.slice(0, Math.max(0, free)))
      yield { type: 'ask', task: { recordId: row.id, hash: row.hash, sample, messages } }
  }
}

async function* recordRows(
  parley: Parley,
  dataset: Dataset,
  { options }: Pick<Generation, 'options'>,
  model: string,
  keepCut: boolean,
): AsyncGenerator<Row> {
  const wanted: RawBuilder<boolean> =
    options.records === 'waiting'
      ? sql`p.needs_outputs and record_status(p) = 'needs_outputs'`
      : sql`not p.rejected`
  for (let after = '0'; ; ) {
    const { rows } = await sql<Row>`
      select r.id, r.fields, md5(r.fields::text) as hash, jsonb_array_length(r.outputs) as outputs,
        p.posted,
        exists (select from assignments a where a.record_id = r.id
          and a.dataset_id = r.dataset_id and a.status = 'submitted') as answered,
        (select json_agg(json_build_object('sample', g.sample, 'waits', not g.added
            and (g.kind = 'whole' or g.kind = 'cut' and ${keepCut})))
          from generated_outputs g
          where g.dataset_id = r.dataset_id and g.record_id = r.id and g.model = ${model}
            and g.done_at is not null and g.fields_hash = md5(r.fields::text)) as done
      from (
        select * from places p
        where p.dataset_id = ${dataset.id} and p.record_id > ${after} and ${wanted}
        order by p.record_id limit ${pageSize}
      ) p join records r on r.dataset_id = p.dataset_id and r.id = p.record_id
      order by r.id`.execute(parley.db)
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < pageSize) return
    after = last.id
  }
}

/** The dataset's system message comes first; the prompt's own is appended to it. */
function withSystem(
  prompt: string | ChatMessage[] | null,
  system: string | undefined,
): ChatMessage[] | null {
  if (prompt === null || typeof prompt === 'string') return null
  if (system === undefined) return prompt
  const [first, ...rest] = prompt
  const own = first?.role === 'system' ? asPlain(first) : null
  return own
    ? [{ role: 'system', content: `${system}\n\n${own.content}` }, ...rest]
    : [{ role: 'system', content: system }, ...prompt]
}
