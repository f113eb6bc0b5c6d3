/**
 * What a dataset's outputs may cost in all. Before a request its most likely cost is set aside, so that
 * the requests under way together do not pass a limit; with its answer the true cost takes that place.
 */
import type { Model } from '../model.ts'

export type Spent = { tokens: number; money: number }
export type Limits = { tokens?: number | undefined; money?: number | undefined }

export type Budget = {
  /**
   * Sets aside what a request may take. Waits while requests under way hold what it needs; false once
   * no more fits, for ever.
   */
  take(expected: Spent): Promise<boolean>
  /** Gives back what was set aside, for what the request really took. */
  settle(expected: Spent, taken: Spent): void
  /** Which limit was reached, what was spent of it, and what the request that did not fit may take; null before. */
  usedUp(): { what: 'tokens' | 'money'; spent: number; limit: number; next: number } | null
}

export function openBudget(limits: Limits, before: Spent): Budget {
  const spent = { ...before }
  const aside = { tokens: 0, money: 0 }
  const kinds = ['tokens', 'money'] as const
  let underWay = 0
  let reached: { what: (typeof kinds)[number]; next: number } | null = null
  let waiting: (() => void)[] = []
  const over = (expected: Spent, held: Spent) =>
    kinds.find((kind) => {
      const limit = limits[kind]
      return limit !== undefined && spent[kind] + held[kind] + expected[kind] > limit
    }) ?? null
  return {
    async take(expected) {
      for (;;) {
        if (reached) return false
        if (over(expected, aside) === null) break
        if (underWay === 0) {
          const what = over(expected, { tokens: 0, money: 0 })
          if (what) reached = { what, next: expected[what] }
          return false
        }
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      underWay += 1
      for (const kind of kinds) aside[kind] += expected[kind]
      return true
    },
    settle(expected, taken) {
      underWay -= 1
      for (const kind of kinds) {
        aside[kind] -= expected[kind]
        spent[kind] += taken[kind]
      }
      // Sums of fractions leave a remainder.
      if (underWay === 0) aside.money = 0
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
    usedUp() {
      if (!reached) return null
      return { ...reached, spent: spent[reached.what], limit: limits[reached.what] ?? 0 }
    },
  }
}

/** What so many tokens cost with this model. */
export function costOf({ prices }: Pick<Model, 'prices'>, input: number, output: number): number {
  return prices ? (input * prices.input + output * prices.output) / 1e6 : 0
}
