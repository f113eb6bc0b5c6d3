/**
 * Dawid-Skene: the likely true label of each record and the error habits of each labeler, learned
 * together from labels alone.
 * A. Dawid and A. Skene, "Maximum likelihood estimation of observer error-rates using the EM
 * algorithm", Appl. Statist. 28, 1979.
 */
import { type Measured, measured, unmeasured } from '../measured.ts'

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
  /** False if the likelihood still rose when the rounds were over. */
  converged: boolean
}

/**
 * Starts from each record's share of answers, as the paper does, and repeats until the likelihood
 * stands still; `converged` says whether it did. Most data settle in some rounds of the paper's own; the
 * others creep for thousands, and are helped along. A label nobody is thought to have truly had keeps
 * an empty row of zeros.
 */
export function dawidSkene(answers: readonly Labeled[], maxRounds = 4000): Measured<Truth> {
  const labels = sortedSet(answers.map((answer) => answer.label))
  if (labels.length < 2) return unmeasured('All labels given so far are the same.')
  if (maxRounds < 1) return unmeasured('Ask for at least one round.')
  const records = sortedSet(answers.map((answer) => answer.record))
  const labelers = sortedSet(answers.map((answer) => answer.labeler))
  const votes = countVotes(answers, records, labelers, labels)
  const sizes = { labels: labels.length, labelers: labelers.length }
  const start = votes.map((own) => normalized(sumVotes(own, labels.length)))
  const { habits, converged, rounds } = climb(
    votes,
    estimate(votes, start, sizes),
    sizes,
    maxRounds,
  )
  const { beliefs, logLikelihood } = expect(votes, habits, sizes)
  const row = (labeler: number, truth: number) =>
    labels.map((_, label) => habits[errorAt(sizes, labeler, truth) + label] ?? 0)
  return measured({
    labels,
    shares: labels.map((_, truth) => habits[truth] ?? 0),
    records: new Map(records.map((record, index) => [record, beliefs[index] ?? []])),
    labelers: new Map(
      labelers.map((labeler, index) => [labeler, labels.map((_, truth) => row(index, truth))]),
    ),
    ...{ logLikelihood, rounds, converged },
  })
}

/** One labeler's votes for one label on one record. */
type Vote = { labeler: number; label: number; count: number }
type Sizes = { labels: number; labelers: number }
/** The shares of labels, then for each labeler and true label the chance of each answer. */
type Habits = Float64Array

/** Rounds as the paper has them, before they are helped along. */
const PLAIN_ROUNDS = 50
const STILL = 1e-10

function climb(votes: readonly Vote[][], from: Habits, sizes: Sizes, maxRounds: number) {
  let habits = from
  let last = Number.NEGATIVE_INFINITY
  let rounds = 0
  const round = (at: Habits) => {
    rounds += 1
    const { beliefs, logLikelihood } = expect(votes, at, sizes)
    return { next: estimate(votes, beliefs, sizes), logLikelihood }
  }
  while (rounds < Math.min(PLAIN_ROUNDS, maxRounds)) {
    const { next, logLikelihood } = round(habits)
    if (logLikelihood - last < STILL) return { habits, rounds, converged: true }
    last = logLikelihood
    if (rounds === maxRounds) return { habits, rounds, converged: false }
    habits = next
  }
  while (rounds + 3 <= maxRounds) {
    const first = round(habits)
    const second = round(first.next)
    const leap = round(extrapolate(habits, first.next, second.next, sizes))
    // A leap that falls short of two plain rounds is taken back.
    habits = leap.logLikelihood >= second.logLikelihood ? leap.next : second.next
    const reached = Math.max(leap.logLikelihood, second.logLikelihood)
    if (reached - first.logLikelihood < STILL) return { habits, rounds, converged: true }
  }
  return { habits, rounds, converged: false }
}

/**
 * Leaps along the way of two rounds as far as their change of pace suggests.
 * R. Varadhan and C. Roland, "Simple and globally convergent methods for accelerating the convergence
 * of any EM algorithm", Scand. J. Statist. 35, 2008 (SQUAREM, steps S3).
 */
function extrapolate(from: Habits, once: Habits, twice: Habits, sizes: Sizes): Habits {
  let [way, bend] = [0, 0]
  for (let at = 0; at < from.length; at += 1) {
    const r = (once[at] ?? 0) - (from[at] ?? 0)
    const v = (twice[at] ?? 0) - (once[at] ?? 0) - r
    way += r * r
    bend += v * v
  }
  const step = bend === 0 ? 1 : Math.max(1, Math.sqrt(way / bend))
  const leap = twice.map((there, at) => {
    const r = (once[at] ?? 0) - (from[at] ?? 0)
    const v = there - (once[at] ?? 0) - r
    // Never to 0, from which no round leads back.
    return Math.max(there / 100, (from[at] ?? 0) + 2 * step * r + step * step * v)
  })
  for (let at = 0; at < leap.length; at += sizes.labels) normalize(leap, at, sizes.labels)
  return leap
}

function errorAt({ labels }: Sizes, labeler: number, truth: number): number {
  return labels + (labeler * labels + truth) * labels
}

function countVotes(
  answers: readonly Labeled[],
  records: readonly string[],
  labelers: readonly string[],
  labels: readonly string[],
): Vote[][] {
  const [recordAt, labelerAt, labelAt] = [records, labelers, labels].map(
    (names) => new Map(names.map((name, index) => [name, index])),
  )
  const counts = records.map(() => new Map<number, Vote>())
  for (const { record, labeler, label } of answers) {
    const found = counts[recordAt?.get(record) ?? 0]
    const own = { labeler: labelerAt?.get(labeler) ?? 0, label: labelAt?.get(label) ?? 0, count: 0 }
    const key = own.labeler * labels.length + own.label
    const vote = found?.get(key) ?? own
    found?.set(key, vote)
    vote.count += 1
  }
  return counts.map((found) => [...found].sort(([a], [b]) => a - b).map(([, vote]) => vote))
}

function sumVotes(votes: readonly Vote[], size: number): number[] {
  const sums = new Array<number>(size).fill(0)
  for (const { label, count } of votes) sums[label] = (sums[label] ?? 0) + count
  return sums
}

/** The M step: shares of labels and each labeler's answers, given what records are thought to be. */
function estimate(
  votes: readonly (readonly Vote[])[],
  beliefs: readonly (readonly number[])[],
  sizes: Sizes,
): Habits {
  const habits = new Float64Array(errorAt(sizes, sizes.labelers, 0))
  for (const [record, own] of votes.entries()) {
    for (const [truth, belief] of (beliefs[record] ?? []).entries()) {
      habits[truth] = (habits[truth] ?? 0) + belief / votes.length
      for (const { labeler, label, count } of own) {
        const cell = errorAt(sizes, labeler, truth) + label
        habits[cell] = (habits[cell] ?? 0) + belief * count
      }
    }
  }
  for (let at = sizes.labels; at < habits.length; at += sizes.labels)
    normalize(habits, at, sizes.labels)
  return habits
}

/** The E step: what records are, given the habits; in logarithms, so that many votes do not vanish. */
function expect(votes: readonly (readonly Vote[])[], habits: Habits, sizes: Sizes) {
  const logs = habits.map(Math.log)
  let logLikelihood = 0
  const beliefs = votes.map((own) => {
    const odds: number[] = []
    let highest = Number.NEGATIVE_INFINITY
    for (let truth = 0; truth < sizes.labels; truth += 1) {
      let sum = logs[truth] ?? 0
      for (const { labeler, label, count } of own)
        sum += count * (logs[errorAt(sizes, labeler, truth) + label] ?? 0)
      odds.push(sum)
      highest = Math.max(highest, sum)
    }
    let total = 0
    for (const [truth, log] of odds.entries()) {
      odds[truth] = Math.exp(log - highest)
      total += odds[truth] ?? 0
    }
    logLikelihood += highest + Math.log(total)
    return odds.map((value) => value / total)
  })
  return { beliefs, logLikelihood }
}

function normalize(values: Float64Array, from: number, size: number): void {
  let sum = 0
  for (let at = from; at < from + size; at += 1) sum += values[at] ?? 0
  if (sum === 0) return
  for (let at = from; at < from + size; at += 1) values[at] = (values[at] ?? 0) / sum
}

function normalized(values: readonly number[]): number[] {
  const sum = values.reduce((total, value) => total + value, 0)
  return values.map((value) => (sum === 0 ? 0 : value / sum))
}

function sortedSet(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}
