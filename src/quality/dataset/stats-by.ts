/**
 * Statistics by a metadata key, in the same pass as those of the whole dataset: each group has its own
 * sums. Groups are few and known in advance, so memory is bounded.
 */
import type { Weights } from '../measures/bootstrap.ts'
import { type RunningQuestion, type StatsOptions, startQuestion } from './question-stats.ts'
import type { Judged, MetadataKey } from './stats-queries.ts'
import type { GroupQuestion, StatsBy, StatsGroup } from './stats-result.ts'
import type { RecordAnswers, RowAnswer } from './stats-source.ts'

/** Groups beyond this number are not listed. */
export const mostGroups = 50

export type RunningGroups = {
  add(record: RecordAnswers, counted: readonly RowAnswer[], weights: Weights): void
  read(): StatsBy
}

/** `values` are the groups; other records are skipped, records without the key form a group. */
export function startGroups(
  by: MetadataKey,
  { values, more }: { values: ReadonlySet<string>; more: number },
  questions: readonly Judged[],
  options: StatsOptions,
): RunningGroups {
  const groups = new Map<string, Group>()
  const groupOf = (value: string) => {
    let group = groups.get(value)
    if (group === undefined) {
      const own = { ...options, sharers: values.size + 1, isGroup: true }
      group = {
        ...{ records: 0, answers: 0 },
        questions: questions.map((question, place) => startQuestion(question, place, own)),
      }
      groups.set(value, group)
    }
    return group
  }
  return {
    add(record, counted, weights) {
      if (record.group !== '' && !values.has(record.group)) return
      const group = groupOf(record.group)
      group.records += 1
      group.answers += counted.length
      for (const question of group.questions) question.add(record, counted, weights)
    },
    read() {
      const found = [...groups].map(([value, group]) => readGroup(value, group))
      return { key: ['metadata', ...by].join('.'), groups: found.sort(compare), more }
    },
  }
}

type Group = { records: number; answers: number; questions: RunningQuestion[] }

function readGroup(value: string, { records, answers, questions }: Group): StatsGroup {
  return {
    value: value === '' ? null : value,
    records,
    answers,
    questions: questions.map((question): GroupQuestion => {
      const { name, answers, overlap, agreement, gwet, ...rest } = question.read()
      const { raw_agreement, strength, mean_ratings } = rest
      return {
        ...{ name, answers, overlap, agreement, raw_agreement },
        ...(gwet && { gwet }),
        ...(strength && { strength }),
        ...(mean_ratings && { mean_ratings }),
      }
    }),
  }
}

/** Most records first, those without the key last. */
function compare(a: StatsGroup, b: StatsGroup): number {
  if (a.value === null || b.value === null)
    return Number(a.value === null) - Number(b.value === null)
  return b.records - a.records || (a.value < b.value ? -1 : 1)
}
