/**
 * Consistency: how often a labeler gives the same answer when a record comes back, with its
 * interval. For rankings read the pairwise kappa of the labeler's own two rankings beside it, as
 * the WMT's intra-annotator agreement does: O. Bojar et al., WMT 2013, section 3.2.
 */

import type { Ballot } from '../consensus/ballot.ts'
import type { Measured } from '../measured.ts'
import { type Share, wilson } from '../wilson.ts'
import type { Key } from './agreement.ts'
import { pairwiseKappa } from './pairwise-kappa.ts'

/** Each pair is the first and the later answer to the same question about the same thing. */
export function consistency(repeats: readonly (readonly [Key, Key])[]): Measured<Share> {
  const same = repeats.filter(([first, later]) => first === later)
  return wilson(same.length, repeats.length)
}

/** Kappa of one labeler with himself over records he ranked more than once. */
export function rankingConsistency(repeats: readonly (readonly [Ballot, Ballot])[]): Measured {
  return pairwiseKappa(repeats)
}
