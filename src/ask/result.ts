/**
 * The result of a question that was asked: pending until enough people answered, or until its deadline.
 * Of any other record it says the same, without a deadline.
 */
import { getDataset } from '../datasets/dataset.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import type { QuestionResult } from '../quality/result/question-result.ts'
import {
  type RecordResult,
  type ResponseLine,
  recordResult,
} from '../quality/result/record-result.ts'

export type AskResult = {
  format: 1
  dataset: string
  /** The record's external id. */
  key: string
  /** The record's own id. */
  id: string
  /**
   * `pending`: people may still answer. `answered`: as many have as were asked for. `expired`: the deadline
   * passed first. `rejected`: people skipped it as unclear, unsafe or broken.
   */
  state: 'pending' | 'answered' | 'expired' | 'rejected'
  people: number
  answered: number
  /** How many were invited to this question so far. */
  invited: number
  /** Null for a record that was not asked. */
  asked_at: string | null
  deadline: string | null
  /** From this moment on nobody can take their answer back; null before the first answer. */
  settled_at: string | null
  /** Skips by reason. */
  skipped: { [reason: string]: number }
  /** The result, question by question; null while it is pending, and never a guess. */
  questions: { [question: string]: QuestionResult } | null
  /** Who answered what, by pseudonym; empty while it is pending. */
  responses: ResponseLine[]
}

/**
 * The result of a question by its key.
 * @throws ParleyError `not_found` where there is no such record.
 */
export async function askResult(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; key: string },
): Promise<AskResult> {
  requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  const result = await recordResult(parley, actor, {
    dataset: dataset.name,
    externalId: input.key,
  })
  const asked = await parley.db
    .selectFrom('asks')
    .select(['people', 'invited', 'askedAt', 'deadline'])
    .where('datasetId', '=', dataset.id)
    .where('recordId', '=', result.id)
    .executeTakeFirst()
  const people = asked?.people ?? result.answers.wanted
  const state = stateOf(result, people, asked !== undefined && asked.deadline <= parley.now())
  const isPending = state === 'pending'
  return {
    ...{ format: 1, dataset: dataset.name, key: input.key, id: result.id, state },
    ...{ people, answered: result.answers.counted, invited: asked?.invited ?? 0 },
    asked_at: asked?.askedAt.toISOString() ?? null,
    deadline: asked?.deadline.toISOString() ?? null,
    ...{ settled_at: result.settled_at, skipped: result.answers.skipped },
    questions: isPending ? null : result.questions,
    responses: isPending ? [] : result.responses,
  }
}

function stateOf(
  { answers, status }: RecordResult,
  people: number,
  hasPassed: boolean,
): AskResult['state'] {
  if (answers.counted >= people) return 'answered'
  if (hasPassed) return 'expired'
  if (status === 'rejected') return 'rejected'
  // The votes of a public post complete a record, however many there are.
  return status === 'completed' ? 'answered' : 'pending'
}
