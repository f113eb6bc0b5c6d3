/**
 * What there is to report of a record now, compared with what was reported before. Pure.
 *
 * The rule: a record or an answer is reported once it can no longer be undone, as it is then, and again
 * when that has changed. `sequence` counts how often. What was undone in time is never reported.
 */
import { createHash } from 'node:crypto'
import { resultOf } from '../quality/result/question-result.ts'
import type { Question } from '../questions/question.ts'
import type { Values } from '../questions/values.ts'
import { undoMinutes } from '../responses/undo.ts'
import type { Answer, EventType } from './event.ts'

/** A record with its answers and skips, oldest first (`event_sources` of the database). */
export type EventSource = {
  id: string
  externalId: string
  status: 'pending' | 'needs_outputs' | 'completed' | 'rejected'
  metadata: { [key: string]: unknown }
  /** The ids of its outputs. */
  outputs: string[]
  answers: Answer[]
}

/** What was reported last, by `toldKey`. */
export type Told = ReadonlyMap<string, { digest: string; sequence: number }>

export type News = {
  type: EventType
  subject: 'record' | 'response'
  subjectId: string
  digest: string
  sequence: number
  /** When it could no longer be undone; endpoints made after that get it only when it changes. */
  sureAt: Date
  data: { [key: string]: unknown }
}

/** What is reported, what is only noted, and when to look again. */
export type Looked = { news: News[]; again: Date | null }

export const toldKey = (subject: string, id: string) => `${subject}:${id}`

/** What is new of a record. */
export function newsOf(
  { name: dataset, questions }: { name: string; questions: readonly Question[] },
  source: EventSource,
  told: Told,
  now: Date,
): Looked {
  const sure = source.answers.map((answer) => ({ answer, at: sureAt(answer) }))
  const unsure = sure.filter(({ at }) => at > now).map(({ at }) => at.getTime())
  const record = {
    ...{ id: source.id, external_id: source.externalId },
    ...{ status: source.status, metadata: source.metadata },
  }
  const answers = sure
    .filter(({ answer, at }) => at <= now && answer.status === 'submitted')
    .filter(({ answer }) => answer.platform !== imported)
    .flatMap(({ answer, at }) => {
      const data = { dataset, record, response: shown(answer) }
      const isOut = answer.flags.includes('excluded')
      const of = [answer.values, answer.counted, isOut]
      const what = {
        type: 'response.submitted',
        subject: 'response',
        subjectId: answer.id,
      } as const
      return changed(told, { ...what, sureAt: at, data }, of)
    })
  const ofRecord = unsure.length > 0 ? [] : recordNews({ dataset, questions }, source, record, told)
  return {
    news: [...answers, ...ofRecord],
    again: unsure.length > 0 ? new Date(Math.min(...unsure)) : null,
  }
}

/** Answers made elsewhere complete records; nobody gave them here. */
const imported = 'import'

function recordNews(
  { dataset, questions }: { dataset: string; questions: readonly Question[] },
  { id, status, answers, outputs }: EventSource,
  record: object,
  told: Told,
): News[] {
  const isRejected = status === 'rejected'
  const isOver = isRejected || status === 'completed'
  const before = told.get(toldKey('record', id))
  // Nobody heard that it was over, so nobody needs to hear that it is not.
  if (!isOver && before === undefined) return []
  const those = answers.filter((one) => (isRejected ? one.status === 'discarded' : one.counted))
  const type = isRejected ? 'record.rejected' : isOver ? 'record.completed' : 'record.reopened'
  const at = new Date(Math.max(0, ...those.map((one) => sureAt(one).getTime())))
  const of = isOver ? [status, ...those.map((one) => [one.id, one.values, one.reason])] : ['open']
  const values = those.map((one) => one.values as Values)
  const results = questions.map((one) => [one.name, resultOf(one, outputs, values)])
  const result = type === 'record.completed' ? { questions: Object.fromEntries(results) } : {}
  const data = { dataset, record, ...result, responses: those.map(shown) }
  return changed(told, { type, subject: 'record', subjectId: id, sureAt: at, data }, of)
}

function changed(told: Told, news: Omit<News, 'digest' | 'sequence'>, of: unknown): News[] {
  const before = told.get(toldKey(news.subject, news.subjectId))
  const digest = digestOf(of)
  if (before?.digest === digest) return []
  const sequence = (before?.sequence ?? 0) + 1
  const { dataset, ...data } = news.data
  return [{ ...news, digest, sequence, data: { dataset, sequence, ...data } }]
}

/** From when on it cannot be undone: a ballot from the close of its post on, before which none is read. */
function sureAt({ ballot, submitted_at: at }: Answer): Date {
  const given = at === null ? 0 : Date.parse(at)
  return new Date(ballot || given === 0 ? given : given + undoMinutes * 60_000 + 1)
}

function shown(answer: Answer): Answer {
  const { submitted_at: at } = answer
  return { ...answer, submitted_at: at === null ? null : new Date(at).toISOString() }
}

function digestOf(what: unknown): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('base64url').slice(0, 22)
}
