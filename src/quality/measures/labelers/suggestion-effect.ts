/**
 * How much suggestions sway people: the difference in agreement with the suggestion between cards that had it and
 * cards from which it was held out at random. Answers of one labeler hang together, and so do answers to one
 * record; the variance counts both ways of clustering, and is never less than either, nor than that of two
 * shares of so many independent answers (a difference of shares that are unanimous has an interval too).
 * A. Cameron, J. Gelbach and D. Miller, "Robust inference with multiway clustering", JBES 29, 2011;
 * A. Agresti and B. Caffo, "Simple and effective confidence intervals for proportions and differences of
 * proportions", Am. Stat. 54, 2000; W. Cochran, "Sampling Techniques", 1977, 6 (ratio of two sums).
 */
import { type Measured, measured, unmeasured } from '../measured.ts'
import { studentQuantile } from '../tails.ts'

/** One answer beside the suggestion: 1 says the same, 0 nothing of it; of rankings a share of pairs. */
export type Held = { labeler: string; isShown: boolean; agreed: number }

export type Effect = {
  /** Mean agreement with the suggestion, where it was shown and where it was held out. */
  shown: number
  heldOut: number
  difference: number
  low: number
  high: number
  shownAnswers: number
  heldOutAnswers: number
}

/** Fewer held-out answers say nothing about anybody. */
export const leastHeldOut = 10

/** Sums of a cluster: agreement and answers with the suggestion, agreement and answers without. */
type Sums = [number, number, number, number]

export function startSuggestionEffect() {
  const total: Sums = [0, 0, 0, 0]
  const byLabeler = new Map<string, Sums>()
  const records = startMoments()
  const answers = startMoments()
  return {
    /** The answers to one record. */
    add(given: readonly Held[]): void {
      const record: Sums = [0, 0, 0, 0]
      for (const one of given) {
        const own: Sums = one.isShown ? [one.agreed, 1, 0, 0] : [0, 0, one.agreed, 1]
        const labeler = byLabeler.get(one.labeler) ?? [0, 0, 0, 0]
        byLabeler.set(one.labeler, labeler)
        for (const sums of [total, record, labeler]) addTo(sums, own)
        answers.add(own)
      }
      if (given.length > 0) records.add(record)
    },
    read(): Measured<Effect> {
      const [agreedShown, shownAnswers, agreedHeld, heldOutAnswers] = total
      const few = Math.min(shownAnswers, heldOutAnswers)
      const labelers = startMoments()
      for (const sums of byLabeler.values()) labelers.add(sums)
      const clusters = Math.min(labelers.least(), records.least())
      if (few < leastHeldOut || clusters < 2)
        return unmeasured(
          `Not enough is held out: ${heldOutAnswers} answers without and ${shownAnswers} with the suggestion; ${leastHeldOut} of each, by two labelers or more, are needed.`,
        )
      const shown = agreedShown / shownAnswers
      const heldOut = agreedHeld / heldOutAnswers
      const weights: Sums = [
        1 / shownAnswers,
        -shown / shownAnswers,
        -1 / heldOutAnswers,
        heldOut / heldOutAnswers,
      ]
      const [ofLabelers, ofRecords] = [labelers.variance(weights), records.variance(weights)]
      const variance = Math.max(
        ofLabelers + ofRecords - answers.variance(weights),
        ofLabelers,
        ofRecords,
        shareVariance(agreedShown, shownAnswers) + shareVariance(agreedHeld, heldOutAnswers),
      )
      const reach = studentQuantile(0.975, clusters - 1) * Math.sqrt(variance)
      const difference = shown - heldOut
      return measured({
        ...{ shown, heldOut, difference, shownAnswers, heldOutAnswers },
        low: Math.max(-1, difference - reach),
        high: Math.min(1, difference + reach),
      })
    },
  }
}

/** Of a share with one success and one failure more, as Agresti and Caffo have it. */
function shareVariance(agreed: number, answers: number): number {
  const share = (agreed + 1) / (answers + 2)
  return (share * (1 - share)) / (answers + 2)
}

/** Sums of products over clusters: all that the variance of any weighting of their sums needs. */
function startMoments() {
  const products = new Float64Array(16)
  const seen = { all: 0, shown: 0, heldOut: 0 }
  return {
    add(sums: Readonly<Sums>): void {
      seen.all += 1
      if (sums[1] > 0) seen.shown += 1
      if (sums[3] > 0) seen.heldOut += 1
      for (let i = 0; i < 4; i += 1)
        for (let j = 0; j < 4; j += 1)
          products[i * 4 + j] = (products[i * 4 + j] ?? 0) + (sums[i] ?? 0) * (sums[j] ?? 0)
    },
    /** How many clusters the smaller of the two kinds of answers comes from. */
    least: () => Math.min(seen.shown, seen.heldOut),
    variance(weights: Readonly<Sums>): number {
      let sum = 0
      for (let i = 0; i < 4; i += 1)
        for (let j = 0; j < 4; j += 1)
          sum += (weights[i] ?? 0) * (weights[j] ?? 0) * (products[i * 4 + j] ?? 0)
      return seen.all < 2 ? 0 : (Math.max(0, sum) * seen.all) / (seen.all - 1)
    },
  }
}

function addTo(sums: Sums, more: Readonly<Sums>): void {
  for (let at = 0; at < 4; at += 1) sums[at] = (sums[at] ?? 0) + (more[at] ?? 0)
}
