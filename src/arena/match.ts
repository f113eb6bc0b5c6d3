/**
 * Chooses the pair of models: those that met least often first, and among those the pair whose winner is
 * least certain. Ties, and who is A, are random. Pure.
 */
import type { Side } from './battle.ts'

/** How often two models met, and the votes; `first` sorts before `second` by name. */
export type PairCount = {
  first: string
  second: string
  battles: number
  firstWins: number
  secondWins: number
  ties: number
}

export function choosePair(
  models: readonly string[],
  known: readonly PairCount[],
  random: () => number = Math.random,
): { pair: readonly [first: string, second: string]; models: { [S in Side]: string } } {
  const counts = new Map(known.map((one) => [keyOf(one.first, one.second), one]))
  const all = pairsOf(models).map((pair) => {
    const count = counts.get(keyOf(...pair))
    return { pair, battles: count?.battles ?? 0, doubt: doubtOf(count), luck: random() }
  })
  const [best] = all.sort(
    (one, other) => one.battles - other.battles || other.doubt - one.doubt || one.luck - other.luck,
  )
  if (!best) throw new Error('An arena has two models or more.')
  const [first, second] = best.pair
  const isTurned = random() < 0.5
  return { pair: best.pair, models: isTurned ? { a: second, b: first } : { a: first, b: second } }
}

/** The standard error of the first model's win rate, with ties as half a win and one prior vote each. */
function doubtOf(count: PairCount | undefined): number {
  const { firstWins = 0, secondWins = 0, ties = 0 } = count ?? {}
  const votes = firstWins + secondWins + ties + 2
  const share = (firstWins + ties / 2 + 1) / votes
  return Math.sqrt((share * (1 - share)) / votes)
}

function pairsOf(models: readonly string[]): (readonly [string, string])[] {
  const sorted = [...models].sort()
  return sorted.flatMap((first, at) =>
    sorted.slice(at + 1).map((second) => [first, second] as const),
  )
}

function keyOf(first: string, second: string): string {
  return JSON.stringify([first, second])
}
