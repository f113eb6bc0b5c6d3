/**
 * The result of one record: what is known of it now. It reads that record's answers and no others, so
 * that it costs the same in a dataset of any size.
 */
import { sql } from 'kysely'
import { seenBy } from '../../datasets/access/tenants.ts'
import { getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { notFound } from '../../errors.ts'
import { pseudonymsOf } from '../../labelers/pseudonyms.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import type { Values } from '../../questions/values.ts'
import type { RecordStatus } from '../../records/record-status.ts'
import { undoMinutes } from '../../responses/undo.ts'
import { whyLeftOut } from '../dataset/stats-queries.ts'
import { type QuestionResult, resultOf } from './question-result.ts'

export type RecordResult = {
  format: 1
  dataset: string
  id: string
  external_id: string
  status: RecordStatus
  /** It still waits for answers, or for outputs: what follows is what there is so far. */
  pending: boolean
  answers: {
    wanted: number
    counted: number
    /** Answers beyond the places, kept and not counted. */
    surplus: number
    /** People who have the record on a card now. */
    open: number
    /** Skips by reason. */
    skipped: { [reason: string]: number }
    /** Other answers that do not count, by reason. */
    left_out: { [reason: string]: number }
  }
  /** From this moment on nobody can take their answer back; null before the first answer. */
  settled_at: string | null
  questions: { [question: string]: QuestionResult }
  /** Who answered what, oldest first; by pseudonym, the same as in exports. */
  responses: ResponseLine[]
  /** How many more there are than are listed. */
  more_responses: number
}

export type ResponseLine = {
  labeler: string
  counted: boolean
  /** Why it does not count, or null. */
  left_out: string | null
  values: Values
  revision: number
  submitted_at: string
}

/** Answers that are listed one by one; all of them are counted. */
const mostListed = 1000

/** A record by its dataset and external id, or by its own id. */
export type Named = { dataset: string; externalId: string } | { recordId: string }

/**
 * The result of one record.
 * @throws ParleyError `not_found` where there is none, or it is in a dataset the actor does not see.
 */
export async function recordResult(
  parley: Parley,
  actor: Actor,
  named: Named,
): Promise<RecordResult> {
  requireAdmin(actor)
  const { dataset, record } = await findNamed(parley, actor, named)
  const rows = await answersTo(parley, dataset.id, record.id)
  const kept = rows.filter(({ why }) => why !== 'draft' && why !== 'discarded')
  const counted = kept.filter(({ why }) => why === null)
  const listed = kept.slice(0, mostListed)
  const names = await pseudonymsOf(
    parley,
    dataset.id,
    listed.map(({ labelerId }) => labelerId),
  )
  const { surplus = 0, ...leftOut } = countBy(kept, ({ why }) => why)
  const last = kept.reduce((latest, { submittedAt }) => Math.max(latest, Number(submittedAt)), 0)
  return {
    format: 1,
    dataset: dataset.name,
    id: record.id,
    external_id: record.externalId,
    status: record.status,
    pending: !record.isOver && (record.status === 'pending' || record.status === 'needs_outputs'),
    answers: {
      ...{ wanted: record.wanted, counted: counted.length, surplus, open: record.open },
      skipped: countBy(rows, ({ why, reason }) =>
        why === 'discarded' ? (reason ?? 'other') : null,
      ),
      left_out: leftOut,
    },
    settled_at: last === 0 ? null : new Date(last + undoMinutes * 60_000).toISOString(),
    questions: Object.fromEntries(
      dataset.document.questions.map((question) => [
        question.name,
        resultOf(
          question,
          record.outputs,
          counted.map(({ values }) => values),
        ),
      ]),
    ),
    responses: listed.map((row) => ({
      labeler: names.get(row.labelerId) ?? '',
      counted: row.why === null,
      left_out: row.why,
      values: row.values,
      revision: row.revision,
      submitted_at: row.submittedAt?.toISOString() ?? '',
    })),
    more_responses: kept.length - listed.length,
  }
}

type Found = {
  id: string
  externalId: string
  status: RecordStatus
  wanted: number
  open: number
  /** Its deadline has passed. */
  isOver: boolean
  outputs: string[]
}

/** Where a record is, for waiting for it. @throws ParleyError `not_found`, as `recordResult`. */
export async function locateRecord(
  parley: Parley,
  actor: Actor,
  named: Named,
): Promise<{ datasetId: string; recordId: string }> {
  requireAdmin(actor)
  const { dataset, record } = await findNamed(parley, actor, named)
  return { datasetId: dataset.id, recordId: record.id }
}

async function findNamed(
  parley: Parley,
  actor: Actor,
  named: Named,
): Promise<{ dataset: Dataset; record: Found }> {
  const name = 'recordId' in named ? await datasetOf(parley, actor, named.recordId) : named.dataset
  const dataset = await getDataset(parley, name, actor)
  const { rows } = await sql<Found>`
    select r.id, r.external_id, record_status(p) as status, p.wanted, p.leased as open,
      coalesce(p.until <= ${parley.now()}, false) as is_over,
      array(select o ->> 'id' from jsonb_array_elements(r.outputs) with ordinality u(o, n)
        order by n) as outputs
    from records r join places p on p.dataset_id = r.dataset_id and p.record_id = r.id
    where r.dataset_id = ${dataset.id} and ${
      'recordId' in named ? sql`r.id = ${named.recordId}` : sql`r.external_id = ${named.externalId}`
    }`.execute(parley.db)
  const [record] = rows
  if (record) return { dataset, record }
  throw notFound('record', 'recordId' in named ? named.recordId : named.externalId)
}

/** Looked up dataset by dataset, each time by the key of records. */
async function datasetOf(parley: Parley, actor: Actor, recordId: string): Promise<string> {
  const { rows } = /^[1-9]\d{0,17}$/.test(recordId)
    ? await sql<{ name: string }>`
        select datasets.name from datasets cross join lateral (
          select from records r where r.dataset_id = datasets.id and r.id = ${recordId} offset 0
        ) found where ${seenBy(actor)} limit 1`.execute(parley.db)
    : { rows: [] }
  const [found] = rows
  if (found) return found.name
  throw notFound('record', recordId)
}

type Row = {
  labelerId: string
  why: string | null
  reason: string | null
  values: Values
  revision: number
  submittedAt: Date | null
}

async function answersTo(parley: Parley, datasetId: string, recordId: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select s.labeler_id, s.reason, s."values", s.revision, s.submitted_at,
      ${whyLeftOut(sql`(not a.counted or a.repeat > 0)`, sql`a.repeat > 0`)} as why
    from responses s
    join assignments a on a.dataset_id = s.dataset_id and a.id = s.assignment_id
    where s.record_id = ${recordId} and s.dataset_id is not distinct from ${datasetId}
    order by s.submitted_at, s.assignment_id`.execute(parley.db)
  return rows
}

function countBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string | null) {
  const counts: { [key: string]: number } = {}
  for (const row of rows) {
    const key = keyOf(row)
    if (key !== null) counts[key] = (counts[key] ?? 0) + 1
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
}
