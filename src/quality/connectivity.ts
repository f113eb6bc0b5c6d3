/**
 * Whether models can be put on one scale at all. Models that were never compared, even through
 * others, have no common scale; a group that never lost to the rest has no finite distance from it.
 * L. Ford, "Solution of a ranking problem from binary comparisons", Amer. Math. Monthly 64, 1957.
 */

/** Square and row-major by place: `wins[i][j]` is how often i beat j, `ties[i][j]` = `ties[j][i]`. */
export type Duels = { wins: number[][]; ties: number[][] }

/** Groups of places compared with each other, directly or through others. One group: one scale. */
export function comparedGroups(duels: Duels): number[][] {
  return groupsOf(duels.wins.length, (a, b) => judged(duels, a, b) > 0)
}

/** True if every group lost or tied against the rest at least once: a maximum exists. */
export function isBounded(duels: Duels): boolean {
  const size = duels.wins.length
  const beats = (a: number, b: number) => (duels.wins[a]?.[b] ?? 0) + (duels.ties[a]?.[b] ?? 0) > 0
  const forwards = reach(0, size, beats)
  const backwards = reach(0, size, (a, b) => beats(b, a))
  return forwards.size === size && backwards.size === size
}

/** How often two models were compared. */
export function judged({ wins, ties }: Duels, a: number, b: number): number {
  return (wins[a]?.[b] ?? 0) + (wins[b]?.[a] ?? 0) + (ties[a]?.[b] ?? 0)
}

type Linked = (a: number, b: number) => boolean

function groupsOf(size: number, linked: Linked): number[][] {
  const groups: number[][] = []
  const seen = new Set<number>()
  for (let start = 0; start < size; start += 1) {
    if (seen.has(start)) continue
    const group = reach(start, size, linked)
    for (const member of group) seen.add(member)
    groups.push([...group].sort((a, b) => a - b))
  }
  return groups
}

function reach(start: number, size: number, linked: Linked): Set<number> {
  const found = new Set([start])
  for (const member of found) {
    for (let other = 0; other < size; other += 1) if (linked(member, other)) found.add(other)
  }
  return found
}
