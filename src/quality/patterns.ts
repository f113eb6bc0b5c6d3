/**
 * Counts records that were answered alike together. Every statistic here is linear in the weights of
 * its records, so equal records may be added once with the sum of their weights: exact, and the
 * resamples then cost one addition each instead of one a term. Memory is bounded: a full table is
 * handed on and begun anew.
 */
import type { Weights } from './bootstrap.ts'

export type Patterns<Pattern> = {
  /** Counts one more record like this, and returns what was worked out when the first one came. */
  count(key: string, build: () => Pattern, weights: Weights): Pattern
  /** Hands on what is still held. */
  flush(): void
}

export function startPatterns<Pattern>(
  resamples: number,
  take: (pattern: Pattern, weights: Weights) => void,
): Patterns<Pattern> {
  const most = Math.max(64, Math.floor(CELLS / (resamples + 64)))
  const held = new Map<string, { pattern: Pattern; weights: Weights }>()
  const flush = () => {
    for (const { pattern, weights } of held.values()) take(pattern, weights)
    held.clear()
  }
  return {
    count(key, build, weights) {
      const found = held.get(key)
      if (found !== undefined) {
        addInto(found.weights, weights)
        return found.pattern
      }
      if (held.size >= most) flush()
      const pattern = build()
      held.set(key, { pattern, weights: weights.slice() })
      return pattern
    },
    flush,
  }
}

/** Some megabytes, whatever the number of resamples. */
const CELLS = 1 << 20

function addInto(sums: Weights, weights: Weights): void {
  for (let column = 0; column < sums.length; column += 1) {
    sums[column] = (sums[column] ?? 0) + (weights[column] ?? 0)
  }
}
