/**
 * Position bias: whether the output shown first is chosen more often than its share, with a p-value:
 * exact, or where somebody else judged the same record too, by record.
 * L. Zheng et al., "Judging LLM-as-a-judge with MT-Bench and Chatbot Arena", NeurIPS 2023, 3.3.
 */
import { chanceOfSum } from '../clustered-share.ts'
import { type Measured, measured, unmeasured } from '../measured.ts'
import { binomialMidTails, mixedMidTails, normalTails } from '../tails.ts'

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
  /**
   * The place of the one best output in the shown order, 0 the first, and how many were shown. Cards
   * of one `record` follow each other; without it each card is by itself.
   */
  add(place: number, shown: number, record?: string): void
  read(): Measured<PositionBias>
}

export function startPositionBias(): RunningPositionBias {
  // By the number shown, which is small.
  const bySize: ({ first: number; cards: number } | undefined)[] = []
  const records = startSurplus()
  return {
    add(place, shown, record) {
      if (shown < 2) return
      bySize[shown] ??= { first: 0, cards: 0 }
      const counts = bySize[shown]
      counts.cards += 1
      if (place === 0) counts.first += 1
      records.add((place === 0 ? 1 : 0) - 1 / shown, record)
    },
    read() {
      const sizes = [...bySize.entries()].flatMap(([shown, counts]) =>
        counts === undefined ? [] : [{ ...counts, chance: 1 / shown, trials: counts.cards }],
      )
      const first = sizes.reduce((sum, counts) => sum + counts.first, 0)
      const cards = sizes.reduce((sum, counts) => sum + counts.cards, 0)
      if (cards === 0) return unmeasured('No card has one best output yet.')
      const expected = sizes.reduce((sum, { trials, chance }) => sum + trials * chance, 0)
      const share = { first, cards, share: first / cards, expected: expected / cards }
      // Cards dealt in random order are independent; those of one record may not have been.
      return measured({ ...share, p: Math.max(chanceOf(first, sizes), records.chance()) })
    },
  }
}

/** More cards of unequal sizes than this are as good as normal. */
const EXACT_CARDS = 2000

function chanceOf(first: number, sizes: readonly { trials: number; chance: number }[]): number {
  const only = sizes.length === 1 ? sizes[0] : undefined
  if (only !== undefined) return binomialMidTails(first, only.trials, only.chance)
  const cards = sizes.reduce((sum, { trials }) => sum + trials, 0)
  if (cards <= EXACT_CARDS) return mixedMidTails(first, sizes)
  const expected = sizes.reduce((sum, { trials, chance }) => sum + trials * chance, 0)
  const variance = sizes.reduce(
    (sum, { trials, chance }) => sum + trials * chance * (1 - chance),
    0,
  )
  return normalTails((first - expected) / Math.sqrt(variance))
}

/** The test by record, of what the first shown was chosen more often than its share. */
function startSurplus() {
  const sums = { records: 0, sum: 0, squares: 0, cards: 0 }
  let open: { record: string; surplus: number } | null = null
  const close = () => {
    if (open === null) return
    sums.records += 1
    sums.sum += open.surplus
    sums.squares += open.surplus ** 2
    open = null
  }
  return {
    add(surplus: number, record?: string) {
      if (record === undefined) return
      sums.cards += 1
      if (open?.record !== record) close()
      open = { record, surplus: (open?.surplus ?? 0) + surplus }
    },
    /** 0 where each record has one card, and the exact test knows more. */
    chance(): number {
      close()
      return sums.cards === sums.records ? 0 : chanceOfSum(sums.records, sums.sum, sums.squares)
    },
  }
}
