/**
 * Disagreement within one record, 0 to 1: the share of pairs of labelers who differ, or by how much.
 * It orders records for review; it is not corrected for chance, which a single record cannot show.
 * K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011 (observed disagreement);
 * J. Kemeny, "Mathematics without numbers", 1959 (distance of rankings).
 */

import { eachPair, type Votes } from '../consensus/ballot.ts'
import { type Measured, measured, unmeasured } from '../measured.ts'
import type { Key } from './agreement.ts'

const ALONE = 'Only one labeler has answered this record so far.'

/** The chance that two labelers of the record gave different labels. */
export function labelDisagreement(values: readonly Key[]): Measured {
  if (values.length < 2) return unmeasured(ALONE)
  const groups = [...Map.groupBy(values, (value) => value).values()]
  const alike = groups.reduce((sum, { length }) => sum + length * (length - 1), 0)
  return measured(1 - alike / (values.length * (values.length - 1)))
}

/** The mean distance of two ratings, as a share of the scale's range. */
export function ratingDisagreement(
  values: readonly number[],
  lowest: number,
  highest: number,
): Measured {
  if (highest <= lowest) return unmeasured('The scale has only one value.')
  if (values.length < 2) return unmeasured(ALONE)
  const most = values.length - 1
  // In a sorted list, each value is added once per smaller one and taken off once per larger one.
  const apart = values
    .toSorted((a, b) => a - b)
    .reduce((sum, value, index) => sum + value * (2 * index - most), 0)
  return measured((2 * apart) / (values.length * most) / (highest - lowest))
}

/** Over pairs of outputs: opposite judgements differ by 1, a tie and a preference by a half. */
export function rankingDisagreement(votes: Votes): Measured {
  let [apart, meetings] = [0, 0]
  eachPair(votes, ({ first, second, tied }) => {
    const judged = first + second + tied
    meetings += (judged * (judged - 1)) / 2
    apart += first * second + (tied * (first + second)) / 2
  })
  return meetings === 0 ? unmeasured(ALONE) : measured(apart / meetings)
}
