/**
 * Position bias: whether the output shown first is chosen more often than its share, with a
 * binomial p-value (normal where cards showed different numbers of outputs).
 * L. Zheng et al., "Judging LLM-as-a-judge with MT-Bench and Chatbot Arena", NeurIPS 2023, 3.3.
 */
import { type Measured, measured, unmeasured } from './measured.ts'
import { binomialTails, normalTails } from './tails.ts'

export type PositionBias = {
  /** How often the first shown was chosen as best, of cards with one best output. */
  first: number
  cards: number
  share: number
  /** The share that position-blind choices would have. */
  expected: number
  p: number
}

export type RunningPositionBias = {
  /** The place of the one best output in the shown order, 0 the first, and how many were shown. */
  add(place: number, shown: number): void
  read(): Measured<PositionBias>
}

export function startPositionBias(): RunningPositionBias {
  // By the number shown, which is small.
  const bySize: ({ first: number; cards: number } | undefined)[] = []
  return {
    add(place, shown) {
      if (shown < 2) return
      bySize[shown] ??= { first: 0, cards: 0 }
      const counts = bySize[shown]
      counts.cards += 1
      if (place === 0) counts.first += 1
    },
    read() {
      const sizes = [...bySize.entries()].flatMap(([shown, counts]) =>
        counts === undefined ? [] : [[shown, counts] as const],
      )
      const first = sizes.reduce((sum, [, counts]) => sum + counts.first, 0)
      const cards = sizes.reduce((sum, [, counts]) => sum + counts.cards, 0)
      if (cards === 0) return unmeasured('No card has one best output yet.')
      const expected = sizes.reduce((sum, [shown, counts]) => sum + counts.cards / shown, 0)
      const share = { first, cards, share: first / cards, expected: expected / cards }
      const only = sizes.length === 1 ? sizes[0] : undefined
      if (only !== undefined) {
        return measured({ ...share, p: binomialTails(first, cards, 1 / only[0]) })
      }
      const variance = sizes.reduce(
        (sum, [shown, counts]) => sum + (counts.cards / shown) * (1 - 1 / shown),
        0,
      )
      const distance = Math.max(0, Math.abs(first - expected) - 0.5)
      return measured({ ...share, p: normalTails(distance / Math.sqrt(variance)) })
    },
  }
}
