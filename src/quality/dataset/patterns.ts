/**
 * Groups records with equal answers. Every statistic here is linear in the weights of its records, so
 * equal records can be added once with the sum of their weights: this is exact, and each resample costs
 * one addition instead of one per term. Memory is bounded: a full table is
 * flushed and cleared. Tables that share the bound (`sharers`) get a part of it each.
 */
import type { Weights } from '../measures/bootstrap.ts'

export type Patterns<Pattern> = {
  /** Counts one more record like this, and returns what was computed for the first one. */
  count(keys: readonly string[], build: () => Pattern, weights: Weights): Pattern
  /** Flushes the remaining entries. */
  flush(): void
}

export function startPatterns<Pattern>(
  resamples: number,
  take: (pattern: Pattern, weights: Weights) => void,
  sharers = 1,
): Patterns<Pattern> {
  const most = Math.max(64, Math.floor(CELLS / sharers / (resamples + 64)))
  const held: Held<Pattern>[] = []
  // One step per key, so that no concatenated text is needed for the lookup.
  let root = newStep<Pattern>()
  let steps = 0
  const flush = () => {
    for (const { pattern, weights } of held) take(pattern, weights)
    held.length = 0
    steps = 0
    root = newStep()
  }
  return {
    count(keys, build, weights) {
      if (held.length >= most || steps >= most * 8) flush()
      let step = root
      for (const key of keys) {
        let next = step.next.get(key)
        if (next === undefined) {
          next = newStep()
          step.next.set(key, next)
          steps += 1
        }
        step = next
      }
      if (step.held !== null) {
        addInto(step.held.weights, weights)
        return step.held.pattern
      }
      step.held = { pattern: build(), weights: weights.slice() }
      held.push(step.held)
      return step.held.pattern
    },
    flush,
  }
}

type Held<Pattern> = { pattern: Pattern; weights: Weights }
type Step<Pattern> = { next: Map<string, Step<Pattern>>; held: Held<Pattern> | null }

function newStep<Pattern>(): Step<Pattern> {
  return { next: new Map(), held: null }
}

/** Some megabytes, whatever the number of resamples. */
const CELLS = 1 << 20

function addInto(sums: Weights, weights: Weights): void {
  for (let column = 0; column < sums.length; column += 1) {
    sums[column] = (sums[column] ?? 0) + (weights[column] ?? 0)
  }
}
