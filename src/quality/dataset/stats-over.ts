/**
 * Agreement over time, in the same pass as the statistics of the whole dataset: each period has its own
 * sums. Periods are few and known in advance, so memory is bounded.
 */
import type { Weights } from '../measures/bootstrap.ts'
import { type RunningQuestion, type StatsOptions, startQuestion } from './question-stats.ts'
import type { Judged } from './stats-queries.ts'
import type { StatsOver } from './stats-result.ts'
import type { RecordAnswers, RowAnswer } from './stats-source.ts'

export type RunningPeriods = {
  add(record: RecordAnswers, counted: readonly RowAnswer[], weights: Weights): void
  /** All periods in their order; those without answers too. */
  read(): StatsOver[]
}

/** `days` name the periods by their first days; records of others are skipped. */
export function startPeriods(
  days: readonly string[],
  questions: readonly Judged[],
  options: StatsOptions,
): RunningPeriods {
  const own = { ...options, sharers: days.length + 1, isGroup: true }
  const periods = new Map(days.map((day) => [day, startPeriod(questions, own)]))
  return {
    add(record, counted, weights) {
      const period = periods.get(record.group)
      if (period === undefined) return
      period.records += 1
      period.answers += counted.length
      for (const question of period.questions) question.add(record, counted, weights)
    },
    read: () =>
      [...periods].map(([day, { records, answers, questions: running }]) => ({
        ...{ day, records, answers },
        questions: running.map((question) => question.readAgreement()),
      })),
  }
}

type Running = { records: number; answers: number; questions: RunningQuestion[] }

function startPeriod(questions: readonly Judged[], options: StatsOptions): Running {
  return {
    ...{ records: 0, answers: 0 },
    questions: questions.map((question, place) => startQuestion(question, place, options)),
  }
}
