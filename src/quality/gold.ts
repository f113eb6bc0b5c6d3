/**
 * Gold accuracy: how often a labeler gives the known answer, with a Wilson interval. A ranking is
 * judged by the pairs the gold ranking decides; a tie where gold has a winner is not correct.
 * D. Oleson et al., "Programmatic gold: targeted and scalable quality assurance", HCOMP 2011.
 */
import type { Key } from './agreement.ts'
import { type Ballot, comparisons } from './ballot.ts'
import type { Measured } from './measured.ts'
import { type Share, wilson } from './wilson.ts'

/** Each pair is the labeler's answer and the known one. */
export function goldAccuracy(answers: readonly (readonly [Key, Key])[]): Measured<Share> {
  const correct = answers.filter(([given, known]) => given === known)
  return wilson(correct.length, answers.length)
}

export function goldRankingAccuracy(
  answers: readonly (readonly [Ballot, Ballot])[],
): Measured<Share> {
  let [correct, judged] = [0, 0]
  for (const [given, known] of answers) {
    const { strict, ties } = comparisons(given)
    const found = new Set(strict.map((pair) => JSON.stringify(pair)))
    const tied = new Set(ties.map((pair) => JSON.stringify(pair.toSorted())))
    for (const [better, worse] of comparisons(known).strict) {
      const right = found.has(JSON.stringify([better, worse]))
      const wrong =
        found.has(JSON.stringify([worse, better])) ||
        tied.has(JSON.stringify([better, worse].sort()))
      if (right) correct += 1
      if (right || wrong) judged += 1
    }
  }
  return wilson(correct, judged)
}
