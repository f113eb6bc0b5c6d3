/**
 * Whether models can be put on one scale at all. Models that were never compared, even through
 * others, have no common scale; a group that never lost to the rest has no finite distance from it.
 * L. Ford, "Solution of a ranking problem from binary comparisons", Amer. Math. Monthly 64, 1957.
 */

/** Square and row-major by place: `wins[i][j]` is how often i beat j, `ties[i][j]` = `ties[j][i]`. */
export type Duels = { wins: number[][]; ties: number[][] }

/** By place: whether the likelihood sets no upper, or no lower, limit to its distance from the mean. */
export type Freedom = { up: boolean[]; down: boolean[] }

/** Groups of places compared with each other, directly or through others. One group: one scale. */
export function comparedGroups(duels: Duels): number[][] {
  return groupsOf(duels.wins.length, (a, b) => judged(duels, a, b) > 0)
}

/** True if every group lost or tied against the rest at least once: a maximum exists. */
export function isBounded(duels: Duels): boolean {
  const size = duels.wins.length
  const beats = beatsIn(duels)
  const forwards = reach(0, size, beats)
  const backwards = reach(0, size, (a, b) => beats(b, a))
  return forwards.size === size && backwards.size === size
}

/**
 * A model is free upwards if some model never beat it, not even through others: whatever never lost
 * to the rest may lie any distance above it.
 */
export function freedomOf(duels: Duels): Freedom {
  const places = duels.wins.map((_, place) => place)
  if (isBounded(duels)) return { up: places.map(() => false), down: places.map(() => false) }
  const beats = beatsIn(duels)
  const isReached = (from: number, linked: Linked) =>
    reach(from, places.length, linked).size === places.length
  return {
    up: places.map((place) => !isReached(place, (a, b) => beats(b, a))),
    down: places.map((place) => !isReached(place, beats)),
  }
}

/**
 * The same where ties are outcomes of their own (Davidson): they hold a pair together only as long as
 * the odds of a tie are finite. These run off, and with them the strengths, where all wins can lie
 * at least one step apart and all ties at most one: the shortest paths of these bounds have no
 * negative cycle, and say how far each two can lie apart.
 */
export function freedomWithTies(duels: Duels): Freedom {
  const free = freedomOf(duels)
  const bounds = shortestPaths(duels)
  if (bounds === null) return free
  const places = duels.wins.map((_, place) => place)
  const canRise = (most: (place: number) => number) =>
    places.reduce((sum, place) => sum + most(place), 0) > 0
  return {
    up: places.map((own) => free.up[own] || canRise((other) => bounds[own]?.[other] ?? 0)),
    down: places.map((own) => free.down[own] || canRise((other) => bounds[other]?.[own] ?? 0)),
  }
}

/** How often two models were compared. */
export function judged({ wins, ties }: Duels, a: number, b: number): number {
  return (wins[a]?.[b] ?? 0) + (wins[b]?.[a] ?? 0) + (ties[a]?.[b] ?? 0)
}

type Linked = (a: number, b: number) => boolean

function beatsIn({ wins, ties }: Duels): Linked {
  return (a, b) => (wins[a]?.[b] ?? 0) + (ties[a]?.[b] ?? 0) > 0
}

/**
 * `bounds[a][b]`: how far a may lie above b when each winner lies one step or more above whom it beat
 * and those that tied lie one step apart at most; null if that cannot be (R. Floyd, CACM 5, 1962).
 */
function shortestPaths({ wins, ties }: Duels): number[][] | null {
  const bounds = wins.map((row, a) =>
    row.map((_, b) => {
      if (a === b) return 0
      if ((wins[b]?.[a] ?? 0) > 0) return -1
      return (ties[a]?.[b] ?? 0) > 0 ? 1 : Number.POSITIVE_INFINITY
    }),
  )
  for (const [through, onwards] of bounds.entries())
    for (const row of bounds) {
      const there = row[through] ?? 0
      if (there === Number.POSITIVE_INFINITY) continue
      for (const [b, onward] of onwards.entries()) row[b] = Math.min(row[b] ?? 0, there + onward)
    }
  return bounds.some((row, place) => (row[place] ?? 0) < 0) ? null : bounds
}

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
