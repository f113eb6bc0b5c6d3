/**
 * Gold accuracy: how often a labeler gives the known answer, with a Wilson interval. A ranking is
 * judged by the pairs the gold ranking decides; a tie where gold has a winner is not correct.
 * D. Oleson et al., "Programmatic gold: targeted and scalable quality assurance", HCOMP 2011.
 */
import type { Key } from '../agreement/agreement.ts'
import { addBundle, noBundles, shareOfBundles } from '../clustered-share.ts'
import { type Ballot, comparisons } from '../consensus/ballot.ts'
import type { Measured } from '../measured.ts'
import { type Share, wilson } from '../wilson.ts'

/** Each pair is the labeler's answer and the known one. */
export function goldAccuracy(answers: readonly (readonly [Key, Key])[]): Measured<Share> {
  const correct = answers.filter(([given, known]) => given === known)
  return wilson(correct.length, answers.length)
}

export function goldRankingAccuracy(
  answers: readonly (readonly [Ballot, Ballot])[],
): Measured<Share> {
  const rankings = noBundles()
  for (const [given, known] of answers) {
    const { same, of } = markRanking(given, known)
    addBundle(rankings, same, of)
  }
  return shareOfBundles(rankings)
}

/**
 * Of the pairs that gold decides and the labeler was asked about, how many came out the same way.
 * "All are bad" ranks nothing: it is right where gold says so too, and else wrong about every pair.
 */
export function markRanking(given: Ballot, known: Ballot): { same: number; of: number } {
  const gold = comparisons(known).strict
  const [isNone, isKnownNone] = [isEmpty(given), isEmpty(known)]
  if (isKnownNone) return { same: isNone ? 1 : 0, of: 1 }
  if (isNone) return { same: 0, of: gold.length }
  const { strict, ties } = comparisons(given)
  const found = new Set(strict.map((pair) => JSON.stringify(pair)))
  const tied = new Set(ties.map((pair) => JSON.stringify(pair.toSorted())))
  const mark = { same: 0, of: 0 }
  for (const [better, worse] of gold) {
    const isRight = found.has(JSON.stringify([better, worse]))
    const isWrong =
      found.has(JSON.stringify([worse, better])) || tied.has(JSON.stringify([better, worse].sort()))
    if (isRight) mark.same += 1
    if (isRight || isWrong) mark.of += 1
  }
  return mark
}

function isEmpty({ ranks }: Ballot): boolean {
  return Object.keys(ranks).length === 0
}
