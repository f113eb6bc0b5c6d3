/**
 * The total that a dataset's outputs may cost. Each request reserves its most likely cost before it is
 * sent, so that concurrent requests do not exceed a limit together; its answer replaces that with the
 * actual cost.
 */
import type { Model } from '../model.ts'

export type Spent = { tokens: number; money: number }
export type Limits = { tokens?: number | undefined; money?: number | undefined }

export type Budget = {
  /**
   * Reserves what a request may cost. Waits while concurrent requests hold what it needs. Resolves to
   * false when it can never fit.
   */
  take(expected: Spent): Promise<boolean>
  /** Replaces the reservation with what the request actually cost. */
  settle(expected: Spent, taken: Spent): void
  /** The limit that was reached, the amount spent, and the cost of the request that did not fit; null until then. */
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
      // Adding fractions leaves a remainder.
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

/** The price of this many tokens with this model. */
export function costOf({ prices }: Pick<Model, 'prices'>, input: number, output: number): number {
  return prices ? (input * prices.input + output * prices.output) / 1e6 : 0
}
