/** What came out of a question that was asked: pending until enough people answered, or until its deadline. */
import { seenBy } from '../datasets/access/tenants.ts'
import { getDataset } from '../datasets/dataset.ts'
import { notFound } from '../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import type { QuestionResult } from '../quality/result/question-result.ts'
import { type ResponseLine, recordResult } from '../quality/result/record-result.ts'

export type AskResult = {
  format: 1
  dataset: string
  key: string
  /** The record's id. */
  id: string
  /**
   * `pending`: people may still answer. `answered`: as many have as were asked for. `expired`: the deadline
   * passed first. `rejected`: people skipped it as unclear, unsafe or broken.
   */
  state: 'pending' | 'answered' | 'expired' | 'rejected'
  people: number
  answered: number
  /** How many were invited so far. */
  invited: number
  asked_at: string
  deadline: string
  /** From this moment on nobody can take their answer back; null before the first answer. */
  settled_at: string | null
  /** Skips by reason. */
  skipped: { [reason: string]: number }
  /** What was said, question by question; null while it is pending, and never a guess. */
  questions: { [question: string]: QuestionResult } | null
  /** Who answered what, by pseudonym; empty while it is pending. */
  responses: ResponseLine[]
}

/**
 * The result of a question by its key.
 * @throws ParleyError `not_found` where none was asked under it.
 */
export async function askResult(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; key: string },
): Promise<AskResult> {
  requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  const row = await parley.db
    .selectFrom('records')
    .innerJoin('asks', (join) =>
      join
        .onRef('asks.datasetId', '=', 'records.datasetId')
        .onRef('asks.recordId', '=', 'records.id'),
    )
    .innerJoin('datasets', 'datasets.id', 'records.datasetId')
    .select(['asks.people', 'asks.invited', 'asks.askedAt', 'asks.deadline', 'records.id'])
    .where('records.datasetId', '=', dataset.id)
    .where('records.externalId', '=', input.key)
    .where(seenBy(actor))
    .executeTakeFirst()
  if (!row) throw notFound('question', input.key)
  const result = await recordResult(parley, actor, {
    dataset: dataset.name,
    externalId: input.key,
  })
  const { counted, skipped } = result.answers
  const isOver = row.deadline <= parley.now()
  const state =
    counted >= row.people
      ? 'answered'
      : isOver
        ? 'expired'
        : result.status === 'rejected'
          ? 'rejected'
          : 'pending'
  const isPending = state === 'pending'
  return {
    ...{ format: 1, dataset: dataset.name, key: input.key, id: row.id, state },
    ...{ people: row.people, answered: counted, invited: row.invited },
    asked_at: row.askedAt.toISOString(),
    deadline: row.deadline.toISOString(),
    ...{ settled_at: result.settled_at, skipped },
    questions: isPending ? null : result.questions,
    responses: isPending ? [] : result.responses,
  }
}
