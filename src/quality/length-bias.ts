/**
 * Length bias: how often the longer of two outputs was preferred, with its interval and the p-value
 * against one half. Longer may simply be better: compare labelers with each other.
 * P. Singhal et al., "A long way to go: investigating length correlations in RLHF", 2023.
 */
import { type Measured, measured } from './measured.ts'
import { binomialTails } from './tails.ts'
import { type Share, wilson } from './wilson.ts'

export type RunningLengthBias = {
  /** The lengths of a strict pair in characters; equal lengths are passed over. */
  add(better: number, worse: number): void
  read(): Measured<Share & { p: number }>
}

export function startLengthBias(): RunningLengthBias {
  const counts = { longer: 0, pairs: 0 }
  return {
    add(better, worse) {
      if (better === worse) return
      counts.pairs += 1
      if (better > worse) counts.longer += 1
    },
    read() {
      const share = wilson(counts.longer, counts.pairs)
      if (share.value === null) return share
      return measured({ ...share.value, p: binomialTails(counts.longer, counts.pairs, 0.5) })
    },
  }
}
