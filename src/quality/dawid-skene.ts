/**
 * Dawid-Skene: the likely true label of each record and the error habits of each labeler, learned
 * together from labels alone.
 * A. Dawid and A. Skene, "Maximum likelihood estimation of observer error-rates using the EM
 * algorithm", Appl. Statist. 28, 1979.
 */
import { type Measured, measured, unmeasured } from './measured.ts'

/** One answer; a labeler may answer a record more than once. */
export type Labeled = { record: string; labeler: string; label: string }

export type Truth = {
  labels: string[]
  /** How common each label is, in the order of `labels`. */
  shares: number[]
  /** For each record, the probability of each label. */
  records: Map<string, number[]>
  /** For each labeler, row by true label, the probability of each answer. */
  labelers: Map<string, number[][]>
  logLikelihood: number
  rounds: number
}

/**
 * Starts from each record's share of answers, as the paper does, and repeats until the likelihood
 * stands still. A label nobody is thought to have truly had keeps an empty row of zeros.
 */
export function dawidSkene(answers: readonly Labeled[], maxRounds = 2000): Measured<Truth> {
  const labels = sortedSet(answers.map((answer) => answer.label))
  if (labels.length < 2) return unmeasured('All labels given so far are the same.')
  const records = sortedSet(answers.map((answer) => answer.record))
  const labelers = sortedSet(answers.map((answer) => answer.labeler))
  const counts = countAnswers(answers, records, labelers, labels)
  let beliefs = counts.map((votes) => normalized(sumVotes(votes, labels.length)))
  let habits = estimate(counts, beliefs, labelers.length)
  let last = Number.NEGATIVE_INFINITY
  for (let round = 1; round <= maxRounds; round += 1) {
    const next = expect(counts, habits)
    beliefs = next.beliefs
    const done = next.logLikelihood - last < 1e-10
    last = next.logLikelihood
    if (done || round === maxRounds) {
      return measured({
        labels,
        shares: habits.shares,
        records: new Map(records.map((record, index) => [record, beliefs[index] ?? []])),
        labelers: new Map(labelers.map((labeler, index) => [labeler, habits.errors[index] ?? []])),
        logLikelihood: last,
        rounds: round,
      })
    }
    habits = estimate(counts, beliefs, labelers.length)
  }
  return unmeasured('Ask for at least one round.')
}

/** One labeler's votes on one record, by label. */
type Votes = { labeler: number; byLabel: number[] }
type Habits = { shares: number[]; errors: number[][][] }

function countAnswers(
  answers: readonly Labeled[],
  records: readonly string[],
  labelers: readonly string[],
  labels: readonly string[],
): Votes[][] {
  const [recordAt, labelerAt, labelAt] = [records, labelers, labels].map(
    (names) => new Map(names.map((name, index) => [name, index])),
  )
  const counts = records.map(() => new Map<number, Votes>())
  for (const { record, labeler, label } of answers) {
    const place = labelerAt?.get(labeler) ?? 0
    const found = counts[recordAt?.get(record) ?? 0]
    const votes = found?.get(place) ?? { labeler: place, byLabel: labels.map(() => 0) }
    found?.set(place, votes)
    const index = labelAt?.get(label) ?? 0
    votes.byLabel[index] = (votes.byLabel[index] ?? 0) + 1
  }
  return counts.map((found) => [...found.values()].sort((a, b) => a.labeler - b.labeler))
}

function sumVotes(votes: readonly Votes[], size: number): number[] {
  return Array.from({ length: size }, (_, label) =>
    votes.reduce((sum, { byLabel }) => sum + (byLabel[label] ?? 0), 0),
  )
}

/** The M step: shares of labels and each labeler's answers, given what records are thought to be. */
function estimate(
  counts: readonly Votes[][],
  beliefs: readonly number[][],
  labelers: number,
): Habits {
  const size = beliefs[0]?.length ?? 0
  const zeros = () => Array.from({ length: size }, () => 0)
  const shares = zeros()
  const errors = Array.from({ length: labelers }, () => Array.from({ length: size }, zeros))
  for (const [record, votes] of counts.entries()) {
    for (const [truth, belief] of (beliefs[record] ?? []).entries()) {
      shares[truth] = (shares[truth] ?? 0) + belief / counts.length
      for (const { labeler, byLabel } of votes) {
        const row = errors[labeler]?.[truth] ?? []
        for (const [label, count] of byLabel.entries())
          row[label] = (row[label] ?? 0) + belief * count
      }
    }
  }
  return { shares, errors: errors.map((rows) => rows.map(normalized)) }
}

/** The E step: what records are, given the habits; in logarithms, so that many votes do not vanish. */
function expect(
  counts: readonly Votes[][],
  { shares, errors }: Habits,
): { beliefs: number[][]; logLikelihood: number } {
  let logLikelihood = 0
  const beliefs = counts.map((votes) => {
    const logs = shares.map((share, truth) => {
      let sum = Math.log(share)
      for (const { labeler, byLabel } of votes) {
        for (const [label, count] of byLabel.entries()) {
          if (count > 0) sum += count * Math.log(errors[labeler]?.[truth]?.[label] ?? 0)
        }
      }
      return sum
    })
    const highest = Math.max(...logs)
    const odds = logs.map((log) => Math.exp(log - highest))
    logLikelihood += highest + Math.log(odds.reduce((sum, value) => sum + value, 0))
    return normalized(odds)
  })
  return { beliefs, logLikelihood }
}

function normalized(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0)
  return values.map((value) => (sum === 0 ? 0 : value / sum))
}

function sortedSet(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}
