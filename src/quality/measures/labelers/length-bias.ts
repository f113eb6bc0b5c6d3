/**
 * Length bias: how often the longer of two outputs was preferred, with its interval and the p-value
 * against one half; a ranking is one judgement. Longer may simply be better: compare labelers.
 * P. Singhal et al., "A long way to go: investigating length correlations in RLHF", 2023.
 */
import { addBundle, chanceOfBundles, noBundles, shareOfBundles } from '../clustered-share.ts'
import { type Measured, measured } from '../measured.ts'
import type { Share } from '../wilson.ts'

export type RunningLengthBias = {
  /** The lengths of the strict pairs of one ranking, better first; equal ones are skipped. */
  add(pairs: readonly (readonly [number, number])[]): void
  read(): Measured<Share & { p: number }>
}

export function startLengthBias(): RunningLengthBias {
  const rankings = noBundles()
  return {
    add(pairs) {
      let [longer, unequal] = [0, 0]
      for (const [better, worse] of pairs) {
        if (better === worse) continue
        unequal += 1
        if (better > worse) longer += 1
      }
      addBundle(rankings, longer, unequal)
    },
    read() {
      const share = shareOfBundles(rankings)
      if (share.value === null) return share
      return measured({ ...share.value, p: chanceOfBundles(rankings, 0.5) })
    },
  }
}
