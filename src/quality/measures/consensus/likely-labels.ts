/**
 * Which labels are likely true and how accurate each labeler likely is, by Dawid and Skene, from as
 * many records as fit in flat memory: when there are too many, every second one is dropped.
 * A. Dawid and A. Skene, Appl. Statist. 28, 1979.
 */

import { type Measured, measured, unmeasured } from '../measured.ts'
import { dawidSkene, type Labeled } from './dawid-skene.ts'

export type LikelyLabels = {
  /** How common each label truly is, in the order of `labels`. */
  labels: string[]
  shares: number[]
  /** One record in this many was used. */
  every: number
  /** False if the estimates had not settled when the rounds were over. */
  converged: boolean
  /** By labeler, the likely share of right answers; only of those with five answers or more. */
  accuracy: Map<string, number>
}

const mostAnswers = 20_000
const leastVotes = 3
const leastRecords = 30
const leastAnswers = 5

export function startLikelyLabels() {
  let every = 1
  let answers: Labeled[] = []
  const isKept = (record: string) => Number(record) % every === 0
  return {
    add(answer: Labeled) {
      if (!isKept(answer.record)) return
      answers.push(answer)
      if (answers.length < mostAnswers) return
      every *= 2
      answers = answers.filter(({ record }) => isKept(record))
    },
    read(): Measured<LikelyLabels> {
      const votes = countBy(answers, ({ record }) => record)
      const used = answers.filter(({ record }) => (votes.get(record) ?? 0) >= leastVotes)
      const records = new Set(used.map(({ record }) => record)).size
      if (records < leastRecords)
        return unmeasured(
          `Not enough overlap: ${records} of the ${leastRecords} records that this needs have three answers.`,
        )
      const truth = dawidSkene(used)
      if (truth.value === null) return truth
      const { labels, shares, labelers, converged } = truth.value
      const given = countBy(used, ({ labeler }) => labeler)
      const accuracy = new Map<string, number>()
      for (const [labeler, errors] of labelers) {
        if ((given.get(labeler) ?? 0) < leastAnswers) continue
        const right = shares.map((share, place) => share * (errors[place]?.[place] ?? 0))
        accuracy.set(
          labeler,
          right.reduce((sum, one) => sum + one, 0),
        )
      }
      return measured({ labels, shares, every, accuracy, converged })
    },
  }
}

function countBy(answers: readonly Labeled[], keyOf: (answer: Labeled) => string) {
  const counts = new Map<string, number>()
  for (const answer of answers) counts.set(keyOf(answer), (counts.get(keyOf(answer)) ?? 0) + 1)
  return counts
}
