/**
 * What most labelers say of one record, where most of them say it; a draw is nobody's to decide.
 * K. May, "A set of independent necessary and sufficient conditions for simple majority decision",
 * Econometrica 20, 1952.
 */
import { type Measured, measured, unmeasured } from '../measured.ts'

/** Picks the label most labelers chose; a draw has no majority. */
export function majority<T extends string | number | boolean>(values: readonly T[]): Measured<T> {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  const [winner, rival] = [...counts].filter(([, count]) => count === most)
  if (winner === undefined) return unmeasured('Nobody has answered yet.')
  if (rival !== undefined) return unmeasured('The most frequent answers are tied.')
  return measured(winner[0])
}

/** Picks the labels that more than half of the labelers chose, in code unit order. */
export function majorityOfSets(sets: readonly (readonly string[])[]): Measured<string[]> {
  if (sets.length === 0) return unmeasured('Nobody has answered yet.')
  const counts = new Map<string, number>()
  for (const label of sets.flatMap((set) => [...new Set(set)])) {
    counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  const halved = [...counts.values()].some((count) => count * 2 === sets.length)
  if (halved) return unmeasured('Exactly half of the labelers chose one of the labels.')
  return measured(
    [...counts]
      .filter(([, n]) => n * 2 > sets.length)
      .map(([l]) => l)
      .sort(),
  )
}
