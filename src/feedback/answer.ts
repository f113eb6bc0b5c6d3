/** The answer that a verdict is: written as one that was given elsewhere, so that every person's counts. */
import { sql } from 'kysely'
import { callFunction } from '../assignments/call.ts'
import type { Dataset } from '../datasets/document.ts'
import { reasonQuestion, verdictQuestion } from '../datasets/feedback/rules.ts'
import { conflict } from '../errors.ts'
import type { Parley } from '../parley.ts'
import { parseValues } from '../questions/values.ts'
import { judgedOutput } from './conversation.ts'
import type { Thumb } from './thumbs.ts'

export type Given = {
  recordId: string
  labelerId: string
  verdict: Thumb
  reason: string | null
  /** When it was decided. */
  at: string
}

/**
 * Writes a new revision of each labeler's answer; what else they have answered of the record stays. Within
 * the caller's transaction.
 */
export async function writeAnswers(
  inside: Parley,
  dataset: Dataset,
  all: readonly Given[],
): Promise<void> {
  if (all.length === 0) return
  const answers = await findAnswers(inside, dataset, all)
  const rows = all.map((given, n) => {
    const { recordId, labelerId, at } = given
    const known = answers.get(answerKey(given))
    const outputs = known?.outputs ?? [judgedOutput]
    const revision = (known?.revision ?? 0) + 1
    const values = valuesOf(dataset, given, outputs, known?.values ?? {})
    // Two accounts of one person: the later of the two goes on from the earlier.
    answers.set(answerKey(given), { revision, values, outputs })
    return {
      ...{ n, record_id: recordId, labeler_id: labelerId, repeat: 0 },
      ...{ status: 'submitted', reason: null, revision, counted: true, values },
      ...{ platform: 'import', shown_order: outputs, expanded: [], suggestions: false },
      ...{ suggested: null, rendering: null, shown_at: null, seconds: null, submitted_at: at },
      ...{ schema_version: dataset.schemaVersion, guidelines_version: dataset.guidelinesVersion },
      ...{ flags: [], ballot: false, polled: false, rejected: false, elsewhere: true },
    }
  })
  await callFunction(
    inside,
    sql`select import_answers(${dataset.id}, ${JSON.stringify(rows)}::json, ${inside.now()})`,
  )
}

function valuesOf(
  { name, document }: Dataset,
  { verdict, reason }: Given,
  outputs: readonly string[],
  known: { [question: string]: unknown },
) {
  const asked = verdictQuestion(document)
  if (!asked)
    throw conflict(
      `"${name}" has no question to answer with a thumb. Apply a document that has one.`,
    )
  const why = reasonQuestion(document)
  const values: { [question: string]: unknown } = { ...known }
  values[asked.name] =
    asked.of === 'outputs' ? Object.fromEntries(outputs.map((id) => [id, verdict])) : verdict
  if (why) {
    delete values[why.name]
    if (reason !== null && reason.trim() !== '') values[why.name] = reason
  }
  return parseValues(document.questions, values, { outputs })
}

type Answer = { revision: number; values: { [question: string]: unknown }; outputs: string[] }
type Whose = Pick<Given, 'recordId' | 'labelerId'>

function answerKey({ recordId, labelerId }: Whose): string {
  return `${recordId} ${labelerId}`
}

/** By record and labeler. Compared as rows, so that only the index of a labeler's records fits. */
async function findAnswers(
  { db }: Parley,
  { id }: Dataset,
  whose: readonly Whose[],
): Promise<Map<string, Answer>> {
  const records = whose.map(({ recordId }) => recordId)
  const labelers = whose.map(({ labelerId }) => labelerId)
  const { rows } = await sql<Answer & Whose>`
    select u.record as record_id, u.labeler as labeler_id, a.revision, a."values", a.outputs
    from unnest(${records}::bigint[], ${labelers}::bigint[]) u(record, labeler)
    cross join lateral (
      select r.revision, r."values", a.shown_order as outputs
      from assignments a
      join responses r on r.dataset_id = ${id} and r.assignment_id = a.id
      where (a.labeler_id, a.record_id, a.repeat) >= (u.labeler, u.record, 0::smallint)
        and (a.labeler_id, a.record_id, a.repeat) <= (u.labeler, u.record, 0::smallint)
        and a.dataset_id is not distinct from ${id}::bigint limit 1) a`.execute(db)
  return new Map(rows.map((row) => [answerKey(row), row]))
}

/** Deletes the labeler's answer with all it replaced; one that they gave in Parley stays. */
export async function deleteAnswer(
  inside: Parley,
  dataset: Dataset,
  { recordId, labelerId }: Whose,
): Promise<void> {
  await sql`
    select delete_answers(${dataset.id}, array_agg(a.id))
    from assignments a join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
    where a.dataset_id = ${dataset.id} and a.record_id = ${recordId}
      and a.labeler_id = ${labelerId} and a.repeat = 0 and r.platform = 'import'
    having count(*) > 0`.execute(inside.db)
}
