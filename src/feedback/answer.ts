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

type Given = {
  recordId: string
  labelerId: string
  verdict: Thumb
  reason: string | null
  /** When it was decided. */
  at: string
}

/**
 * Writes a new revision of the labeler's answer; what else they have answered of the record stays. Within
 * the caller's transaction.
 */
export async function writeAnswer(inside: Parley, dataset: Dataset, given: Given): Promise<void> {
  const { recordId, labelerId, at } = given
  const known = await findAnswer(inside, dataset, given)
  const outputs = known?.outputs ?? [judgedOutput]
  const row = {
    ...{ n: 0, record_id: recordId, labeler_id: labelerId, repeat: 0 },
    ...{ status: 'submitted', reason: null, revision: (known?.revision ?? 0) + 1, counted: true },
    values: valuesOf(dataset, given, outputs, known?.values ?? {}),
    ...{ platform: 'import', shown_order: outputs, expanded: [], suggestions: false },
    ...{ suggested: null, rendering: null, shown_at: null, seconds: null, submitted_at: at },
    ...{ schema_version: dataset.schemaVersion, guidelines_version: dataset.guidelinesVersion },
    ...{ flags: [], ballot: false, polled: false, rejected: false, elsewhere: true },
  }
  await callFunction(
    inside,
    sql`select import_answers(${dataset.id}, ${JSON.stringify([row])}::json, ${inside.now()})`,
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

async function findAnswer(
  { db }: Parley,
  dataset: Dataset,
  { recordId, labelerId }: Pick<Given, 'recordId' | 'labelerId'>,
): Promise<Answer | undefined> {
  return db
    .selectFrom('assignments as a')
    .innerJoin('responses as r', (join) =>
      join.onRef('r.assignmentId', '=', 'a.id').on('r.datasetId', '=', dataset.id),
    )
    .select(['r.revision', 'r.values', 'a.shownOrder as outputs'])
    .where('a.datasetId', '=', dataset.id)
    .where('a.recordId', '=', recordId)
    .where('a.labelerId', '=', labelerId)
    .where('a.repeat', '=', 0)
    .executeTakeFirst()
}

/** Deletes the labeler's answer with all it replaced; one that they gave in Parley stays. */
export async function deleteAnswer(
  inside: Parley,
  dataset: Dataset,
  { recordId, labelerId }: Pick<Given, 'recordId' | 'labelerId'>,
): Promise<void> {
  await sql`
    select delete_answers(${dataset.id}, array_agg(a.id))
    from assignments a join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
    where a.dataset_id = ${dataset.id} and a.record_id = ${recordId}
      and a.labeler_id = ${labelerId} and a.repeat = 0 and r.platform = 'import'
    having count(*) > 0`.execute(inside.db)
}
